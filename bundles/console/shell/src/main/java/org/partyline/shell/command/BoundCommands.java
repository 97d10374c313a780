package org.partyline.shell.command;

import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.shell.spi.ConsoleCommand;

/** Creates commands for Karaf's console from classes with the actions. */
public final class BoundCommands {
    private BoundCommands() {}

    /** The command of that class; one that takes the rest of its line says so. */
    public static BoundCommand of(
            Supplier<? extends ConsoleCommand> factory, Engine engine, Function<Session, Context> contexts) {
        return factory.get() instanceof PartylineCommand ours && ours.takesRestOfLine()
                ? new BoundSay(factory, engine, contexts)
                : new BoundCommand(factory, engine, contexts);
    }
}
