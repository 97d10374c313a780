package org.partyline.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.engine.mailbox.MessageEvent;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages back that have left: replaces their unconfirmed transactions by ones that carry nothing. Runs on the sender's
 * thread.
 */
final class Recaller {
    private static final Logger LOG = LoggerFactory.getLogger(Recaller.class);

    private final Core core;
    private final Outbox outbox;
    private final Roller roller;
    private final Rolls rolls;
    private final Travel travel;
    private final FeePolicy fees;
    private final Spending spending;

    Recaller(Core core, Outbox outbox, Travel travel, Roller roller, Rolls rolls, FeePolicy fees, Spending spending) {
        this.core = core;
        this.outbox = outbox;
        this.roller = roller;
        this.rolls = rolls;
        this.travel = travel;
        this.fees = fees;
        this.spending = spending;
    }

    /** What came of it. @param outgoing as it is stored */
    private record Found(OutgoingMessage outgoing, Network network, int persona) {}

    /** What it took. */
    private static final class Tally {
        int replaced;
        long fee;
        /** Whether a replacement is stored: the message goes back on no way from there. */
        boolean stored;
    }

    /**
     * Takes a message back, or goes on with that. That it is to be taken back is stored first, so that a server that was killed, or a
     * node that was away in the middle, ends with nothing on the air.
     *
     * @throws PartylineException says why nothing was done, or that it is tried again
     */
    Messages.Recalled recall(long id) throws PartylineException {
        Found found = find(id);
        List<Transport> nodes = core.nodes.ready(found.network());
        if (nodes.isEmpty()) {
            throw new NoSuchThingException("no node of " + found.network().label()
                    + " is ready, so nothing can be replaced now (partyline:node-list)");
        }
        boolean begun = found.outgoing().state() == State.RECALLED;
        if (!begun) {
            core.requireAccepted(found.network());
            outbox.change(id, now -> now.ended(MessageEvent.RECALLED, "it is being taken back"));
        }
        Tally tally = new Tally();
        try {
            if (found.outgoing().rolling()) {
                roll(found, nodes, tally);
            } else {
                for (int i = 0; i < found.outgoing().parts().size(); i++) {
                    replace(found, i, nodes, tally);
                }
            }
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            if (!begun && !tally.stored) {
                outbox.change(id, now -> now.notRecalled(found.outgoing()));
                throw e;
            }
            outbox.change(id, now -> now.because("it is being taken back: " + e.getMessage()));
            throw new NoSuchThingException("message " + id
                    + " is being taken back, which is not done yet and goes on by itself: " + e.getMessage());
        }
        OutgoingMessage after =
                outbox.change(id, now -> now.ended(MessageEvent.RECALLED, "recalled: who has seen it has it"));
        int mined = (int) after.parts().stream()
                .filter(part -> part.state() == State.CONFIRMED)
                .count();
        return core.open(
                memory -> new Messages.Recalled(new Views(memory).outgoing(after), tally.replaced, mined, tally.fee));
    }

    private Found find(long id) throws PartylineException {
        return core.<Found, PartylineException>open(memory -> {
            OutgoingMessage outgoing = core.store
                    .transact(tx -> Outbox.find(tx, id))
                    .orElseThrow(() -> new NoSuchThingException("there is no message of ours " + id
                            + " on its way: it was received, has expired, or never was (partyline:outbox --all)"));
            Conversation conversation = memory.conversation(outgoing.membership());
            if (!outgoing.isText() || conversation == null) {
                throw new NoSuchThingException("message " + id + " is not a message that can be recalled");
            }
            if (!outgoing.left() && !outgoing.state().isSettled()) {
                throw new NoSuchThingException("message " + id + " is "
                        + outgoing.state().name().toLowerCase(Locale.ROOT)
                        + " and has not left: take it back with partyline:cancel " + id);
            }
            if (outgoing.state() == State.RECALLED && !isUnfinished(outgoing)) {
                throw new NoSuchThingException("message " + id + " was taken back already (partyline:outbox --all)");
            }
            return new Found(outgoing, conversation.network(), conversation.persona());
        });
    }

    /** Whether a message is being taken back, and some of it is still on its way. */
    boolean isUnfinished(OutgoingMessage outgoing) throws StoreException {
        if (outgoing.state() != State.RECALLED || !outgoing.isText()) {
            return false;
        }
        return outgoing.rolling()
                ? rolls.carries(outgoing.id())
                : outgoing.parts().stream().anyMatch(Recaller::isOnItsWay);
    }

    /** Whether nodes may have a packet, or did not take yet what replaces it. */
    private static boolean isOnItsWay(OutgoingPart part) {
        return part.raw() != null
                && part.state() != State.CONFIRMED
                && part.attempted() != TransactionScanner.carriesNothing(part.raw());
    }

    private void roll(Found found, List<Transport> nodes, Tally tally) throws PartylineException {
        long id = found.outgoing().id();
        try {
            Optional<Long> added = roller.recall(id, nodes);
            tally.replaced = added.isPresent() ? 1 : 0;
            tally.fee = added.orElse(0L);
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            tally.stored = !rolls.carries(id);
            if (!tally.stored || rolls.isWaiting(found.persona(), found.network())) {
                throw e;
            }
            // A version was mined in between, or something else spent the coin: the roll is over, and this does not
            // ride again.
        }
    }

