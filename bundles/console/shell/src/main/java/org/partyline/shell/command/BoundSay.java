package org.partyline.shell.command;

import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.consoleline.RestOfLine;
import org.partyline.shell.spi.ConsoleCommand;

/** A command whose last argument is the unchanged rest of its line. */
final class BoundSay extends BoundCommand implements RestOfLine {
    BoundSay(Supplier<? extends ConsoleCommand> factory, Engine engine, Function<Session, Context> contexts) {
        super(factory, engine, contexts);
    }

    @Override
    public boolean hasOption(String name) {
        return name.equals(HELP) || layout().option(name).isPresent();
    }

    @Override
    public boolean takesValue(String name) {
        return layout().option(name).filter(option -> !option.isFlag()).isPresent();
    }
}
