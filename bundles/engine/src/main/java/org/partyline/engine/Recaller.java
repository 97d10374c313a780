package org.partyline.engine;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
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
    private final FeeMath math;
    private final Spending spending;

    Recaller(Core core, Outbox outbox, Roller roller, FeeMath math, Spending spending) {
        this.core = core;
        this.outbox = outbox;
        this.roller = roller;
        this.math = math;
        this.spending = spending;
    }

    /** What came of it. */
    private static final class Tally {
        int replaced;
        int mined;
        long fee;
    }

    Messages.Recalled recall(long id) throws PartylineException {
        record Found(Records.Outgoing outgoing, Network network, int persona) {}
        Found found = core.<Found, PartylineException>open(memory -> {
            Records.Outgoing outgoing = core.store
                    .transact(tx -> Outbox.find(tx, id))
                    .orElseThrow(() -> new NoSuchThingException("there is no message of ours " + id
                            + " on its way: it was received, has expired, or never was (partyline:outbox --all)"));
            Memory.Conversation conversation = memory.conversation(outgoing.membership());
            if (!outgoing.isText() || conversation == null) {
                throw new NoSuchThingException("message " + id + " is not a message that can be recalled");
            }
            if (!outgoing.left() && !outgoing.state().isFinal()) {
                throw new NoSuchThingException("message " + id + " is "
                        + outgoing.state().name().toLowerCase(Locale.ROOT)
                        + " and has not left: take it back with partyline:cancel " + id);
            }
            return new Found(outgoing, conversation.network(), conversation.persona());
        });
        List<Transport> nodes = core.nodes.ready(found.network());
        if (nodes.isEmpty()) {
            throw new NoSuchThingException("no node of " + found.network().label()
                    + " is ready, so nothing can be replaced now (partyline:node-list)");
        }
        Tally tally = new Tally();
        if (found.outgoing().rolling()) {
            Optional<Long> added = roller.recall(found.persona(), found.network(), id, nodes);
            tally.replaced = added.isPresent() ? 1 : 0;
            tally.fee = added.orElse(0L);
            tally.mined = (int) found.outgoing().parts().stream()
                    .filter(part -> part.state() == State.CONFIRMED)
                    .count();
        } else {
            for (int i = 0; i < found.outgoing().parts().size(); i++) {
                replace(found.outgoing(), i, found.persona(), nodes, tally);
            }
        }
        String reason = tally.mined == 0
                ? "recalled: who has seen it has it"
                : tally.mined + " of " + found.outgoing().parts().size()
                        + " packets stand in a block for ever; the rest was recalled";
        Records.Outgoing after = core.open(memory -> outbox.change(
                memory, id, now -> tally.mined == now.parts().size() ? now : now.with(State.RECALLED, reason)));
        return core.open(memory ->
                new Messages.Recalled(new Views(memory).outgoing(after), tally.replaced, tally.mined, tally.fee));
    }

    private void replace(Records.Outgoing outgoing, int index, int persona, List<Transport> nodes, Tally tally)
            throws PartylineException {
        Records.Part part = outgoing.parts().get(index);
        if (part.raw() == null || !part.attempted()) {
            return;
        }
        TxId id = TxId.ofBytes(part.transaction());
        if (part.state() == State.CONFIRMED || isMined(id, nodes)) {
            tally.mined++;
            return;
        }
        Wallet wallet = core.nodes
                .wallet(part.wallet())
                .orElseThrow(() -> new NoSuchThingException(
                        "wallet '" + part.wallet() + "' is away: it is needed to replace the transaction"));
        String account = new Records.Persona(persona, "", false).account();
        SignedTransaction before = new SignedTransaction(id, part.raw(), part.vsize(), part.fee());
        SignedTransaction nothing = wallet.replace(
                account,
                before,
                List.of(),
                vsize -> nodes.stream()
                        .mapToLong(node -> math.replacement(
                                before.fee(),
                                before.vsize(),
                                vsize,
                                node.policy().incrementalFee(),
                                node.policy().minRelayFee()))
                        .max()
                        .orElseThrow());
        long added = nothing.fee() - before.fee();
        core.<Void, PartylineException>open(memory -> {
            core.store.<Void, PartylineException>transact(tx -> {
                Optional<String> refusal = spending.refuse(tx, added, part.fee(), persona);
                if (refusal.isPresent()) {
                    throw new NoSuchThingException(refusal.get());
                }
                spending.countRecall(tx, added, persona);
                return null;
            });
            outbox.change(
                    memory,
                    outgoing.id(),
                    now -> now.with(
                            index,
                            now.parts()
                                    .get(index)
                                    .signed(
                                            nothing.raw(),
                                            nothing.id().bytes(),
                                            nothing.vsize(),
                                            nothing.fee(),
                                            wallet.name())
                                    .attempt(part.node(), core.now().toEpochMilli())));
            return null;
        });
        if (broadcast(nothing, nodes)) {
            tally.replaced++;
            tally.fee += added;
        } else {
            tally.mined++;
        }
    }

    /** False when it was mined in between. */
    private boolean broadcast(SignedTransaction nothing, List<Transport> nodes) throws PartylineException {
        NodeUnavailableException last = null;
        boolean taken = false;
        for (Transport node : nodes) {
            try {
                node.broadcast(nothing.raw());
                taken = true;
            } catch (NodeUnavailableException e) {
                last = e;
            } catch (TransactionRejectedException e) {
                if (e.reason() == TransactionRejectedException.Reason.INPUTS_GONE) {
                    LOG.info("a message was mined before it could be recalled");
                    return false;
                }
                if (!taken) {
                    throw new NoSuchThingException(
                            "node '" + node.name() + "' refused the transaction that takes it back: " + e.getMessage());
                }
            }
        }
        if (!taken && last != null) {
            throw last;
        }
        return true;
    }

    private static boolean isMined(TxId id, List<Transport> nodes) {
        for (Transport node : nodes) {
            try {
                if (node.locate(id).kind() == TransactionPlace.Kind.CONFIRMED) {
                    return true;
                }
            } catch (NodeUnavailableException e) {
                LOG.debug("a node does not say where a transaction is: {}", e.getMessage());
            }
        }
        return false;
    }
}
