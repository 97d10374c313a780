package org.partyline.itests.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;
import org.partyline.testkit.PostgreSqlServer;

/**
 * Runs commands without a pause while the database fails, and the server is stopped or killed. A command that exits
 * with 0 was done, and one that prints a document printed all of it.
 */
@ExtendWith(ShowLogs.class)
class ExitStatusIT {
    private static final int PERSONAS_AT_LEAST = 5;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicInteger number = new AtomicInteger();
    /** Personas whose command exited with 0. */
    private final Set<String> promised = Collections.synchronizedSet(new HashSet<>());

    private final List<String> lies = Collections.synchronizedList(new ArrayList<>());
    private PostgreSqlServer database;
    private Pair pair;
    private PartylineServer server;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(PostgreSqlServer.shared().isPresent(), PostgreSqlServer.MISSING);
        database = PostgreSqlServer.shared().orElseThrow();
        pair = Pair.create(database);
        server = pair.one.server().start();
        pair.one.operator().setUp("alice");
    }

    @AfterEach
    void end() throws Exception {
        enough.set(true);
        threads.shutdownNow();
        if (pair != null) {
            pair.close();
        }
    }

    /** Runs the start script as an operator's own script does. @return its exit status and output */
    private Reply script(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(PartylineServer.distribution().resolve("partyline").toString()));
        command.addAll(List.of(words));
        Path out = Files.createTempFile("exit-status", ".out");
        Path err = Files.createTempFile("exit-status", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().put("PARTYLINE_HOME", server.home().toString());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            int status = builder.start().waitFor();
            return new Reply(status, Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private void judge(String what, Reply reply, boolean whole) {
        if (reply.status() == 0 && !whole) {
            lies.add(what + " exited with 0 and printed: " + reply.text());
        }
        if (reply.status() != 0 && reply.err().lines().noneMatch(line -> line.startsWith("Error: "))) {
            lies.add(what + " exited with " + reply.status() + " and said nothing: " + reply.text());
        }
    }

    private Future<?> inALoop(Runnable command) {
        return threads.submit(() -> {
            while (!enough.get()) {
                command.run();
            }
        });
    }

    @FunctionalInterface
    private interface Command {
        void run() throws IOException, InterruptedException;
    }

    private static Runnable plain(Command command) {
        return () -> {
            try {
                command.run();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private List<Future<?>> load() {
        List<Future<?>> running = new ArrayList<>();
        running.add(inALoop(plain(() -> {
            String name = "p" + number.incrementAndGet();
            Reply reply = script("command", "persona-create " + name);
            judge("persona-create", reply, !reply.out().isBlank());
            if (reply.status() == 0) {
                promised.add(name);
            }
        })));
        running.add(inALoop(plain(() -> {
            Reply reply = script("command", "contact-list --json");
            judge("contact-list", reply, reply.out().strip().endsWith("}"));
        })));
        Path backups = server.home().resolveSibling(server.home().getFileName() + "-backups");
        running.add(inALoop(plain(() -> {
            Path file = Files.createDirectories(backups).resolve("b" + number.incrementAndGet());
            try (SecretFile passphrase = new SecretFile("a long enough passphrase")) {
                Reply reply = script("command", "backup-export " + file + " --passphrase-file " + passphrase);
                judge("backup-export", reply, Files.exists(file));
            }
        })));
        Wait.until("commands run", () -> promised.size() >= PERSONAS_AT_LEAST);
        return running;
    }

    private Set<String> personas() {
        Set<String> names = new HashSet<>();
        Operator.elements(server.json("persona-list").get("personas"))
                .forEach(persona -> names.add(persona.get("name").asText()));
        return names;
    }

    private void assertAllIsTrue(List<Future<?>> running) throws Exception {
        enough.set(true);
        for (Future<?> each : running) {
            each.get(3, TimeUnit.MINUTES);
        }
        assertEquals(List.of(), lies);
        Set<String> missing = new HashSet<>(promised);
        missing.removeAll(personas());
        assertEquals(Set.of(), missing, "made, by their exit statuses");
    }

    @Test
    void nothingExitsWithZeroThatWasNotDoneWhileTheDatabaseIsStopped() throws Exception {
        Future<Reply> follower = threads.submit(() -> script("command", "messages --follow"));
        List<Future<?>> running = load();
        database.pause();
        try {
            Wait.until("the server gives up the lead", () -> {
                Reply status = script("status");
                // For a moment it is a standby, as it has not asked the database yet.
                assertTrue(status.status() != 0 || status.text().contains("becomes a standby"), status.text());
                assertFalse(status.text().contains("This server is the leader"), status.text());
                return status.text().contains("tries again");
            });
            Reply followed = follower.get(1, TimeUnit.MINUTES);
            assertEquals(1, followed.status(), followed.text());
            assertTrue(followed.err().startsWith("Error: "), followed.text());
        } finally {
            database.resume();
        }
        server.awaitAnswer();
        Wait.until(
                "its store is open",
                () -> server.json("status").get("store").asText().equals("open"));
        assertAllIsTrue(running);
    }

    @Test
    void nothingExitsWithZeroThatWasNotDoneWhenTheServerIsStoppedOrKilled() throws Exception {
        for (boolean kill : List.of(false, true)) {
            enough.set(false);
            Future<Reply> follower = threads.submit(() -> script("command", "messages --follow"));
            promised.clear();
            List<Future<?>> running = load();
            if (kill) {
                server.kill();
            } else {
                server.stop();
            }
            Reply followed = follower.get(1, TimeUnit.MINUTES);
            assertEquals(1, followed.status(), followed.text());
            assertTrue(followed.err().startsWith("Error: "), followed.text());
            enough.set(true);
            for (Future<?> each : running) {
                each.get(3, TimeUnit.MINUTES);
            }
            server.start();
            Wait.until(
                    "its store is open",
                    () -> server.json("status").get("store").asText().equals("open"));
            assertAllIsTrue(running);
        }
    }
}
