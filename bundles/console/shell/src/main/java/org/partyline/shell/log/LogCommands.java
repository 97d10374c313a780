package org.partyline.shell.log;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The command about the log. */
@Component
public final class LogCommands implements CommandGroup {
    /** For Declarative Services. */
    public LogCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(LogCommand::new);
    }
}
