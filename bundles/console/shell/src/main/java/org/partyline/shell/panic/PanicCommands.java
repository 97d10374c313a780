package org.partyline.shell.panic;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands for emergencies. */
@Component
public final class PanicCommands implements CommandGroup {
    /** For Declarative Services. */
    public PanicCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(PanicCommand::new, ShredCommand::new, DuressSetCommand::new, DuressRemoveCommand::new);
    }
}
