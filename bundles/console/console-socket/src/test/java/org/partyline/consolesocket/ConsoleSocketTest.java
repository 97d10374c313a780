package org.partyline.consolesocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.panic.Severable;
import org.partyline.consoleline.Resumption;
import org.partyline.consoleline.Role;
import org.partyline.consolesocket.client.CommandStreams;
import org.partyline.consolesocket.client.ConsoleClient;
import org.partyline.consolesocket.wire.FrameType;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.Mode;
import org.partyline.consolesocket.wire.SocketFrame;
import org.partyline.consolesocket.wire.SocketPlace;

/** Both ends of the socket, with Karaf's shell behind it. */
class ConsoleSocketTest {
    @TempDir
    Path home;

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(home)
                .with("say", (session, words) -> {
                    System.out.println(words.get(0));
                    return null;
                })
                .with("refuse", (session, words) -> {
                    throw new IllegalStateException("\u001b[31mnot today\u001b[0m");
                })
                .with("read", (session, words) -> {
                    System.out.println("read " + new String(System.in.readNBytes(4), StandardCharsets.UTF_8));
                    return null;
                });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void outputGoesOutAndAFailureToStandardErrorWithAStatus() throws IOException {
        assertEquals(new TestServer.Run(0, "hello\n", ""), server.run("test:say hello", ""));
        assertEquals(new TestServer.Run(1, "", "Error: not today\n"), server.run("test:refuse", ""));
        assertEquals(
                new TestServer.Run(2, "", "Error: there is no command 'test:none': see help\n"),
                server.run("test:none", ""));
    }

    @Test
    void aNumberIsAnExitStatusAndNoneOtherThanZeroBecomesZero() throws IOException {
        server.with("three", (session, words) -> 3).with("large", (session, words) -> 256);

        assertEquals(3, server.run("test:three", "").status());
        assertEquals(1, server.run("test:large", "").status());
    }

