package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.console.JLineTerminal;
import org.jline.reader.impl.BufferImpl;
import org.jline.reader.impl.KillRing;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.reader.impl.UndoTree;
import org.jline.terminal.Size;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class PromptsTest {
    private static final int CTRL_D = 4;
    private static final int CTRL_U = 21;

    @TempDir
    Path home;

    private TestConsole console;
    private Somebody somebody;

    @BeforeEach
    void start() throws IOException {
        console = new TestConsole(home);
    }

    @AfterEach
    void stop() throws Exception {
        if (somebody != null) {
            somebody.leave();
        }
        console.close();
    }

    @Test
    void aLineComesAboveWhatIsTypedAndThatStays() throws Exception {
        somebody = new Somebody("xterm");
        somebody.type("send on");
        await(() -> somebody.reader.getBuffer().toString().equals("send on"));
        console.consoles.above(session -> Optional.of("bob in lobby"));
        await(() -> somebody.shown().contains("bob in lobby\r\n"));
        // The line is drawn again, below.
        await(() -> somebody.shown()
                .substring(somebody.shown().indexOf("bob in lobby"))
                .contains("send on"));
        somebody.type("e\r");
        await(() -> console.given.equals(List.of(List.of("one"))));
    }

    @Test
    void whatWasTypedIsForgottenAndWhatIsBeingTypedStays() throws Exception {
        somebody = new Somebody("xterm");
        somebody.type("send \"the cellar\"\r");
        await(() -> console.given.size() == 1);
        somebody.awaitPrompt();
        // Up, and then all of it is cut.
        somebody.type("\u0010");
        await(() -> somebody.reader.getBuffer().toString().contains("cellar"));
        somebody.type("\u0015send ha");
        await(() -> somebody.reader.getBuffer().toString().equals("send ha"));
        assertTrue(holds("cellar"));
        console.consoles.forget();
        assertFalse(holds("cellar"));
        assertEquals(0, somebody.reader.getHistory().size());
        assertEquals(null, somebody.session.get(Prepared.VARIABLE));
        // Up finds nothing, yanking inserts nothing, and undoing removes only text typed since.
        somebody.type("\u0010\u0019l\u001fl\u001f\u001f\u001flf\r");
        await(() -> console.given.size() == 2);
        assertEquals(List.of("half"), console.given.get(1));
        somebody.awaitPrompt();
        somebody.type("\u0010");
        await(() -> somebody.reader.getBuffer().toString().equals("send half"));
        somebody.type("\u0015");
    }

    /** Ctrl-R searches for it, and Alt-P stores the unfinished line. */
    @Test
    void whatWasLookedForAndWhatWasPutAsideIsForgotten() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        console.with("work", words -> {
            runs.countDown();
            end.await();
        });
        somebody = new Somebody("xterm");
        somebody.type("send \"the cellar\"\r");
        await(() -> console.given.size() == 1);
        somebody.awaitPrompt();
        somebody.type("attic stairs\u001bp");
        somebody.type("\u0015\u0010");
        await(() -> somebody.reader.getBuffer().toString().contains("cellar"));
        somebody.type("\u0015\u0012cellar");
        await(() -> somebody.reader.getBuffer().toString().contains("cellar"));
        somebody.type("\u0005\u0015work\r");
        runs.await();
        try {
            assertTrue(holds("attic"));
            assertTrue(holds("cellar"));
            console.consoles.forget();
            assertFalse(holds("attic"));
            assertFalse(holds("cellar"));
        } finally {
            end.countDown();
        }
        somebody.awaitPrompt();
        somebody.type("\u0012nothing\u0007\u0015send on\r");
        await(() -> console.given.size() == 2);
        assertEquals(List.of("on"), console.given.get(1));
    }

    @Test
    void whatWasTypedIsForgottenWhereACommandRuns() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        console.with("work", words -> {
            runs.countDown();
            end.await();
        });
        somebody = new Somebody("xterm");
        somebody.type("send \"the cellar\"\r");
        await(() -> console.given.size() == 1);
        somebody.awaitPrompt();
        somebody.type("work\r");
        runs.await();
        try {
            console.consoles.forget();
            assertFalse(holds("cellar"));
        } finally {
            end.countDown();
        }
        somebody.awaitPrompt();
        somebody.type("send on\r");
        await(() -> console.given.size() == 2);
    }

    /** By the line editor itself. */
    @Test
    void anAnswerThatIsNotShownIsForgottenAtOnce() throws Exception {
        somebody = new Somebody("xterm");
        console.with("ask", words -> {
            String answer = somebody.session.readLine("What? ", (char) 0);
            console.given.add(List.of(answer, String.valueOf(holds("cellar"))));
        });
        somebody.type("ask\r");
        await(() -> somebody.shown().contains("What?"));
        somebody.type("the cellar\r");
        await(() -> !console.given.isEmpty());
        assertEquals(List.of(List.of("the cellar", "false")), console.given);
    }

    /** Returns whether the line editor has it in its buffer, in an undo step, or in cut text. */
    private boolean holds(String text) {
        try {
            List<Object> places = new ArrayList<>(List.of(somebody.reader.getBuffer()));
            Object step = field(UndoTree.class, "parent", field(LineReaderImpl.class, "undo", somebody.reader));
            while (step != null) {
                Object state = field(step.getClass(), "state", step);
                if (state != null) {
                    places.add(state);
                }
                step = field(step.getClass(), "right", step);
            }
            for (Object place : places) {
                int[] cells = (int[]) field(BufferImpl.class, "buffer", place);
                if (new String(cells, 0, cells.length).contains(text)) {
                    return true;
                }
            }
            for (String found : List.of("historyBuffer", "searchBuffer", "searchTerm")) {
                if (String.valueOf(field(LineReaderImpl.class, found, somebody.reader))
                        .contains(text)) {
                    return true;
                }
            }
            Object[] cut =
                    (Object[]) field(KillRing.class, "slots", field(LineReaderImpl.class, "killRing", somebody.reader));
            return Arrays.stream(cut).anyMatch(one -> String.valueOf(one).contains(text));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Object field(Class<?> type, String name, Object of) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    @Test
    void nothingIsShownWhileACommandRunsOrAsks() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        somebody = new Somebody("xterm");
        console.with("work", words -> {
                    runs.countDown();
                    end.await();
                })
                .with("ask", words -> somebody.session.readLine("What? ", null));
        somebody.type("work\r");
        runs.await();
        aboveIsOver("while it runs");
        end.countDown();
        somebody.awaitPrompt();
        somebody.type("ask\r");
        await(() -> somebody.shown().contains("What?"));
        aboveIsOver("while it asks");
        somebody.type("it\r");
        somebody.awaitPrompt();
        console.consoles.above(session -> Optional.of("after it"));
        await(() -> somebody.shown().contains("after it"));
        assertFalse(somebody.shown().contains("while it"), somebody.shown());
    }

    /** Shows a line and waits until the thread that would show it has finished. */
    private void aboveIsOver(String line) {
        console.consoles.above(session -> Optional.of(line));
        AbovePrompt above = AbovePrompt.of(somebody.reader).orElseThrow();
        await(() -> !above.isShowing());
    }

    @Test
    void aDumbTerminalAPipeAndAStoppedConsoleAreLeftAlone() throws Exception {
        somebody = new Somebody("dumb");
        console.consoles.above(session -> Optional.of("news"));
        assertFalse(AbovePrompt.of(somebody.reader).orElseThrow().isShowing());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream printing = new PrintStream(out, true, StandardCharsets.UTF_8);
        Session pipe = console.consoles.create(new ByteArrayInputStream(new byte[0]), printing, printing);
        console.consoles.above(session -> Optional.of("news"));
        pipe.close();
        console.stop();
        console.consoles.above(session -> Optional.of("news"));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
        assertFalse(somebody.shown().contains("news"));
    }

    @Test
    void whoFailsToSayOrHasNothingToSayHarmsNoOther() throws Exception {
        somebody = new Somebody("xterm");
        console.consoles.above(session -> {
            throw new IllegalStateException("broken");
        });
        console.consoles.above(session -> Optional.empty());
        console.consoles.above(session -> Optional.of("the third"));
        await(() -> somebody.shown().contains("the third\r\n"));
    }

    /** A user at a terminal. */
    private final class Somebody {
        private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
        private final PipedOutputStream keys = new PipedOutputStream();
        private final ExternalTerminal terminal;
        private final Session session;
        private final LineReaderImpl reader;
        private final Thread thread;

        Somebody(String type) throws Exception {
            terminal = new ExternalTerminal("test", type, new PipedInputStream(keys), screen, StandardCharsets.UTF_8);
            terminal.setSize(new Size(100, 30));
            PrintStream out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
            session =
                    console.consoles.create(terminal.input(), out, out, new JLineTerminal(terminal), "UTF-8", () -> {});
            reader = (LineReaderImpl) session.get(".jline.reader");
            thread = new Thread(session, "console");
            thread.setDaemon(true);
            thread.start();
            awaitPrompt();
        }

        void type(String text) throws IOException {
            keys.write(text.getBytes(StandardCharsets.UTF_8));
            keys.flush();
        }

        String shown() {
            return screen.toString(StandardCharsets.UTF_8);
        }

        void awaitPrompt() {
            AbovePrompt above = AbovePrompt.of(reader).orElseThrow();
            await(above::isAtPrompt);
        }

        void leave() throws Exception {
            // A failed test left half a line.
            keys.write(CTRL_U);
            keys.write(CTRL_D);
            keys.close();
            thread.join();
            terminal.close();
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertFalse(Thread.interrupted(), "it took too long");
            Thread.onSpinWait();
            Thread.yield();
        }
    }
}
