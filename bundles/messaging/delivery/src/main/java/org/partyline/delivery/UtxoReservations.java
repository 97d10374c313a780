package org.partyline.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Wallet;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reserves the wallets' coins for outgoing messages: each coin is spent by one of our transactions at a time, and freed
 * if that will not be sent.
 */
public final class UtxoReservations {
    private static final Logger LOG = LoggerFactory.getLogger(UtxoReservations.class);

    /** How long after it was sealed a packet is accepted from a block. */
    private static final Duration READ = Duration.ofDays(1);

    private final StateGuard guard;
    private final Clock clock;
    private final NodeDirectory nodes;
    private final OfferedCarriers carriers;
    private final PropagationTracker propagationTracker;
    /** Operations on the coins of messages that wait for their carriers: until then the coins stay reserved. */
    private final List<Deferred> deferred = new ArrayList<>();

    private record Deferred(OutgoingMessage outgoing, boolean expired) {}

    public UtxoReservations(
            StateGuard guard,
            Clock clock,
            NodeDirectory nodes,
            OfferedCarriers carriers,
            PropagationTracker propagationTracker) {
        this.guard = guard;
        this.clock = clock;
        this.nodes = nodes;
        this.propagationTracker = propagationTracker;
        this.carriers = carriers;
    }

    /** Frees the coins of transactions that will not be sent. */
    void release(OutgoingMessage outgoing) {
        free(new Deferred(outgoing, false));
    }

    /**
     * The same for an expired message; a transaction that was handed over without an answer is freed only if no node
     * has it.
     */
    void releaseExpired(OutgoingMessage outgoing) {
        free(new Deferred(outgoing, true));
    }

    /** Called when carriers were added: does what waited for them. */
    void arrived() {
        List<Deferred> all;
        synchronized (deferred) {
            all = List.copyOf(deferred);
            deferred.clear();
        }
        for (Deferred one : all) {
            try {
                free(one);
            } catch (AbsentException e) {
                synchronized (deferred) {
                    deferred.add(one);
                }
            }
        }
    }

    private void free(Deferred one) {
        boolean shared;
        try {
            shared = carriers.isShared(one.outgoing().carrier());
        } catch (AbsentException e) {
            synchronized (deferred) {
                deferred.add(one);
            }
            return;
        }
        // A shared transaction's coins do not belong to one message.
        if (!shared) {
            releaseOwn(one.outgoing());
            if (one.expired()) {
                releaseUnanswered(one.outgoing());
            }
        }
    }

    private void releaseUnanswered(OutgoingMessage outgoing) {
        for (OutgoingPart part : outgoing.parts()) {
            try {
                if (part.attempted()
                        && part.state() == State.SEALED
                        && !propagationTracker.isKnown(
                                guard.conversation(outgoing.membership()).network(),
                                TxId.ofBytes(part.requireTransaction()))) {
                    free(outgoing, part);
                }
            } catch (PartylineException e) {
                LOG.info("coins stay reserved until the wallet's restart: {}", e.getMessage());
            }
        }
    }

    private void releaseOwn(OutgoingMessage outgoing) {
        for (int i = 0; i < outgoing.parts().size(); i++) {
            OutgoingPart part = outgoing.parts().get(i);
            // The replacement of its transaction will be sent.
            boolean recall = part.carrier() != null;
            if (part.raw() == null || part.attempted() || recall) {
                continue;
            }
            Optional<Wallet> wallet = nodes.wallet(part.wallet());
            if (wallet.isPresent()) {
                try {
                    if (nobodyHas(outgoing.id(), i, part)) {
                        wallet.get().discard(part.account(), signed(part));
                    } else {
                        wallet.get().release(part.account(), signed(part));
                    }
                } catch (NodeUnavailableException | StoreException e) {
                    LOG.info("coins are freed later: {}", e.getMessage());
                }
            }
            notSpent(outgoing, part);
        }
    }

    /**
     * Whether a transaction was handed to no node and never will be, according to the present store: earlier data may
     * be outdated.
     */
    private boolean nobodyHas(long id, int index, OutgoingPart part) throws StoreException {
        return guard.open(() -> guard.transact(tx -> OutgoingRecords.find(tx, id)))
                .filter(now -> now.state().isSettled() && now.parts().size() > index)
                .map(now -> now.parts().get(index))
                .filter(now -> !now.attempted() && Arrays.equals(now.transaction(), part.transaction()))
                .isPresent();
    }

    private static SignedTransaction signed(OutgoingPart part) {
        return new SignedTransaction(
                TxId.ofBytes(part.requireTransaction()), part.requireRaw(), part.vsize(), part.fee());
    }

    /** Corrects spending for a transaction that will not be sent, and the price of its message. */
    private void notSpent(OutgoingMessage outgoing, OutgoingPart part) {
        try {
            guard.perform(() -> guard.<StoreException>update(tx -> {
                SpentRecords.unpaid(tx, part.requireTransaction());
                Optional<OutgoingMessage> now = OutgoingRecords.find(tx, outgoing.id());
                if (now.isPresent() && now.get().state().isSettled()) {
                    OutgoingRecords.put(
                            tx,
                            now.get()
                                    .with(now.get().parts().stream()
                                            .map(one -> Arrays.equals(one.transaction(), part.transaction())
                                                    ? one.notSent()
                                                    : one)
                                            .toList()));
                }
            }));
        } catch (StoreException e) {
            LOG.info("an unpaid fee remains counted: {}", e.getMessage());
        }
    }

    /** Frees the coins of a transaction that no node has. */
    void free(OutgoingMessage outgoing, OutgoingPart part) throws StoreException {
        notSpent(outgoing, part);
        Optional<Wallet> wallet = nodes.wallet(part.wallet());
        if (wallet.isPresent()) {
            try {
                wallet.get().release(part.account(), signed(part));
            } catch (NodeUnavailableException e) {
                LOG.info("coins are freed later: {}", e.getMessage());
            }
        }
    }

    /** False if a wallet could not be notified: it is notified in the next round. */
    boolean reserve(OutgoingMessage outgoing) throws StoreException {
        boolean all = true;
        for (OutgoingPart part : outgoing.parts()) {
            if (part.raw() == null || part.state() == State.CONFIRMED) {
                continue;
            }
            Optional<Wallet> wallet = nodes.wallet(part.wallet());
            if (wallet.isEmpty()) {
                all = false;
                continue;
            }
            try {
                wallet.get().reserve(part.account(), signed(part));
            } catch (NodeUnavailableException e) {
                LOG.debug("coins are reserved again later: {}", e.getMessage());
                all = false;
            }
        }
        return all;
    }

    /**
     * Whether a coin of ours was spent by a transaction that is missing in these files, because they are older than it:
     * they may be, or readers accept the packet from no later block. Such a transaction has none of the packets:
     * otherwise, its block would show that.
     */
    boolean isForgotten(OutgoingMessage outgoing, OutgoingPart part) throws StoreException {
        return guard.open(() -> {
            Conversation conversation = guard.people().conversations.find(outgoing.membership());
            if (conversation == null) {
                return false;
            }
            Instant sealed = Instant.ofEpochSecond(outgoing.stamped());
            long doubted = guard.people().personas.require(conversation.persona()).restored;
            return (sealed.toEpochMilli() <= doubted || clock.instant().isAfter(sealed.plus(READ)))
                    && guard.transact(tx -> KeptTransactionRecords.parents(tx, part.requireRaw()))
                            .isEmpty();
        });
    }
}
