package org.partyline.shell.channel;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about channels. */
@Component
public final class ChannelCommands implements CommandGroup {
    /** For Declarative Services. */
    public ChannelCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(
                ChannelCreateCommand::new,
                ChannelJoinCommand::new,
                ChannelSetCommand::new,
                ChannelLeaveCommand::new,
                ChannelListCommand::new,
                ChannelWhoCommand::new,
                ChannelInviteCommand::new);
    }
}
