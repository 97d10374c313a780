package org.partyline.shell.hook;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about hooks. */
@Component
public final class HookCommands implements CommandGroup {
    /** For Declarative Services. */
    public HookCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(HookAddCommand::new, HookListCommand::new, HookRedeliverCommand::new, HookRemoveCommand::new);
    }
}
