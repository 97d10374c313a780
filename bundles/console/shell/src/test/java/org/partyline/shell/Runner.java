package org.partyline.shell;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.support.CommandException;

/** Runs commands as Karaf does, by name and words. */
final class Runner {
    final FakeEngine fake;
    final FakeSession session;
    private final Engine engine;
    private final Pause pause;

    Runner(FakeEngine fake, FakeSession session) {
        this(fake, session, fake.engine());
    }

    Runner(FakeEngine fake, FakeSession session, Engine engine) {
        this(fake, session, engine, time -> {});
    }

    Runner(FakeEngine fake, FakeSession session, Engine engine, Pause pause) {
        this.fake = fake;
        this.session = session;
        this.engine = engine;
        this.pause = pause;
    }

    static Runner plain() {
        return new Runner(FakeEngine.furnished(), FakeSession.withoutTerminal());
    }

    static Runner onTerminal(int width) {
        return new Runner(FakeEngine.furnished(), FakeSession.withTerminal(width, 60));
    }

    BoundCommand command(String name) {
        return AllCommands.FACTORIES.stream()
                .map(factory -> BoundCommand.of(
                        factory,
                        engine,
                        where -> new Context(
                                engine,
                                where,
                                Console.of(where, where.getConsole()),
                                Clock.fixed(FakeEngine.NOW, ZoneOffset.UTC),
                                pause,
                                new SecureRandom())))
                .filter(command -> command.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no command " + name));
    }

    /** What the command prints; a document of {@code --json} is one that its schema knows. */
    String run(String name, String... words) throws Exception {
        command(name).execute(session, new ArrayList<>(List.of(words)));
        String printed = session.printed();
        if (List.of(words).contains("--json")) {
            JsonDocuments.check(name, printed);
        }
        return printed;
    }

    /** What Karaf prints when the command refuses. */
    String refusal(String name, String... words) {
        CommandException refused = assertThrows(
                CommandException.class, () -> command(name).execute(session, new ArrayList<>(List.of(words))));
        return refused.getNiceHelp();
    }
}
