package org.partyline.shell.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.support.CommandException;
import org.partyline.shell.command.BoundCommand;
import org.partyline.shell.command.BoundCommands;
import org.partyline.shell.command.Context;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Pause;
import org.partyline.shell.output.Console;

/** Runs commands as Karaf does, by name and words. */
public final class Runner {
    public final FakeEngine fake;
    public final FakeSession session;
    private final Engine engine;
    private final Pause pause;

    public Runner(FakeEngine fake, FakeSession session) {
        this(fake, session, fake.engine());
    }

    public Runner(FakeEngine fake, FakeSession session, Engine engine) {
        this(fake, session, engine, time -> {});
    }

    public Runner(FakeEngine fake, FakeSession session, Engine engine, Pause pause) {
        this.fake = fake;
        this.session = session;
        this.engine = engine;
        this.pause = pause;
    }

    public static Runner plain() {
        return new Runner(FakeEngine.furnished(), FakeSession.withoutTerminal());
    }

    public static Runner onTerminal(int width) {
        return new Runner(FakeEngine.furnished(), FakeSession.withTerminal(width, 60));
    }

    public BoundCommand command(String name) {
        return AllCommands.FACTORIES.stream()
                .map(factory -> BoundCommands.of(
                        factory,
                        engine,
                        where -> new Context(
                                engine,
                                where,
                                Console.of(where, where.getConsole()),
                                Clock.fixed(Samples.NOW, ZoneOffset.UTC),
                                pause,
                                new SecureRandom())))
                .filter(command -> command.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no command " + name));
    }

    /** Returns the command's output; a document of {@code --json} is checked against its schema. */
    public String run(String name, String... words) throws Exception {
        command(name).execute(session, new ArrayList<>(List.of(words)));
        String printed = session.printed();
        if (List.of(words).containsAll(List.of("--json", "--follow")) && name.equals("messages")) {
            printed.lines().forEach(line -> JsonDocuments.check("read", line));
        } else if (List.of(words).containsAll(List.of("--json", "--follow")) && name.equals("events")) {
            printed.lines().forEach(line -> JsonDocuments.check("events", "{\"events\":[" + line + "]}"));
        } else if (List.of(words).contains("--json")) {
            JsonDocuments.check(name, printed);
        }
        return printed;
    }

    /** Returns Karaf's output for a failed command. */
    public String refusal(String name, String... words) {
        CommandException refused = assertThrows(
                CommandException.class, () -> command(name).execute(session, new ArrayList<>(List.of(words))));
        return refused.getNiceHelp();
    }
}