    private void replace(Found found, int index, List<Transport> nodes, Tally tally) throws PartylineException {
        OutgoingPart part = found.outgoing().parts().get(index);
        if (!isOnItsWay(part)) {
            return;
        }
        boolean emptied = TransactionScanner.carriesNothing(part.raw());
        List<byte[]> carriers = new ArrayList<>(part.earlier());
        if (!emptied) {
            carriers.add(part.transaction());
        }
        if (isSettled(found, index, carriers)) {
            return;
        }
        SignedTransaction nothing;
        try {
            nothing = emptied
                    ? new SignedTransaction(TxId.ofBytes(part.transaction()), part.raw(), part.vsize(), part.fee())
                    : nothing(found, index, nodes);
        } catch (WalletException e) {
            // Miners may have been faster than the wallet, which has no more to say than that the coin is gone.
            if (isSettled(found, index, carriers)) {
                return;
            }
            throw e;
        }
        tally.stored = true;
        Optional<String> node = emptied && travel.isMined(found.network(), nothing.id())
                ? Optional.of(part.node())
                : broadcast(nothing, nodes);
        if (node.isPresent()) {
            settle(found, index, now -> now.attempt(node.get(), core.now().toEpochMilli()));
            tally.replaced++;
            tally.fee += emptied ? 0 : nothing.fee() - part.fee();
        } else {
            // A node says that its coins are gone, and does not know which of the transactions that carried it took
            // them.
            settle(found, index, now -> now.minedIn(carriers.get(carriers.size() - 1)));
        }
    }

    /** Whether a transaction that carries a packet stands in a block; then that is stored. */
    private boolean isSettled(Found found, int index, List<byte[]> carriers) throws StoreException {
        Optional<byte[]> mined = carriers.stream()
                .filter(carrier -> travel.isMined(found.network(), TxId.ofBytes(carrier)))
                .findFirst();
        if (mined.isPresent()) {
            settle(found, index, now -> now.minedIn(mined.get()));
        }
        return mined.isPresent();
    }

    private void settle(Found found, int index, UnaryOperator<OutgoingPart> change) throws StoreException {
        outbox.change(
                found.outgoing().id(),
                now -> now.with(index, change.apply(now.parts().get(index))));
    }

    /** Signs a transaction that carries nothing and takes the place of a packet's; stores it before anybody gets it. */
    private SignedTransaction nothing(Found found, int index, List<Transport> nodes) throws PartylineException {
        spending.requireAccepted(found.network());
        OutgoingPart part = found.outgoing().parts().get(index);
        Wallet wallet = core.nodes
                .wallet(part.wallet())
                .orElseThrow(() -> new NoSuchThingException(
                        "wallet '" + part.wallet() + "' is away: it is needed to replace the transaction"));
        SignedTransaction before =
                new SignedTransaction(TxId.ofBytes(part.transaction()), part.raw(), part.vsize(), part.fee());
        SignedTransaction nothing = wallet.replace(part.account(), before, List.of(), fees.replacement(before, nodes));
        long added = nothing.fee() - before.fee();
        core.<Void, PartylineException>open(memory -> core.store.<Void, PartylineException>transact(tx -> {
            Optional<OutgoingMessage> now = Outbox.find(tx, found.outgoing().id());
            if (now.isPresent() && now.get().parts().get(index).state() == State.CONFIRMED) {
                throw new WalletException("it was mined meanwhile");
            }
            Optional<String> refusal = spending.refuse(tx, added, part.fee(), found.persona());
            if (refusal.isPresent()) {
                throw new NoSuchThingException(refusal.get());
            }
            spending.countRecall(tx, added, found.persona());
            if (now.isPresent()) {
                OutgoingPart emptied = now.get().parts().get(index).emptied(nothing, wallet.name());
                Outbox.update(core, tx, memory, now.get(), now.get().with(index, emptied));
            }
            return null;
        }));
        return nothing;
    }

    /** @return the node that took it; empty when the other one was mined in between */
    private Optional<String> broadcast(SignedTransaction nothing, List<Transport> nodes) throws PartylineException {
        NodeUnavailableException last = null;
        String taken = null;
        for (Transport node : nodes) {
            try {
                node.broadcast(nothing.raw());
                taken = node.name();
            } catch (NodeUnavailableException e) {
                last = e;
            } catch (TransactionRejectedException e) {
                if (e.reason() == TransactionRejectedException.Reason.INPUTS_GONE) {
                    LOG.info("a message was mined before it could be recalled");
                    return Optional.empty();
                }
                if (taken == null) {
                    throw new NoSuchThingException(
                            "node '" + node.name() + "' refused the transaction that takes it back: " + e.getMessage());
                }
            }
        }
        if (taken == null && last != null) {
            throw last;
        }
        return Optional.ofNullable(taken);
    }
}
