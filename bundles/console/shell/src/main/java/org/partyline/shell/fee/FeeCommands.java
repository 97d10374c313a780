package org.partyline.shell.fee;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about fees and caps. */
@Component
public final class FeeCommands implements CommandGroup {
    /** For Declarative Services. */
    public FeeCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(FeeStatusCommand::new, FeeLimitCommand::new);
    }
}
