package org.partyline.shell.command;

import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.shell.spi.ConsoleCommand;

/** Creates commands for Karaf's console from action classes. */
public final class BoundCommands {
    private BoundCommands() {}

    /** Creates the command of that class, which may take the unchanged rest of its line. */
    public static BoundCommand of(
            Supplier<? extends ConsoleCommand> factory, Engine engine, Function<Session, Context> contexts) {
        return factory.get() instanceof PartylineCommand ours && ours.takesRestOfLine()
                ? new BoundSay(factory, engine, contexts)
                : new BoundCommand(factory, engine, contexts);
    }
}
