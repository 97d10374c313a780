package org.partyline.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real PostgreSQL server for tests, on a free port of 127.0.0.1 and with a Unix socket in {@code /tmp}, with a
 * temporary cluster. It uses the system's installation (Debian: {@code postgresql}). Over the socket, the test's own
 * user needs no password.
 *
 * <p>PostgreSQL does not run as root: in that case, it runs as the user {@code postgres}, which the package creates.
 */
public final class PostgreSqlServer implements AutoCloseable {
    /** Why tests are skipped if there is none. */
    public static final String MISSING = "there is no PostgreSQL: install Debian's postgresql";

    /** The superuser. */
    public static final String USER = "partyline";

    /** Its password. */
    public static final String PASSWORD = "not-a-secret-of-anybody";

    /** A role that must give its password even over the Unix socket, if a test creates it. */
    public static final String WITH_PASSWORD = "with_password";

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final String OTHER_USER = "postgres";
    private static final long SECONDS = 60;
    private static PostgreSqlServer shared;

    private final Path programs;
    private final Path directory;
    private final int port;
    private final Process guard;
    private final AtomicInteger databases = new AtomicInteger();

    private PostgreSqlServer(Path programs, Path directory, int port) throws IOException {
        this.programs = programs;
        this.directory = directory;
        this.port = port;
        this.guard = guard();
    }

    /** Returns the instance of this JVM, started on the first call; empty if there is no PostgreSQL. */
    public static synchronized Optional<PostgreSqlServer> shared() throws IOException {
        if (shared == null) {
            Optional<PostgreSqlServer> started = start();
            if (started.isEmpty()) {
                return Optional.empty();
            }
            shared = started.get();
        }
        return Optional.of(shared);
    }

    /** Starts a new one, which ends with this JVM at the latest; empty if there is no PostgreSQL. */
    public static Optional<PostgreSqlServer> start() throws IOException {
        Optional<Path> programs = programs();
        if (programs.isEmpty()) {
            return Optional.empty();
        }
        Path directory = Files.createTempDirectory("partyline-postgresql");
        if (isRoot()) {
            run(List.of("chown", OTHER_USER, directory.toString()));
        }
        Path password = directory.resolve("password");
        Files.writeString(password, PASSWORD + "\n");
        if (isRoot()) {
            run(List.of("chown", OTHER_USER, password.toString()));
        }
        PostgreSqlServer server = new PostgreSqlServer(programs.get(), directory, freePort());
        server.program(
                "initdb",
                "-D",
                server.cluster(),
                "-U",
                USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "-E",
                "UTF8",
                "--no-locale",
                "--no-sync");
        Files.writeString(
                directory.resolve("settings"),
                "listen_addresses = '127.0.0.1'\nunix_socket_directories = '/tmp'\nfsync = off\nport = " + server.port
                        + "\n",
                StandardCharsets.UTF_8);
        server.asOther("cp", directory.resolve("settings").toString(), server.cluster() + "/postgresql.auto.conf");
        Files.writeString(
                directory.resolve("admitted"),
                "local all " + WITH_PASSWORD + " scram-sha-256\nlocal all all peer map=own\n"
                        + "host all all 127.0.0.1/32 scram-sha-256\n",
                StandardCharsets.UTF_8);
        server.asOther("cp", directory.resolve("admitted").toString(), server.cluster() + "/pg_hba.conf");
        Files.writeString(
                directory.resolve("users"),
                "own " + System.getProperty("user.name") + " " + USER + "\n",
                StandardCharsets.UTF_8);
        server.asOther("cp", directory.resolve("users").toString(), server.cluster() + "/pg_ident.conf");
        server.resume();
        return Optional.of(server);
    }

    private static Optional<Path> programs() throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> versions = Files.list(DEBIAN)) {
                versions.map(version -> version.resolve("bin")).forEach(found::add);
            }
        }
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(Path::of)
                .forEach(found::add);
        return found.stream()
                .filter(bin -> Files.isExecutable(bin.resolve("initdb")) && Files.isExecutable(bin.resolve("pg_ctl")))
                .findFirst();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private String cluster() {
        return directory.resolve("cluster").toString();
    }

    private void program(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(programs.resolve(name).toString()));
        command.addAll(List.of(arguments));
        asOther(command.toArray(String[]::new));
    }

    private void asOther(String... command) throws IOException {
        run(asOther(List.of(command)));
    }

    /** Ends the server and erases its cluster when its input ends: also if this JVM is killed. */
    private Process guard() throws IOException {
        String script = "trap '' HUP INT TERM; cat; \"$1\" -D \"$2/cluster\" -w -t 50 -m immediate stop; rm -rf \"$2\"";
        return new ProcessBuilder(asOther(List.of(
                        "sh", "-c", script, "sh", programs.resolve("pg_ctl").toString(), directory.toString())))
                .directory(Path.of("/").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static List<String> asOther(List<String> command) {
        List<String> whole = new ArrayList<>(isRoot() ? List.of("runuser", "-u", OTHER_USER, "--") : List.of());
        whole.addAll(command);
        return whole;
    }

    private static void run(List<String> command) throws IOException {
        Path output = Files.createTempFile("partyline-postgresql", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command + " did not end");
            }
            if (process.exitValue() != 0) {
                throw new IOException(command + " failed: " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** Starts it again after {@link #pause}. */
    public void resume() throws IOException {
        program(
                "pg_ctl",
                "-D",
                cluster(),
                "-w",
                "-t",
                "50",
                "-l",
                directory.resolve("log").toString(),
                "start");
    }

    /** Stops it; connections end at once. */
    public void pause() throws IOException {
        program("pg_ctl", "-D", cluster(), "-w", "-t", "50", "-m", "fast", "stop");
    }

    /** Creates a new, empty database. @return its name */
    public String database() throws IOException {
        String name = "partyline" + databases.incrementAndGet();
        run(List.of(
                "env",
                "PGPASSWORD=" + PASSWORD,
                programs.resolve("createdb").toString(),
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-U",
                USER,
                name));
        return name;
    }

    /** Returns the URL of a database from {@link #database}. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Returns the port on 127.0.0.1. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        try {
            guard.getOutputStream().close();
            if (!guard.waitFor(SECONDS, TimeUnit.SECONDS)) {
                System.err.println("The PostgreSQL server of a test did not end in time.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
