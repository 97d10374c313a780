package org.partyline.itests.failover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Wait;
import org.partyline.testkit.PostgreSqlServer;

/**
 * Two servers of one identity, each with a separate home and a separate connection to the database. Each opens the
 * store itself.
 */
final class Pair implements AutoCloseable {
    /** One of the two. */
    record Half(Operator operator, Wire wire) {
        PartylineServer server() {
            return operator.server();
        }

        /** Returns whether it leads, according to its start script. */
        boolean leads() {
            return server().status().contains("This server is the leader");
        }

        boolean standsBy() {
            return server().status().contains("is a standby");
        }

        @Override
        public String toString() {
            return server().toString();
        }
    }

    final Half one;
    final Half two;
    private final String database;
    private Half leader;

    private Pair(String database, Half one, Half two) {
        this.database = database;
        this.one = one;
        this.two = two;
        this.leader = one;
    }

    /** Creates two servers that are not started yet. */
    static Pair create(PostgreSqlServer database) throws IOException {
        String name = database.database();
        return new Pair(name, half("first", database, name), half("second", database, name));
    }

    private static Half half(String server, PostgreSqlServer database, String name) throws IOException {
        Wire wire = Wire.to(database.port());
        PartylineServer made = PartylineServer.create(server);
        Path etc = directory(made, "etc");
        Files.writeString(
                etc.resolve("org.partyline.store.postgresql.cfg"),
                "url = jdbc:postgresql://127.0.0.1:" + wire.port() + "/" + name + "\nuser = " + PostgreSqlServer.USER
                        + "\nname = " + server + "\n");
        secret(etc.resolve("postgresql.password"), PostgreSqlServer.PASSWORD);
        Files.writeString(etc.resolve("org.partyline.unattended.cfg"), "source = credential\n");
        Path credentials = directory(made, ".credentials");
        secret(credentials.resolve("partyline.passphrase"), Operator.STORE_PASSPHRASE);
        made.environment(Map.of("CREDENTIALS_DIRECTORY", credentials.toString()));
        return new Half(new Operator(made), wire);
    }

    private static Path directory(PartylineServer server, String name) throws IOException {
        return Files.createDirectory(
                server.home().resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static void secret(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text + "\n");
    }

    /** Copies the first one's nodes, and its share of the store's keys, to the second. */
    void copyNodes() throws IOException {
        Path store = directory(two.server(), "store");
        Files.copy(
                one.server().home().resolve("store/keys"), store.resolve("keys"), StandardCopyOption.COPY_ATTRIBUTES);
        Path from = one.server().home().resolve("etc");
        Path to = two.server().home().resolve("etc");
        try (Stream<Path> files = Files.list(from)) {
            List<Path> nodes = files.filter(
                            file -> file.getFileName().toString().startsWith("org.partyline.transport."))
                    .toList();
            if (nodes.isEmpty()) {
                throw new IllegalStateException("there is no file of a node in " + from);
            }
            for (Path node : nodes) {
                Files.copy(node, to.resolve(node.getFileName()));
            }
        }
    }

    /** Returns the name of the shared database. */
    String database() {
        return database;
    }

    Half leader() {
        return leader;
    }

    Half other() {
        return leader == one ? two : one;
    }

    /** Waits until the other one leads and can send. @return how long that took, in milliseconds */
    long awaitTakeover() {
        long began = System.nanoTime();
        Half next = other();
        next.server().awaitAnswer();
        Wait.until(
                "the store of " + next + " is open",
                () -> next.server().json("status").get("store").asText().equals("open"));
        long millis = (System.nanoTime() - began) / 1_000_000;
        leader = next;
        next.operator().awaitNode("ready");
        return millis;
    }

    /** Pauses a server, or lets it continue. @param signal STOP or CONT */
    static void signal(Half half, String signal) {
        try {
            new ProcessBuilder(
                            "kill",
                            "-" + signal,
                            Long.toString(half.server().process().pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Half half : List.of(one, two)) {
            half.server().close();
            half.wire().close();
        }
    }
}
