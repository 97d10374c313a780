package org.partyline.delivery;

import java.util.Optional;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Wallet;
import org.partyline.messaging.delivery.KeptTransaction;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the transactions of carriers' records. Their coins are reserved, and their change is not spent, because a
 * replacement would invalidate transactions that spend it.
 */
public final class KeptTransactions {
    private static final Logger LOG = LoggerFactory.getLogger(KeptTransactions.class);

    private final StateGuard guard;
    private final NodeDirectory nodes;

    public KeptTransactions(StateGuard guard, NodeDirectory nodes) {
        this.guard = guard;
        this.nodes = nodes;
    }

    Optional<KeptTransaction> find(String carrier, byte[] record) throws StoreException {
        return guard.open(() -> guard.transact(tx -> KeptTransactionRecords.find(tx, carrier, record)));
    }

    /** Prevents the change of a transaction from being spent, or allows it again. Asks a wallet. */
    void hold(KeptTransaction kept, boolean held) {
        hold(kept, kept.signed(), held && !kept.spendable());
    }

    /** Allows the change of the previous one to be spent again. */
    void letGoReplaced(KeptTransaction kept) {
        if (kept.replaced() != null) {
            hold(
                    kept,
                    new SignedTransaction(
                            TransactionScanner.id(kept.replaced()), kept.replaced(), kept.vsize(), kept.fee()),
                    false);
        }
    }

    private void hold(KeptTransaction kept, SignedTransaction transaction, boolean held) {
        Optional<Wallet> wallet = nodes.wallet(kept.wallet());
        if (wallet.isEmpty()) {
            return;
        }
        try {
            wallet.get().hold(kept.account(), transaction, held);
        } catch (NodeUnavailableException e) {
            LOG.info("the change of a shared transaction is reported later: {}", e.getMessage());
        }
    }

    /** Frees the coins of one that no node had. */
    void release(KeptTransaction kept) {
        Optional<Wallet> wallet = nodes.wallet(kept.wallet());
        if (wallet.isPresent()) {
            try {
                wallet.get().release(kept.account(), kept.signed());
            } catch (NodeUnavailableException e) {
                LOG.info("coins are freed later: {}", e.getMessage());
            }
        }
    }

    /**
     * After a start: informs wallets again which coins are reserved, and which change is held, whether or not carriers
     * are available.
     *
     * @return false if a wallet could not be informed: it is informed in the next round
     */
    boolean reserveAll() throws StoreException {
        boolean all = true;
        for (KeptTransaction kept : guard.open(() -> guard.transact(KeptTransactionRecords::all))) {
            Optional<Wallet> wallet = nodes.wallet(kept.wallet());
            if (wallet.isEmpty()) {
                all = false;
                continue;
            }
            try {
                wallet.get().reserve(kept.account(), kept.signed());
                wallet.get().hold(kept.account(), kept.signed(), !kept.spendable());
            } catch (NodeUnavailableException e) {
                LOG.debug("a shared transaction is reported later: {}", e.getMessage());
                all = false;
            }
        }
        return all;
    }
}
