package org.partyline.shell.setup;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The command setup. */
@Component
public final class SetupCommands implements CommandGroup {
    /** For Declarative Services. */
    public SetupCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(SetupCommand::new);
    }
}
