package org.partyline.consolesocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.consolesocket.client.CommandStreams;
import org.partyline.consolesocket.client.ConsoleClient;
import org.partyline.consolesocket.client.TerminalSize;
import org.partyline.consolesocket.wire.Mode;

/** A command whose server stops during the command never ends with 0, whatever it does when interrupted. */
@Timeout(60)
class StoppedServerTest {
    private static final String CTRL_D = "\u0004";
    private static final String STOPPED =
            "Error: the server stopped or is no longer the leader, and closed this console before the command "
                    + "finished. The command may or may not have been done: check before you repeat it\n";

    @TempDir
    Path home;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(home)
                .with("say", (session, words) -> {
                    System.out.println(words.get(0));
                    return null;
                })
                .with("wait", (session, words) -> {
                    begun.countDown();
                    released.await();
                    return null;
                })
                .with("follow", (session, words) -> {
                    begun.countDown();
                    try {
                        released.await();
                    } catch (InterruptedException e) {
                        System.out.println("{}");
                    }
                    return null;
                })
                .with("work", (session, words) -> {
                    begun.countDown();
                    boolean done = false;
                    while (!done) {
                        try {
                            released.await();
                            done = true;
                        } catch (InterruptedException e) {
                            Thread.onSpinWait();
                        }
                    }
                    System.out.println("{}");
                    return null;
                });
        Files.writeString(home.resolve("etc/init.script"), "history-file =\n");
        System.setProperty("karaf.home", home.toString());
        System.setProperty("karaf.shell.init.script", "init.script");
    }

    @AfterEach
    void stop() throws IOException {
        released.countDown();
        threads.shutdownNow();
        server.close();
    }

    private TestServer.Run whenItStops(Callable<TestServer.Run> command) throws Exception {
        Future<TestServer.Run> run = threads.submit(command);
        begun.await();
        server.stopConsoles();
        released.countDown();
        return run.get();
    }

    @Test
    void aCommandThatIsInterruptedFails() throws Exception {
        assertEquals(new TestServer.Run(1, "", STOPPED), whenItStops(() -> server.run("test:wait", "")));
    }

    @Test
    void aCommandThatTakesTheInterruptionForItsEndFails() throws Exception {
        TestServer.Run run = whenItStops(() -> server.run("test:follow", ""));
        assertEquals(1, run.status());
        assertEquals(STOPPED, run.err());
    }

    @Test
    void aCommandThatGoesOnRegardlessFailsAsNobodyKnowsWhatBecameOfItsOutput() throws Exception {
        TestServer.Run run = whenItStops(() -> server.run("test:work", ""));
        assertEquals(1, run.status());
        assertEquals(STOPPED, run.err());
    }

    @Test
    void aCommandOfAPipeFails() throws Exception {
        assertEquals(1, whenItStops(() -> server.run("test:follow | wc -l", "")).status());
    }

    @Test
    void aLineOfManyFailsAndThoseAfterItDoNotRun() throws Exception {
        TestServer.Run run = whenItStops(() -> server.lines(Mode.GO_ON, "test:say one\ntest:wait\ntest:say two\n"));
        assertEquals(1, run.status());
        assertEquals("one\n", run.out());
        assertTrue(run.err().startsWith(STOPPED), run.err());
    }

    @Test
    void linesThatComeAfterTheStopAreNotTakenForDone() throws Exception {
        PipedOutputStream lines = new PipedOutputStream();
        InputStream in = new PipedInputStream(lines);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        server.with("first", (session, words) -> {
            begun.countDown();
            return null;
        });
        Future<Integer> status = threads.submit(() -> {
            try (ConsoleClient client = ConsoleClient.connect(home)) {
                return client.runLines(Mode.STOP_AT_FAILURE, new CommandStreams(in, new ByteArrayOutputStream(), err));
            }
        });
        lines.write("test:first\n".getBytes(StandardCharsets.UTF_8));
        lines.flush();
        begun.await();
        server.stopConsoles();
        lines.write("test:say two\n".getBytes(StandardCharsets.UTF_8));
        lines.close();
        assertEquals(1, status.get());
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("Error: "), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aLineWhoseDeadlinePassesFailsWithSevenWhateverItMakesOfThat() throws Exception {
        for (String command : List.of("wait", "follow", "work")) {
            TestServer.Run run =
                    server.lines(Mode.STOP_AT_FAILURE, "test:" + command + " --timeout 1s\ntest:say two\n");
            assertEquals(7, run.status(), command);
            assertTrue(run.err().startsWith("Error: no answer within 1 s: "), run.err());
        }
    }

    @Test
    void aStatusThatACommandHasReturnedIsKept() throws Exception {
        server.with("three", (session, words) -> 3);
        assertEquals(3, server.run("test:three", "").status());
    }

    private Future<Integer> console(InputStream keys, ByteArrayOutputStream err) {
        return threads.submit(() -> {
            try (ConsoleClient client = ConsoleClient.connect(home)) {
                return client.console(
                        new TerminalSize(80, 24), "xterm", new CommandStreams(keys, new ByteArrayOutputStream(), err));
            }
        });
    }

    @Test
    void aConsoleIsClosedWithAFailure() throws Exception {
        try (PipedOutputStream keys = new PipedOutputStream()) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            Future<Integer> status = console(new PipedInputStream(keys), err);
            keys.write("test:wait\r".getBytes(StandardCharsets.UTF_8));
            keys.flush();
            begun.await();

            server.stopConsoles();

            assertEquals(1, status.get());
            assertEquals(
                    "Error: the server stopped or is no longer the leader, and closed this console\r\n",
                    err.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aConsoleThatIsLeftEndsWithZero() throws Exception {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream keys = new ByteArrayInputStream(CTRL_D.getBytes(StandardCharsets.UTF_8));
        assertEquals(0, console(keys, err).get());
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }
}
