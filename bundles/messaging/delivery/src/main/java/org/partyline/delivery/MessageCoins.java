package org.partyline.delivery;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reserves and frees the coins of messages, even if wallets were unavailable meanwhile. Used by the sender's thread,
 * and notified by others.
 */
final class MessageCoins {
    private static final Logger LOG = LoggerFactory.getLogger(MessageCoins.class);

    /** Messages whose coins could not be freed while the wallets were unavailable. */
    private final Queue<OutgoingMessage> unreleased = new ConcurrentLinkedQueue<>();

    private volatile boolean reserveDue;
    /** Apart from the above: a wallet that was removed for good must not make every round read all messages. */
    private volatile boolean keptDue;

    private final StateGuard guard;
    private final Operations operations;
    private final Live<NodeDirectory> nodes;
    private final KeptTransactions kept;
    private final UtxoReservations coins;

    MessageCoins(
            StateGuard guard,
            Operations operations,
            Live<NodeDirectory> nodes,
            KeptTransactions kept,
            UtxoReservations coins) {
        this.guard = guard;
        this.operations = operations;
        this.nodes = nodes;
        this.kept = kept;
        this.coins = coins;
    }

    /** Frees a message's coins; if the wallets are unavailable, later. */
    void release(OutgoingMessage outgoing) {
        try {
            coins.release(outgoing);
        } catch (AbsentException e) {
            unreleased.add(outgoing);
        }
    }

    /** All of them must be reserved again. */
    void reserveSoon() {
        reserveDue = true;
        keptDue = true;
    }

    /** Called when a carrier was added. */
    void arrived() {
        coins.arrived();
    }

    /** Informs wallets about coins if they were unavailable before. */
    void settle() {
        operations.enter();
        try {
            if (!nodes.isHere()) {
                return;
            }
            for (OutgoingMessage outgoing = unreleased.poll(); outgoing != null; outgoing = unreleased.poll()) {
                release(outgoing);
            }
            reserveAll();
        } finally {
            operations.leave();
        }
    }

    private void reserveAll() {
        try {
            if (keptDue) {
                keptDue = !kept.reserveAll();
            }
            if (reserveDue) {
                reserveDue = !reserveMessages();
            }
        } catch (StoreException e) {
            LOG.debug("coins are reserved again later: {}", e.getMessage());
        }
    }

    private boolean reserveMessages() throws StoreException {
        boolean all = true;
        for (OutgoingMessage outgoing : guard.open(() -> guard.transact(OutgoingRecords::all))) {
            if (outgoing.state().isSettled()) {
                // It may have ended while nothing could free its coins.
                coins.release(outgoing);
            } else {
                all &= coins.reserve(outgoing);
            }
        }
        return all;
    }
}
