package org.partyline.shell.config;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The command about settings. */
@Component
public final class ConfigCommands implements CommandGroup {
    /** For Declarative Services. */
    public ConfigCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(ConfigCommand::new);
    }
}
