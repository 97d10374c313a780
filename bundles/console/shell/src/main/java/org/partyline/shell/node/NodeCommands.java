package org.partyline.shell.node;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about nodes. */
@Component
public final class NodeCommands implements CommandGroup {
    /** For Declarative Services. */
    public NodeCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(
                NodeListCommand::new,
                NodeAddCommand::new,
                NodeRemoveCommand::new,
                NodeStatusCommand::new,
                NodePauseCommand::new,
                NodeResumeCommand::new);
    }
}
