package org.partyline.shell.conversation;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands for managing conversations. */
@Component
public final class ConversationCommands implements CommandGroup {
    /** For Declarative Services. */
    public ConversationCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(ConversationListCommand::new, MarkReadCommand::new, MuteCommand::new, DraftCommand::new);
    }
}
