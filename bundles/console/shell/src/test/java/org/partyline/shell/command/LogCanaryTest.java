package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.support.ShellUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.api.PartylineException;
import org.partyline.api.store.Store;
import org.partyline.shell.HiddenCommandLines;
import org.partyline.shell.command.CommandLayout.ArgumentField;
import org.partyline.shell.command.CommandLayout.OptionField;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that no typed word reaches a log, at any level and after any error: each command is run in each way in which
 * it can fail, according to its options and arguments, and Karaf logs the exceptions. The file is configured in
 * simplelogger.properties.
 */
class LogCanaryTest {
    private static final String CANARY = "kanarienvogel";

    @TempDir
    private static Path directory;

    private static final Logger LOG = LoggerFactory.getLogger(LogCanaryTest.class);
    private static final Path FILE = Path.of("target", "test.log");
    /** The text that a {@code FakeSession} reports as typed before Ctrl-C. */
    private static final String TYPED = "half a secr";

    static Stream<CommandLayout> layouts() {
        return EveryCommandTest.layouts();
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void noWordOfACommandThatFailsReachesALog(CommandLayout layout) throws Exception {
        LOG.info("{} is tried", layout.name());
        long before = Files.size(FILE);
        AtomicInteger failed = new AtomicInteger();
        for (List<String> words : unreadable(layout)) {
            failed.addAndGet(fails(runners().get(0), layout, words) ? 1 : 0);
        }
        for (List<String> words : readable(layout)) {
            for (Runner runner : runners()) {
                failed.addAndGet(fails(runner, layout, words) ? 1 : 0);
            }
        }
        String logged = loggedSince(before);
        assertTrue(failed.get() > 0, "nothing failed");
        assertTrue(logged.contains(layout.name()), "nothing was logged, so nothing is shown");
        assertEquals(
                List.of(),
                logged.lines()
                        .filter(line -> line.contains(CANARY) || line.contains(TYPED))
                        .distinct()
                        .toList());
    }

    @Test
    void whatACompletionStumblesOverSaysNoWord() throws Exception {
        long before = Files.size(FILE);
        Runner runner = runner(
                Engines.of(type -> failing(type, new Told(CANARY, new IOException(CANARY)))),
                FakeSession.withoutTerminal());

        runner.command("send")
                .getCompleter(false)
                .completeCandidates(
                        runner.session,
                        new ArgumentCommandLine("partyline:send", "--channel", CANARY),
                        new ArrayList<>());

        String logged = loggedSince(before);
        assertTrue(logged.contains("No completion available for partyline:send"), logged);
        assertFalse(logged.contains(CANARY), logged);
    }

    @Test
    void karafIsToldOfACommandsLineWithoutTheLine() {
        assertEquals("(a command)", new HiddenCommandLines().filter("send " + CANARY));
    }

    /** Options without their value or with one too many, and words that the command does not have. */
    private static List<List<String>> unreadable(CommandLayout layout) {
        List<String> plain = List.of(EveryCommandTest.plausible(layout));
        List<String> canaries =
                layout.arguments().stream().map(argument -> CANARY).toList();
        List<List<String>> ways = new ArrayList<>(List.of(
                with(plain, "--" + CANARY),
                with(plain, "--" + CANARY + "=" + CANARY),
                with(plain, Collections.nCopies(6, CANARY).toArray(String[]::new))));
        for (OptionField option : layout.options()) {
            String name = option.option().name();
            ways.add(option.isFlag() ? with(plain, name + "=" + CANARY) : with(canaries, name));
        }
        return ways;
    }

    /** Each option alone, each argument alone, and all of them. */
    private static List<List<String>> readable(CommandLayout layout) {
        List<String> plain = List.of(EveryCommandTest.plausible(layout));
        List<String> canaries =
                layout.arguments().stream().map(argument -> CANARY).toList();
        List<List<String>> ways = new ArrayList<>(List.of(canaries));
        List<String> all = new ArrayList<>(canaries);
        for (OptionField option : layout.options()) {
            String name = option.option().name();
            if (option.isFlag()) {
                ways.add(with(canaries, name));
            } else {
                ways.add(with(plain, name, CANARY));
                ways.add(with(plain, name + "=" + CANARY + "=" + CANARY));
                ways.add(with(canaries, name, "17"));
                all.addAll(List.of(name, CANARY));
            }
        }
        ways.add(all);
        for (ArgumentField argument : layout.arguments()) {
            int place = layout.arguments().indexOf(argument);
            List<String> one = new ArrayList<>(plain);
            while (one.size() <= place) {
                one.add("1");
            }
            one.set(place, CANARY);
            ways.add(one);
        }
        return ways;
    }

    private static List<String> with(List<String> words, String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(Arrays.asList(more));
        return all;
    }

    /** Servers in every state, without their services, and with services that fail and repeat their arguments. */
    private static List<Runner> runners() {
        List<Runner> runners = new ArrayList<>();
        for (Store.State state : Store.State.values()) {
            FakeEngine fake = FakeEngine.furnished();
            fake.state = state;
            runners.add(runner(fake.engine(), FakeSession.withoutTerminal()));
            FakeSession asked = FakeSession.withTerminal(80, 24);
            Collections.nCopies(8, FakeSession.CTRL_C).forEach(asked::answer);
            runners.add(runner(fake.engine(), asked));
        }
        runners.add(runner(Engines.none(), FakeSession.withoutTerminal()));
        runners.add(runner(
                Engines.of(type -> failing(type, new Told(CANARY, new IOException(CANARY)))),
                FakeSession.withoutTerminal()));
        runners.add(runner(
                Engines.of(type -> failing(type, new IllegalStateException(CANARY, new IOException(CANARY)))),
                FakeSession.withoutTerminal()));
        runners.add(runner(
                Engines.of(type -> failing(type, new NoClassDefFoundError(CANARY))), FakeSession.withoutTerminal()));
        runners.add(
                runner(Engines.of(type -> failing(type, new OutOfMemoryError(CANARY))), FakeSession.withoutTerminal()));
        runners.add(runner(
                Engines.of(type -> failing(type, new StackOverflowError(CANARY))), FakeSession.withoutTerminal()));
        runners.add(
                runner(Engines.of(type -> failing(type, new AssertionError(CANARY))), FakeSession.withoutTerminal()));
        return runners;
    }

    private static Runner runner(Engine engine, FakeSession session) {
        session.currentDir(directory);
        return new Runner(new FakeEngine(), session, engine, time -> {
            throw new InterruptedException("Ctrl-C");
        });
    }

    private static Object failing(Class<?> type, Throwable failure) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            throw failure;
        });
    }

    /** A line with the cursor at the end of its last word. */
    private record ArgumentCommandLine(String... words) implements CommandLine {
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
            return words.clone();
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

    private static final class Told extends PartylineException {
        private static final long serialVersionUID = 1L;

        Told(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static boolean fails(Runner runner, CommandLayout layout, List<String> words) {
        boolean follows = words.contains("--follow");
        try {
            if (follows) {
                // It waits forever.
                Thread.currentThread().interrupt();
            }
            runner.command(layout.command().name()).execute(runner.session, new ArrayList<>(words));
            return false;
        } catch (Exception | LinkageError e) {
            e.setStackTrace(new StackTraceElement[0]);
            ShellUtil.logException(runner.session, e);
            return true;
        } finally {
            Thread.interrupted();
        }
    }

    private static String loggedSince(long position) throws IOException {
        try (FileInputStream file = new FileInputStream(FILE.toFile())) {
            file.skipNBytes(position);
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
