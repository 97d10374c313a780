package org.partyline.hooks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Events.Event;
import org.partyline.api.json.EventView;
import org.partyline.api.json.Json;

/** Starts a program with an event on its standard input: without a shell, arguments, or the server's environment. */
final class ProgramDelivery implements HookDelivery {
    /** How long a program may run. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final Duration longest;
    private final Set<Process> running = new HashSet<>();
    private final ScheduledExecutorService thread;
    private final BooleanSupplier allowed;

    /**
     * @param thread stops programs that take too long
     * @param longest how long a program may run
     * @param allowed whether a program may start now: not once {@link #stopAll} is about to be called
     */
    ProgramDelivery(ScheduledExecutorService thread, Duration longest, BooleanSupplier allowed) {
        this.thread = thread;
        this.longest = longest;
        this.allowed = allowed;
    }

    @Override
    public Optional<String> deliver(HookRecord hook, Event event) throws InterruptedException {
        Path program = Path.of(hook.target());
        try {
            // Checked each time, since it may have been changed.
            ProgramFile.check(program);
            return run(
                    program, hook.name(), (Json.write(EventView.of(event)) + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (PartylineException e) {
            return Optional.of(e.getMessage());
        } catch (IOException e) {
            return Optional.of(
                    "the program cannot be started: check that it is a program, or begins with a line like #!/bin/sh");
        }
    }

    private Optional<String> run(Path program, String name, byte[] input)
            throws PartylineException, IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(program.toString()))
                .directory(program.getParent().toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.put("LANG", "C.UTF-8");
        environment.put("HOME", System.getProperty("user.home"));
        environment.put("PARTYLINE_HOOK", name);
        Process process = start(builder);
        // From before its input is written: a program that does not read must not block this.
        AtomicBoolean late = new AtomicBoolean();
        Future<?> limit = thread.schedule(
                () -> {
                    late.set(true);
                    kill(process);
                },
                longest.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input);
            } catch (IOException e) {
                // It need not read: its exit status counts.
            }
            int status = process.waitFor();
            return late.get()
                    ? Optional.of("the program ran for more than " + longest.toSeconds() + " s and was stopped")
                    : status == 0 ? Optional.empty() : Optional.of("the program exited with status " + status);
        } finally {
            limit.cancel(false);
            kill(process);
            synchronized (running) {
                running.remove(process);
            }
            Arrays.fill(input, (byte) 0);
        }
    }

    /** Stops all running programs. */
    void stopAll() {
        synchronized (running) {
            running.forEach(ProgramDelivery::kill);
        }
    }

    /** No program can start unnoticed by {@link #stopAll}, or after it. */
    private Process start(ProcessBuilder builder) throws PartylineException, IOException {
        synchronized (running) {
            if (!allowed.getAsBoolean()) {
                throw new PartylineException("the store was locked before the program started");
            }
            Process process = builder.start();
            running.add(process);
            return process;
        }
    }

    /** Kills it with its child processes, as far as they are known. */
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
