package org.partyline.shell.demo;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands demo and tour. */
@Component
public final class DemoCommands implements CommandGroup {
    /** For Declarative Services. */
    public DemoCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(DemoCommand::new, TourCommand::new);
    }
}
