package org.partyline.shell.wallet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.LocalWallets.Progress;
import org.partyline.api.transport.WalletException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.LabelledAddresses;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Table;
import org.partyline.shell.spi.Needs;

/** Sets or removes the note of an address. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "wallet-label",
        description = "Keep or remove a note about an address of this server's own wallet, or list all notes",
        detailedDescription = "partyline:wallet-label\n"
                + "partyline:wallet-label bcrt1q6wzjk8glpu2tnvt6pmx3fmwj23w9vcje87pwuq \"From the exchange\"\n"
                + "partyline:wallet-label bcrt1q6wzjk8glpu2tnvt6pmx3fmwj23w9vcje87pwuq")
@Needs(Role.OPERATE)
final class WalletLabelCommand extends PartylineCommand {
    @Argument(name = "ADDRESS", description = "An address of the wallet")
    @Completion(LabelledAddresses.class)
    private @Nullable String address;

    @Argument(index = 1, name = "TEXT", description = "The note, in quotes, at most 80 characters; otherwise remove it")
    private @Nullable String text;

    @Override
    protected void run() throws CommandError, PartylineException {
        LocalWallets wallets = engine().localWallets();
        if (address != null) {
            label(wallets, wallets.list(), address);
        }
        List<LabelView> labels = labels(wallets);
        print(new Document(labels), () -> {
            Table table = new Table().column("WALLET").column("ADDRESS").words("LABEL");
            labels.forEach(label -> table.row(label.wallet(), label.address(), label.label()));
            table.print(console(), "No labels.");
        });
    }

    /** The wallets know which addresses are theirs. */
    private void label(LocalWallets wallets, List<Progress> all, String labelled)
            throws CommandError, PartylineException {
        if (all.isEmpty()) {
            // The error says how to create one.
            LocalWalletChoice.existing(engine(), null);
        }
        Optional<WalletException> refused = Optional.empty();
        for (Progress wallet : all) {
            if (!isOf(labelled, wallet.network())) {
                continue;
            }
            try {
                wallets.label(wallet.network(), labelled, text == null ? "" : text);
                return;
            } catch (WalletException e) {
                refused = Optional.of(e);
            }
        }
        if (refused.isPresent()) {
            throw refused.get();
        }
        throw new CommandError("'" + Sanitizer.line(labelled)
                + "' is not an address on a network where this server has a wallet: see " + "partyline:wallet-status");
    }

    private static boolean isOf(String address, Network network) {
        return address.startsWith(network.addressPrefix() + "1");
    }

    private static List<LabelView> labels(LocalWallets wallets) throws PartylineException {
        List<LabelView> labels = new ArrayList<>();
        for (Progress wallet : wallets.list()) {
            wallets.labels(wallet.network())
                    .forEach((where, label) -> labels.add(
                            new LabelView(wallet.name(), wallet.network().label(), where, label)));
        }
        return labels;
    }

    record Document(List<LabelView> labels) {}
}
