package org.partyline.shell.wallet;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about wallets, the nodes' and our own. */
@Component
public final class WalletCommands implements CommandGroup {
    /** For Declarative Services. */
    public WalletCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(
                WalletStatusCommand::new,
                WalletAddressCommand::new,
                WalletCreateCommand::new,
                WalletRestoreCommand::new,
                WalletRescanCommand::new,
                WalletWordsCommand::new,
                WalletLabelCommand::new);
    }
}
