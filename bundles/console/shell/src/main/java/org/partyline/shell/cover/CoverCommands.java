package org.partyline.shell.cover;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about cover traffic. */
@Component
public final class CoverCommands implements CommandGroup {
    /** For Declarative Services. */
    public CoverCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(DecoyStartCommand::new, DecoyStopCommand::new, DecoyStatusCommand::new);
    }
}
