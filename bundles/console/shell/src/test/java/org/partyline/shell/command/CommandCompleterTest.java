package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Suites;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class CommandCompleterTest {
    private final Runner runner = Runner.plain();

    /** A line with the cursor at the end of its last word. */
    private record Line(String... words) implements CommandLine {
        @Override
        public int getCursorArgumentIndex() {
            return words.length - 1;
        }

        @Override
        public String getCursorArgument() {
            return words[words.length - 1];
        }

        @Override
        public int getArgumentPosition() {
            return getCursorArgument().length();
        }

        @Override
        public String[] getArguments() {
            return words;
        }

        @Override
        public int getBufferPosition() {
            return getBuffer().length();
        }

        @Override
        public String getBuffer() {
            return String.join(" ", words);
        }
    }

    private List<String> complete(String command, String... words) {
        List<Candidate> candidates = new ArrayList<>();
        runner.command(command).getCompleter(false).completeCandidates(runner.session, new Line(words), candidates);
        return candidates.stream().map(Candidate::value).toList();
    }

    /** Only those that are available, and no name twice: a rejected bundle may provide a name that another has. */
    @Test
    void aDerivationCompletesByEveryRegisteredName() {
        runner.fake.moreSuites.add(kdf("ROUNDS", "active"));
        runner.fake.moreSuites.add(kdf("ROUNDS", "refused: name ROUNDS is taken"));
        for (String command : List.of("channel-create", "channel-join")) {
            assertEquals(List.of("ARGON2ID", "ROUNDS"), complete(command, command, "lobby", "--kdf", ""));
        }
        assertEquals(
                List.of("XCHACHA20_POLY1305", "AES_256_GCM", "AES_256_EAX", "ARGON2ID", "ROUNDS"),
                complete("suite-deny", "suite-deny", ""));
    }

    private static Suites.Suite kdf(String name, String state) {
        return new Suites.Suite("kdf", name, true, true, true, 0, "com.example 1.0.0", state, List.of());
    }

    @Test
    void theNameCompletesWithAndWithoutItsScope() {
        assertEquals(List.of("send", "partyline:send"), complete("send", "s"));
    }

    @Test
    void otherCommandsLinesAreLeftAlone() {
        assertEquals(List.of(), complete("send", "partyline:read", ""));
    }

    @Test
    void namesComplete() {
        assertEquals(List.of("lobby"), complete("channel-invite", "partyline:channel-invite", ""));
        assertEquals(List.of("me"), complete("persona-use", "persona-use", ""));
        assertEquals(List.of("embedded"), complete("node-remove", "partyline:node-remove", ""));
        assertEquals(
                List.of("XCHACHA20_POLY1305", "AES_256_GCM"), complete("suite-prefer", "partyline:suite-prefer", ""));
        assertEquals(
                List.of("XCHACHA20_POLY1305", "AES_256_GCM"),
                complete("suite-prefer", "partyline:suite-prefer", "AES_256_GCM", ""));
        assertEquals(List.of("4"), complete("cancel", "partyline:cancel", ""));
        assertEquals(List.of("bob", "carol", "erin"), complete("contact-verify", "contact-verify", ""));
        assertEquals(List.of("bob", "erin"), complete("session-close", "session-close", ""));
        assertEquals(List.of(Samples.TXID.toString()), complete("inspect", "partyline:inspect", ""));
    }

    @Test
    void aNameCompletesWithoutWhatWouldCommandATerminal() {
        runner.fake.channels.add(
                Samples.channel("me", "\u001b[31mred", Channels.Mode.RATCHET, KdfParameters.ARGON2ID_DEFAULT));
        assertEquals(
                List.of("lobby", Sanitizer.line("\u001b[31mred")), complete("channel-invite", "channel-invite", ""));
    }

    @Test
    void optionValuesCompleteAnywhere() {
        assertEquals(List.of("lobby"), complete("send", "partyline:send", "--channel", ""));
        assertEquals(List.of("me"), complete("send", "partyline:send", "hello", "--persona", ""));
        assertEquals(
                List.of("ratchet", "open"), complete("channel-create", "partyline:channel-create", "x", "--mode", ""));
        assertEquals(List.of("rpc", "bitcoinj", "embedded"), complete("node-add", "partyline:node-add", "--type", ""));
        assertEquals(List.of("bob"), complete("messages", "partyline:messages", "--from", ""));
        assertEquals(List.of("bob", "carol", "erin"), complete("send", "partyline:send", "--to", ""));
        assertEquals(
                List.of("ask", "keyring", "file", "credential"),
                complete("secrets-move", "partyline:secrets-move", ""));
        assertTrue(complete("node-add", "partyline:node-add", "--network", "").contains("signet"));
    }

    @Test
    void optionsCompleteBeforeAndAfterTheArguments() {
        assertTrue(complete("send", "partyline:send", "--").containsAll(List.of("--channel", "--burn", "--help")));
        assertTrue(complete("send", "partyline:send", "hello", "--").contains("--ttl"));
        assertTrue(complete("cancel", "partyline:cancel", "4", "").contains("--json"));
        assertTrue(complete("persona-use", "partyline:persona-use", "--").contains("--json"));
        assertEquals(List.of("me"), complete("persona-use", "partyline:persona-use", "--json", ""));
    }

    @Test
    void messagesCompleteOnceTheyWereListed() throws Exception {
        assertEquals(
                List.of(),
                complete("read", "partyline:read", "x").stream()
                        .filter("1"::equals)
                        .toList());
        runner.run("messages");
        assertEquals(List.of("1", "2", "5", "6"), complete("read", "partyline:read", ""));
    }

    @Test
    void filesComplete() {
        String here = Path.of("").toAbsolutePath() + "/";
        assertTrue(complete("unlock", "partyline:unlock", "--passphrase-file", here)
                .contains(here + "pom.xml"));
    }

    @Test
    void completingWithoutTheServiceHarmsNothing() {
        Engine empty = Engines.none();
        Runner away = new Runner(new FakeEngine(), FakeSession.withoutTerminal(), empty);
        List<Candidate> candidates = new ArrayList<>();
        away.command("send")
                .getCompleter(false)
                .completeCandidates(away.session, new Line("partyline:send", "--channel", ""), candidates);
        assertEquals(List.of(), candidates);
    }
}
