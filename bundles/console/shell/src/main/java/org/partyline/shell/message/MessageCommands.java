package org.partyline.shell.message;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about messages, in both directions. */
@Component
public final class MessageCommands implements CommandGroup {
    /** For Declarative Services. */
    public MessageCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(
                SendCommand::new,
                SayCommand::new,
                OutboxCommand::new,
                CancelCommand::new,
                RecallCommand::new,
                ResendCommand::new,
                ReactCommand::new,
                EditCommand::new,
                ForgetCommand::new,
                MessagesCommand::new,
                EventsCommand::new,
                SearchCommand::new,
                ReadCommand::new,
                InspectCommand::new);
    }
}