    @Test
    void relativeNamesAreRelativeToTheClientsDirectory() throws IOException {
        server.with("here", (session, words) -> {
            System.out.println(session.currentDir().resolve("file"));
            return null;
        });
        assertEquals(
                Path.of("").toAbsolutePath().resolve("file") + "\n",
                server.run("test:here", "").out());
        Path there = home.resolve("somewhere");
        String expected = there.resolve("file") + "\n";
        for (boolean lines : List.of(true, false)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            InputStream in = new ByteArrayInputStream("test:here\n".getBytes(StandardCharsets.UTF_8));
            CommandStreams streams = new CommandStreams(in, out, OutputStream.nullOutputStream());
            try (ConsoleClient client = ConsoleClient.connect(home).from(there)) {
                assertEquals(
                        0, lines ? client.runLines(Mode.STOP_AT_FAILURE, streams) : client.run("test:here", streams));
            }
            assertEquals(expected, out.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aClientForSomebodyWithSomeRolesRunsWhatTheyAllow() throws IOException {
        server.with(Role.TALK, "talk").with(Role.ERASE, "erase");

        assertEquals("talk\n", server.runFor("talk operate", "talk").out());
        TestServer.Run refused = server.runFor("talk operate", "erase");
        assertEquals(1, refused.status());
        assertEquals("", refused.out());
        assertTrue(refused.err().startsWith("Error: erase needs the role erase"), refused.err());
        assertEquals("erase\n", server.runFor("erase", "erase").out());
        // For a client that reports no roles, one with a role that cannot be assigned, and one with none.
        for (String roles : List.of("talk operate erase", "owner", "")) {
            assertEquals(1, server.runFor(roles, "say hello").status(), roles);
        }
        assertEquals(0, server.runFor(null, "say hello").status());
    }

    @Test
    void linesAreHeldAgainstTheRolesToo() throws IOException {
        server.with(Role.TALK, "talk").with(Role.ERASE, "erase");

        TestServer.Run run = server.linesFor("talk", "talk\nerase\ntalk\n");

        assertEquals(1, run.status());
        assertEquals("talk\ntalk\n", run.out());
    }

    @Test
    void textInAnyScriptArrivesAsItIs() throws IOException {
        assertEquals(
                "grüße 🦉 שלום\n", server.run("test:say 'grüße 🦉 שלום'", "").out());
    }

    @Test
    void tenMegabytesArriveWholeHoweverTheyAreWritten() throws IOException {
        String line = "0123456789abcde\n";
        server.with("much", (session, words) -> {
            for (int i = 0; i < 645_000; i += 1000) {
                System.out.print(line.repeat(1000));
            }
            for (int i = 0; i < 10_360; i++) {
                System.out.print(line);
            }
            return null;
        });

        TestServer.Run run = server.run("test:much", "");

        assertEquals(0, run.status());
        assertTrue(run.out().equals(line.repeat(655_360)), "it has " + run.out().length() + " characters");
    }

    @Test
    void whatIsWrittenAtOnceArrivesWholeWhateverItsLength() throws IOException {
        server.with("write", (session, words) -> {
            byte[] bytes = new byte[Integer.parseInt(words.get(0).toString())];
            Arrays.fill(bytes, (byte) 'x');
            System.out.write(bytes, 0, bytes.length);
            return null;
        });
        for (int length : List.of(1 << 15, (1 << 15) + 1, 100_000)) {
            assertEquals(
                    "x".repeat(length), server.run("test:write " + length, "").out());
        }
    }

    @Test
    void standardInputIsReadOnlyAsFarAsACommandWants() throws IOException {
        InputStream untouchable = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new AssertionError("nobody asked for it");
            }
        };
        try (ConsoleClient client = ConsoleClient.connect(home)) {
            OutputStream nowhere = OutputStream.nullOutputStream();
            assertEquals(0, client.run("test:say hello", new CommandStreams(untouchable, nowhere, nowhere)));
        }
        assertEquals("read abcd\n", server.run("test:read", "abcdefgh").out());
    }

    @Test
    void linesRunUntilOneFails() throws IOException {
        assertEquals(
                new TestServer.Run(1, "one\n", "Error: not today\n"),
                server.lines(Mode.STOP_AT_FAILURE, "test:say one\ntest:refuse\ntest:say two\n"));
    }

    /** It would become different text, and be sent. */
    @Test
    void aLineThatIsNotUtf8IsNotRun() throws IOException {
        byte[] lines = "test:say one\ntest:say X\ntest:say two\n".getBytes(StandardCharsets.UTF_8);
        lines[new String(lines, StandardCharsets.UTF_8).indexOf('X')] = (byte) 0xFF;
        assertEquals(
                new TestServer.Run(
                        1, "one\n", "Error: a line is not UTF-8 text: it and the remaining lines were not run\n"),
                server.lines(Mode.GO_ON, lines));
    }

    @Test
    void inAConsoleLinesRunAfterAFailureAndTheStatusTells() throws IOException {
        assertEquals(
                new TestServer.Run(1, "one\ntwo\n", "Error: not today\n"),
                server.lines(Mode.GO_ON, "test:say one\ntest:refuse\n\ntest:say two"));
    }

    @Test
    void aQuotationGoesOnInTheNextLineAndIsRefusedWhenItNeverEnds() throws IOException {
        assertEquals(
                "one\ntwo\nthree\n",
                server.lines(Mode.GO_ON, "test:say 'one\ntwo'\ntest:say three\n")
                        .out());
        assertEquals(
                new TestServer.Run(
                        2,
                        "one\n",
                        "Error: a quotation mark is not closed: close it, or use say, which needs no quoting\n"),
                server.lines(Mode.GO_ON, "test:say one\ntest:say \"two\ntest:say three\n"));
    }

    @Test
    void aLineThatIsWrongIsNotWaitedFor() throws IOException {
        TestServer.Run run = server.lines(Mode.GO_ON, "test:say \"one\"x\ntest:say two\n");

        assertEquals("two\n", run.out());
        assertEquals(2, run.status());
        assertTrue(run.err().startsWith("Error: a closing quotation mark"), run.err());
    }

    @Test
    void aCommandThatClosesTheConsoleEndsTheLinesWell() throws IOException {
        server.with("leave", (session, words) -> {
            session.close();
            throw new InterruptedException("closed");
        });
        server.with("close", (session, words) -> {
            session.close();
            return null;
        });

        for (String leave : List.of("test:leave", "test:close")) {
            assertEquals(
                    new TestServer.Run(0, "one\n", ""),
                    server.lines(Mode.GO_ON, "test:say one\n" + leave + "\ntest:say two\n"));
        }
    }

    @Test
    void linesOfAnotherSystemEndAsOurs() throws IOException {
        assertEquals(
                "one\ntwo\n",
                server.lines(Mode.GO_ON, "test:say one\r\ntest:say two\r\n").out());
    }

    @Test
    void whatIsTypedIsNoProgram() throws IOException {
        String text = "look: $(exec touch /tmp/x) `x` ${y} %z !! ; | & > /tmp/x # \\ {} [] a=b";
        assertEquals(text + "\n", server.run("test:say '" + text + "'", "").out());
        assertEquals(
                text + "\n",
                server.lines(Mode.STOP_AT_FAILURE, "test:say '" + text + "'\n").out());
    }

    @Test
    void aPipeWithACommandThatIsWrongOrFailsHasAStatus() throws IOException {
        assertEquals(
                new TestServer.Run(2, "", "Error: there is no command 'test:sya': did you mean say?\n"),
                server.run("test:sya hello | tail -1", ""));
        assertEquals(new TestServer.Run(1, "", "Error: not today\n"), server.run("test:refuse | tail -1", ""));
        assertEquals(new TestServer.Run(0, "hello\n", ""), server.run("test:say hello | tail -1", ""));
    }

    @Test
    void aCommandReadsItsInputFromBehindItsLine() throws IOException {
        assertEquals(
                "read abcd\nnext\n",
                server.lines(Mode.STOP_AT_FAILURE, "test:read\nabcdtest:say next\n")
                        .out());
    }

    @Test
    void linesRunAsTheyCome() throws Exception {
        CountDownLatch said = new CountDownLatch(1);
        server.with("tell", (session, words) -> {
            said.countDown();
            return null;
        });
        PipedOutputStream typing = new PipedOutputStream();
        FutureTask<Integer> status = typed(new PipedInputStream(typing));
        typing.write("test:tell\n".getBytes(StandardCharsets.UTF_8));
        typing.flush();
        said.await();
        typing.close();
        assertEquals(0, status.get());
    }

    /** A program that feeds a console keeps its end of the pipe open. */
    @Test
    void aConsoleThatIsClosedEndsWhileItsInputStaysOpen() throws Exception {
        server.with("close", (session, words) -> {
            session.close();
            return null;
        });
        try (PipedOutputStream typing = new PipedOutputStream()) {
            FutureTask<Integer> status = typed(new PipedInputStream(typing));
            typing.write("test:close\n".getBytes(StandardCharsets.UTF_8));
            typing.flush();
            assertEquals(0, status.get());
        }
    }

    /** Returns the exit status of a client that runs the lines of an input. */
    private FutureTask<Integer> typed(InputStream in) {
        FutureTask<Integer> status = new FutureTask<>(() -> {
            OutputStream nowhere = OutputStream.nullOutputStream();
            try (ConsoleClient client = ConsoleClient.connect(home)) {
                return client.runLines(Mode.GO_ON, new CommandStreams(in, nowhere, nowhere));
            }
        });
        new Thread(status).start();
        return status;
    }

    /** Returns the announcements of a console while lines are typed, one for each. */
    private List<String> announced(String resumed, String... typed) throws IOException {
        List<String> announced = new ArrayList<>();
        try (SocketChannel channel = new SocketPlace(home).connect()) {
            Link link = new Link(channel);
            link.receive();
            if (!resumed.isEmpty()) {
                link.send(SocketFrame.of(FrameType.RESUME, resumed));
            }
            byte[] console = ByteBuffer.allocate(2 * Integer.BYTES + 4)
                    .putInt(80)
                    .putInt(24)
                    .put("dumb".getBytes(StandardCharsets.US_ASCII))
                    .array();
            link.send(new SocketFrame(FrameType.CONSOLE, console));
            for (String line : typed) {
                link.send(SocketFrame.of(FrameType.INPUT, line));
            }
            while (announced.size() < typed.length) {
                SocketFrame frame = link.receive().orElseThrow();
                if (frame.type() == FrameType.RESUME) {
                    announced.add(frame.text());
                }
            }
        }
        return announced;
    }

    @Test
    void aCommandThatIsRunAgainFindsWhatItRememberedOnce() throws Exception {
        List<Optional<List<String>>> found = new CopyOnWriteArrayList<>();
        server.with("again", (session, words) -> {
            found.add(Resumption.taken(session));
            Resumption.of(session, "test:again", "alice", "");
            return null;
        });
        String announced = announced("", "test:again\r").get(0);
        announced(announced, "test:again\r", "test:again\r");
        assertEquals(List.of(Optional.empty(), Optional.of(List.of("alice", "")), Optional.empty()), found);
    }

    @Test
    void aCommandIsInterruptedWhenItsClientGoes() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        server.with("wait", (session, words) -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return null;
        });
        ConsoleClient client = ConsoleClient.connect(home);
        Thread waiting = new Thread(() -> {
            OutputStream nowhere = OutputStream.nullOutputStream();
            assertThrows(
                    IOException.class,
                    () -> client.run("test:wait", new CommandStreams(InputStream.nullInputStream(), nowhere, nowhere)));
        });
        waiting.start();
        begun.await();

