package org.partyline.shell.privacy;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The command privacy. */
@Component
public final class PrivacyCommands implements CommandGroup {
    /** For Declarative Services. */
    public PrivacyCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(PrivacyCommand::new);
    }
}
