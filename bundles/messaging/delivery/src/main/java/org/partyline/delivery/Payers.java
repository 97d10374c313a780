package org.partyline.delivery;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.messaging.delivery.MissingWallet;
import org.partyline.messaging.state.MessageWaitsException;

/** Selects the wallet that pays: that of the sending node, otherwise that of the next node. */
public final class Payers {
    private Payers() {}

    /** A transaction, and the wallet that paid for it. */
    record Paid(Wallet wallet, SignedTransaction transaction) {}

    /**
     * Pays for a transaction.
     *
     * @param nodes the nodes that it may be sent through, best first
     * @throws InsufficientFundsException if no wallet has the coins, with the first one's message
     * @throws MessageWaitsException if there is no wallet
     */
    static Paid pay(NodeDirectory directory, List<Transport> nodes, String account, List<byte[]> payloads, FeeRate rate)
            throws PartylineException {
        PartylineException first = null;
        Set<String> asked = new HashSet<>();
        for (Transport node : nodes) {
            Optional<Wallet> wallet = directory.wallet(node.network(), node.name());
            if (wallet.isPresent() && asked.add(wallet.get().name())) {
                try {
                    return new Paid(wallet.get(), wallet.get().pay(account, payloads, rate));
                } catch (InsufficientFundsException | WalletException e) {
                    first = first == null ? e : first;
                }
            }
        }
        if (first != null) {
            throw first;
        }
        throw new MessageWaitsException(MissingWallet.reason(nodes.get(0).network()));
    }
}