        client.close();

        interrupted.await();
        waiting.join();
    }

    @Test
    void aCommandThatPrintsToAClientThatIsGoneEnds() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        server.with("endless", (session, words) -> {
            String line = "x".repeat(1000);
            while (!Thread.currentThread().isInterrupted() && !System.out.checkError()) {
                System.out.println(line);
            }
            ended.countDown();
            return null;
        });
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        try (ConsoleClient client = ConsoleClient.connect(home)) {
            IOException gone = assertThrows(
                    IOException.class,
                    () -> client.run("test:endless", new CommandStreams(InputStream.nullInputStream(), full, full)));
            assertEquals("the output could not be written: Broken pipe", gone.getMessage());
        }
        ended.await();
    }

    @Test
    void theSocketIsItsOwnersAlone() throws IOException {
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("run"))));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("run/console.sock"))));
    }

    @Test
    void aDirectoryThatOthersMayEnterIsNotTrusted() throws IOException {
        Files.setPosixFilePermissions(home.resolve("run"), PosixFilePermissions.fromString("rwx--x---"));

        IOException refused = assertThrows(IOException.class, () -> ConsoleClient.connect(home));

        assertEquals(
                "other users can enter " + home.resolve("run")
                        + " (rwx--x---): run chmod 700 on it, and start the server again",
                refused.getMessage());
    }

    @Test
    void aDirectoryThatIsALinkIsNotTrusted() throws IOException {
        Files.move(home.resolve("run"), home.resolve("elsewhere"));
        Files.createSymbolicLink(home.resolve("run"), home.resolve("elsewhere"));

        IOException refused = assertThrows(IOException.class, () -> ConsoleClient.connect(home));
        assertTrue(refused.getMessage().contains("is not a directory"), refused.getMessage());
    }

    @Test
    void theServerOfAnotherHomeIsNotTakenForTheOneOfThis(@TempDir Path other) throws IOException {
        Files.createDirectory(
                other.resolve("run"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createSymbolicLink(other.resolve("run/console.sock"), home.resolve("run/console.sock"));

        IOException refused = assertThrows(IOException.class, () -> ConsoleClient.connect(other));

        assertEquals(
                "the server that answers in " + other + " is the server of " + home.toRealPath(), refused.getMessage());
    }

    @Test
    void anotherProcessIsNotTakenForTheServer() {
        long own = ProcessHandle.current().pid();

        IOException refused = assertThrows(IOException.class, () -> ConsoleClient.connect(home, own + 1));

        assertEquals(
                "the server that answers in " + home + " is process " + own + ", but the expected server is process "
                        + (own + 1),
                refused.getMessage());
    }

    @Test
    void soManyConnectionsAreTakenAndNoMore() throws IOException {
        List<ConsoleClient> clients = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            clients.add(ConsoleClient.connect(home));
        }

        assertThrows(IOException.class, () -> ConsoleClient.connect(home));

        for (ConsoleClient client : clients) {
            client.close();
        }
    }

    @Test
    void aConnectionThatHasEndedMakesRoomForAnother() throws IOException {
        for (int i = 0; i < 200; i++) {
            assertEquals(0, server.run("test:say hello", "").status());
        }
    }

    @Test
    void aCommandThatNoFrameHoldsIsRefusedBeforeItIsSent() throws IOException {
        String command = "test:say " + "x".repeat(Link.LONGEST);

        IOException refused = assertThrows(IOException.class, () -> server.run(command, ""));
        assertEquals("the command has 1048585 bytes, more than the maximum of 1048576", refused.getMessage());
    }

    @Test
    void whereNobodyListensThatIsSaid() throws IOException {
        server.close();

        assertThrows(ConnectException.class, () -> ConsoleClient.connect(home));
        assertFalse(Files.exists(home.resolve("run/console.sock")));
    }

    @Test
    void aSocketThatAKilledServerLeftIsReplaced(@TempDir Path other) throws IOException {
        Files.createDirectory(
                other.resolve("run"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createFile(other.resolve("run/console.sock"));

        try (TestServer again = new TestServer(other)) {
            assertEquals(2, again.run("test:none", "").status());
        }
    }

    @Test
    void aHomeWithALongPathHasASocketToo(@TempDir Path parent) throws IOException {
        Path deep = Files.createDirectories(parent.resolve("d".repeat(90)).resolve("e".repeat(90)));

        try (TestServer far = new TestServer(deep)) {
            assertEquals(2, far.run("test:none", "").status());
            assertTrue(Files.exists(deep.resolve("run/console.sock")));
        }
    }

    @Test
    void allOthersAreCutAndWhoAsksIsNot(@TempDir Path elsewhere) throws Exception {
        String before = System.getProperty("partyline.home");
        System.setProperty("partyline.home", elsewhere.toString());
        ConsoleSocket socket = new ConsoleSocket(server.consoles);
        try {
            CountDownLatch inside = new CountDownLatch(1);
            server.with("stay", (session, words) -> {
                        inside.countDown();
                        new CountDownLatch(1).await();
                        return null;
                    })
                    .with("cut", (session, words) -> {
                        session.put(Severable.MARK, "mine");
                        System.out.println("cut " + socket.sever("mine"));
                        return null;
                    });
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread other = new Thread(() -> {
                try (ConsoleClient client = ConsoleClient.connect(elsewhere)) {
                    OutputStream nowhere = OutputStream.nullOutputStream();
                    client.run("test:stay", new CommandStreams(InputStream.nullInputStream(), nowhere, nowhere));
                } catch (IOException | RuntimeException e) {
                    end.set(e);
                }
            });
            other.start();
            inside.await();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (ConsoleClient client = ConsoleClient.connect(elsewhere)) {
                CommandStreams streams =
                        new CommandStreams(InputStream.nullInputStream(), out, OutputStream.nullOutputStream());
                assertEquals(0, client.run("test:cut", streams));
            }
            assertEquals("cut 1\n", out.toString(StandardCharsets.UTF_8));
            other.join();
            assertTrue(end.get() instanceof IOException, String.valueOf(end.get()));
        } finally {
            socket.stop();
            if (before == null) {
                System.clearProperty("partyline.home");
            } else {
                System.setProperty("partyline.home", before);
            }
        }
    }
}
