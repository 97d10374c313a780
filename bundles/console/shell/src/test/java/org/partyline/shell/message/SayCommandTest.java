package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.Send;
import org.partyline.consoleline.RestOfLine;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;

class SayCommandTest {
    private final InputStream standardInput = System.in;
    private final Runner runner = Runner.plain();

    @AfterEach
    void giveBackStandardInput() {
        System.setIn(standardInput);
    }

    private List<String> sent() {
        return runner.fake.sent.stream().map(Send::text).toList();
    }

    @Test
    void theTextIsWhatStandsBehindTheOptions() throws Exception {
        runner.run("say", "--ttl", "1h", "--", " --json it's $5 ");
        runner.run("say", "--", "--help");
        assertEquals(List.of(" --json it's $5 ", "--help"), sent());
        assertTrue(runner.fake.sent.get(0).ttl().isPresent());
    }

    @Test
    void withoutATextItIsStandardInputToItsEnd() throws Exception {
        String text = "  one\n\ttwo \uD83E\uDD89\n# three\n\n";
        System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        runner.run("say", "--burn");
        assertEquals(List.of(text), sent());
        assertTrue(runner.fake.sent.get(0).burn());
    }

    @Test
    void anEmptyInputAndOneThatIsNoTextAreRefused() {
        System.setIn(InputStream.nullInputStream());
        assertEquals("Error: the text is empty: write a message", runner.refusal("say"));
        System.setIn(new ByteArrayInputStream(new byte[] {'a', (byte) 0xff}));
        assertEquals("Error: standard input is not UTF-8 text: nothing was sent", runner.refusal("say"));
        System.setIn(new ByteArrayInputStream(new byte[(1 << 20) + 1]));
        assertEquals(
                "Error: standard input is longer than 1048576 bytes: too long for a message", runner.refusal("say"));
        assertEquals(List.of(), sent());
    }

    @Test
    void anInputThatBreaksOffIsRefusedAndWhatWasReadIsWiped() {
        List<byte[]> given = new ArrayList<>();
        System.setIn(new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] bytes) throws IOException {
                if (!given.isEmpty()) {
                    throw new IOException("broken off");
                }
                given.add(bytes);
                bytes[0] = 'a';
                return 1;
            }
        });

        assertEquals("Error: standard input could not be read: nothing was sent", runner.refusal("say"));

        assertEquals(List.of(), sent());
        assertArrayEquals(new byte[given.get(0).length], given.get(0));
    }

    @Test
    void atATerminalLinesAreAskedForUntilCtrlD() throws Exception {
        Runner terminal = new Runner(
                FakeEngine.furnished(),
                FakeSession.withTerminal(80, 24).answer("one", "", " it's $5 ", FakeSession.CTRL_D));
        terminal.run("say");
        assertEquals("one\n\n it's $5 ", terminal.fake.sent.get(0).text());
    }

    @Test
    void theConsoleIsToldWhichOptionsThereAre() {
        RestOfLine say = (RestOfLine) runner.command("say");
        assertTrue(say.hasOption("--to"));
        assertTrue(say.takesValue("--to"));
        assertTrue(say.hasOption("--burn"));
        assertFalse(say.takesValue("--burn"));
        assertTrue(say.hasOption("--help"));
        assertFalse(say.hasOption("--hello"));
        assertFalse(runner.command("send") instanceof RestOfLine);
    }
}
