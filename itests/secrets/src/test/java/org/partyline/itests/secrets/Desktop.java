package org.partyline.itests.secrets;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.partyline.itests.harness.Wait;

/**
 * A desktop session for secrets: a separate D-Bus session bus, with gnome-keyring once {@link #logIn} was called. It
 * does not touch the desktop of the user who runs the tests.
 */
public final class Desktop implements AutoCloseable {
    private static final List<String> PROGRAMS = List.of("dbus-daemon", "gnome-keyring-daemon", "secret-tool");
    private static final String PASSWORD = "the password of a desktop";

    private final Path directory;
    private final Process bus;
    private final String address;
    private Process keyring;

    private Desktop(Path directory, Process bus, String address) {
        this.directory = directory;
        this.bus = bus;
        this.address = address;
    }

    /** Returns the required programs that are missing. */
    static List<String> missing() {
        return PROGRAMS.stream()
                .filter(program -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .noneMatch(path -> Files.isExecutable(Path.of(path, program))))
                .toList();
    }

    /** Starts a session with a bus, and no keyring yet. @param parent the directory of its files */
    public static Desktop start(Path parent) {
        try {
            Path directory = Files.createTempDirectory(
                    parent,
                    "desktop",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            // No directory of services: no request starts one.
            Path configuration = Files.writeString(
                    directory.resolve("bus.conf"),
                    "<busconfig><type>session</type><listen>unix:path=" + directory.resolve("bus") + "</listen>"
                            + "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
                            + "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>");
            Process bus = new ProcessBuilder(
                            "dbus-daemon",
                            "--nofork",
                            "--print-address=1",
                            "--nosyslog",
                            "--config-file=" + configuration)
                    .redirectError(directory.resolve("bus.log").toFile())
                    .start();
            BufferedReader output = bus.inputReader(StandardCharsets.UTF_8);
            String address = output.readLine();
            if (address == null) {
                throw new IllegalStateException("no bus: " + Files.readString(directory.resolve("bus.log")));
            }
            return new Desktop(directory, bus, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the environment with which a program finds the session. */
    public Map<String, String> environment() {
        return Map.of(
                "DBUS_SESSION_BUS_ADDRESS",
                address,
                "XDG_RUNTIME_DIR",
                directory.toString(),
                "HOME",
                directory.toString(),
                "XDG_DATA_HOME",
                directory.resolve("share").toString());
    }

    /** Returns only the address of the bus. */
    public Map<String, String> busAddress() {
        return Map.of("DBUS_SESSION_BUS_ADDRESS", address, "XDG_RUNTIME_DIR", directory.toString());
    }

    /** Starts gnome-keyring and opens its keyring, as logging in does. */
    public Desktop logIn() {
        try {
            ProcessBuilder builder = new ProcessBuilder(
                            "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("keyring.log").toFile());
            builder.environment().putAll(environment());
            keyring = builder.start();
            try (OutputStream input = keyring.getOutputStream()) {
                input.write(PASSWORD.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Wait.until("the keyring", () -> run(tool("store", "--label=test", "test", "ready"), "x") == 0);
        return this;
    }

    /** Ends gnome-keyring. */
    public void logOut() {
        end(keyring);
    }

    /** Locks its keyring until someone types the password. */
    public void lock() {
        if (run(tool("lock"), "") != 0) {
            throw new IllegalStateException("the keyring was not locked");
        }
    }

    /** Reads a secret as another program would. @param attributes alternating names and values */
    public String lookUp(String... attributes) {
        List<String> command = new ArrayList<>(List.of(tool("lookup")));
        command.addAll(List.of(attributes));
        run(command.toArray(String[]::new), "");
        try {
            return Files.readString(directory.resolve("tool.out"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the directory of gnome-keyring's files. */
    public Path files() {
        return directory.resolve("share/keyrings");
    }

    private static String[] tool(String... words) {
        List<String> command = new ArrayList<>(List.of("secret-tool"));
        command.addAll(List.of(words));
        return command.toArray(String[]::new);
    }

    private int run(String[] command, String input) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectError(directory.resolve("tool.err").toFile())
                    .redirectOutput(directory.resolve("tool.out").toFile());
            builder.environment().putAll(environment());
            Process process = builder.start();
            try (OutputStream stream = process.getOutputStream()) {
                stream.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                end(process);
                return -1;
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void end(Process process) {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    @Override
    public void close() {
        end(keyring);
        end(bus);
    }
}
