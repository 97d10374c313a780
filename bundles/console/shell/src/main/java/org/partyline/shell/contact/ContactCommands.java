package org.partyline.shell.contact;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about contacts. */
@Component
public final class ContactCommands implements CommandGroup {
    /** For Declarative Services. */
    public ContactCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(
                ContactAddCommand::new,
                ContactListCommand::new,
                ContactVerifyCommand::new,
                ContactRenameCommand::new,
                ContactSetCommand::new,
                ReceiptsCommand::new,
                ContactRemoveCommand::new);
    }
}
