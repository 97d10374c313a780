package org.partyline.shell.status;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands status and version. */
@Component
public final class StatusCommands implements CommandGroup {
    /** For Declarative Services. */
    public StatusCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(StatusCommand::new, VersionCommand::new);
    }
}
