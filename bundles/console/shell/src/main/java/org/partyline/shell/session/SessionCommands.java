package org.partyline.shell.session;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about sessions. */
@Component
public final class SessionCommands implements CommandGroup {
    /** For Declarative Services. */
    public SessionCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(
                SessionOpenCommand::new, SessionListCommand::new, SessionProtectCommand::new, SessionCloseCommand::new);
    }
}
