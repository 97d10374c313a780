package org.partyline.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Events.Event;
import org.partyline.api.engine.Events.Type;
import org.partyline.testkit.Eventually;

class ProgramTest {
    private static final Event EVENT = FakeLog.event(4, Type.STATE);

    @TempDir
    Path directory;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean open = true;
    private ProgramDelivery programs = new ProgramDelivery(thread, ProgramDelivery.LONGEST, () -> open);

    @BeforeEach
    void closeTheDirectory() throws IOException {
        mode(directory, "rwx------");
    }

    @AfterEach
    void close() {
        programs.stopAll();
        thread.shutdownNow();
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private Path program(String... lines) throws IOException {
        Path file = directory.resolve("program");
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        mode(file, "rwx------");
        return file;
    }

    private Optional<String> deliver(Path program) throws InterruptedException {
        return programs.deliver(HookRecord.program("00", "alert", program.toString(), Instant.EPOCH), EVENT);
    }

    private static String refusal(Path program) {
        return assertThrows(PartylineException.class, () -> ProgramFile.check(program))
                .getMessage();
    }

    @Test
    void aProgramGetsOneEventAndACleanEnvironment() throws Exception {
        Path out = directory.resolve("out");
        assertEquals(Optional.empty(), deliver(program("cat > " + out, "echo \"$# $PWD\" >> " + out, "env >> " + out)));
        String text = Files.readString(out);
        assertTrue(
                text.startsWith("{\"cursor\":4,\"type\":\"state\",\"time\":\"2026-11-30T12:00:00.000Z\","
                        + "\"conversation\":\"me/channel:lobby\",\"message_id\":7,\"subject\":\"home\",\"state\":\"relayed\",\"message\":null,"
                        + "\"from\":null,\"to\":null}\n0 " + directory.toRealPath() + "\n"),
                text);
        assertEquals(
                Stream.of("HOME", "LANG", "PARTYLINE_HOOK", "PATH").toList(),
                text.lines()
                        .skip(2)
                        .map(line -> line.substring(0, line.indexOf('=')))
                        // The program's shell adds these.
                        .filter(name -> !name.equals("PWD") && !name.equals("SHLVL") && !name.equals("_"))
                        .sorted()
                        .toList());
        assertTrue(text.contains("PARTYLINE_HOOK=alert\n"), text);
    }

    @Test
    void aFailureIsReported() throws Exception {
        assertEquals(Optional.of("the program exited with status 3"), deliver(program("exit 3")));
        Path noProgram = directory.resolve("text");
        Files.writeString(noProgram, "#!/no/such/shell\n");
        mode(noProgram, "rwx------");
        assertTrue(deliver(noProgram).orElseThrow().startsWith("the program cannot be started"));
        Path program = program("exit 0");
        mode(program, "rwxrwx---");
        assertTrue(deliver(program).orElseThrow().contains("its group or others can change"));
    }

    /** It does not read, starts another program, and does not end. */
    @Test
    void aProgramThatDoesNotEndIsStoppedWithWhatItStarted() throws Exception {
        Path out = directory.resolve("pid");
        ScheduledExecutorService once = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
                return super.schedule(
                        () -> {
                            Eventually.that("the program runs", () -> Files.exists(out) && Files.size(out) > 0);
                            command.run();
                        },
                        0,
                        unit);
            }
        };
        programs = new ProgramDelivery(once, ProgramDelivery.LONGEST, () -> open);
        try {
            assertEquals(
                    Optional.of("the program ran for more than 30 s and was stopped"),
                    deliver(program("sleep 1000 &", "echo $! > " + out, "wait")));
        } finally {
            once.shutdownNow();
        }
        long child = Long.parseLong(Files.readString(out).strip());
        Eventually.that(
                "what the program started has ended",
                () -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void noProgramStartsOnceTheStoreWasLocked() throws Exception {
        Path out = directory.resolve("ran");
        Path program = program("touch " + out);
        open = false;
        programs.stopAll();
        assertEquals(Optional.of("the store was locked before the program started"), deliver(program));
        assertFalse(Files.exists(out));
        open = true;
        assertEquals(Optional.empty(), deliver(program));
        assertTrue(Files.exists(out));
    }

    @Test
    void aLockEndsTheProgramsThatRun() throws Exception {
        Path out = directory.resolve("runs");
        Path program = program("touch " + out, "exec sleep 1000");
        FutureTask<Optional<String>> delivered = new FutureTask<>(() -> deliver(program));
        new Thread(delivered).start();
        Eventually.that("the program runs", () -> Files.exists(out));
        programs.stopAll();
        assertTrue(delivered.get().orElseThrow().startsWith("the program exited with status"));
    }

    @Test
    void onlyAPrivateProgramIsAccepted() throws Exception {
        Path program = program("exit 0");
        ProgramFile.check(program);
        Path link = Files.createSymbolicLink(directory.resolve("link"), program);
        ProgramFile.check(link);
        assertTrue(refusal(Path.of("program")).contains("must be an absolute path"));
        assertTrue(refusal(directory.resolve("nothing")).startsWith("there is no program"));
        assertTrue(refusal(directory).contains("is not an executable file"));
        for (String open : new String[] {"rwxrwx---", "rwx---rwx", "rwx----w-"}) {
            mode(program, open);
            assertTrue(refusal(program).contains("run chmod go-w on it"), open);
            assertTrue(refusal(link).contains("run chmod go-w on it"), open);
        }
        mode(program, "rwx------");
        mode(directory, "rwxrwxrwx");
        assertTrue(refusal(program).contains("can change " + directory.toRealPath()));
        mode(directory, "rwx------");
        // On a directory the sticky bit keeps others from replacing a file; on a file it has no meaning.
        Files.setAttribute(program, "unix:mode", 01770);
        assertTrue(refusal(program).contains("run chmod go-w on it"));
        mode(program, "rw-------");
        assertTrue(refusal(program).contains("is not an executable file"));
    }

    /** Anyone who can replace a link on the path decides what is started. */
    @Test
    void onlyLinksThatNobodyElseCanReplaceAreFollowed() throws Exception {
        Path program = program("exit 0");
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Path link = Files.createSymbolicLink(shared.resolve("link"), Path.of("../" + program.getFileName()));
        Path further = Files.createSymbolicLink(directory.resolve("further"), Path.of("shared", "link"));
        Path place = Files.createSymbolicLink(shared.resolve("place"), directory);
        Path beyond = place.resolve(program.getFileName());
        List<Path> all = List.of(link, further, beyond);
        for (Path each : all) {
            ProgramFile.check(each);
        }
        mode(shared, "rwxrwxrwx");
        for (Path each : all) {
            assertTrue(refusal(each).contains("can change " + shared.toRealPath()), each.toString());
        }
        Files.setAttribute(shared, "unix:mode", 01777);
        for (Path each : all) {
            ProgramFile.check(each);
        }
        Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
        assertTrue(refusal(directory.resolve("loop")).startsWith("there is no program"));
    }

    @Test
    void aProgramOfAnotherUserIsRefused() throws Exception {
        Path program = program("exit 0");
        try {
            Files.setAttribute(program, "unix:uid", 12345);
        } catch (IOException e) {
            assumeTrue(false, "only root can give a file away");
        }
        assertTrue(refusal(program).contains("another user owns"));
        Files.setAttribute(program, "unix:uid", 0);
        ProgramFile.check(program);
        Path link = Files.createSymbolicLink(directory.resolve("link"), program);
        ProgramFile.check(link);
        Files.setAttribute(link, "unix:uid", 12345, LinkOption.NOFOLLOW_LINKS);
        assertTrue(refusal(link).contains("another user owns " + link));
        Files.setAttribute(directory, "unix:uid", 12345);
        assertTrue(refusal(program).contains("another user owns " + directory.toRealPath()));
    }
}
