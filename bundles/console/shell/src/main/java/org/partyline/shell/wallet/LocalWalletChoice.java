package org.partyline.shell.wallet;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.transport.LocalWallets.Progress;
import org.partyline.shell.command.Engine;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.NetworkName;

/** Finds which of this server's own wallets is meant. */
final class LocalWalletChoice {
    private static final String HOW =
            "create one with partyline:wallet-create, or restore one with partyline:wallet-restore";

    private LocalWalletChoice() {}

    /** @param option the value of {@code --network}; null for the network of the nodes */
    static Network fresh(Engine engine, @Nullable String option) throws CommandError {
        Optional<Network> named = NetworkName.parse(option);
        if (named.isPresent()) {
            return named.get();
        }
        List<Network> networks = engine.nodes().list().stream()
                .map(Node::network)
                .filter(network -> network != Network.EMBEDDED)
                .distinct()
                .toList();
        if (networks.size() == 1) {
            return networks.get(0);
        }
        throw new CommandError(
                networks.isEmpty()
                        ? "no node determines the network yet: name it with --network"
                        : "there are nodes on several networks: name one with --network");
    }

    /** @param option the value of {@code --network}; null for the only wallet */
    static Progress existing(Engine engine, @Nullable String option) throws CommandError, PartylineException {
        Optional<Network> named = NetworkName.parse(option);
        List<Progress> wallets = engine.localWallets().list();
        if (named.isPresent()) {
            return find(wallets, named.get())
                    .orElseThrow(() -> new CommandError(
                            "there is no local wallet on " + named.get().label() + ": " + HOW));
        }
        if (wallets.size() == 1) {
            return wallets.get(0);
        }
        throw new CommandError(
                wallets.isEmpty()
                        ? "there is no local wallet: " + HOW
                        : "there are several local wallets: name one with --network");
    }

    /** Returns the wallet on a network. */
    static Optional<Progress> find(List<Progress> wallets, Network network) {
        return wallets.stream().filter(wallet -> wallet.network() == network).findFirst();
    }
}
