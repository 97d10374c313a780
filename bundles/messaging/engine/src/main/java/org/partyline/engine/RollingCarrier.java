package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;
import org.partyline.engine.fees.FeePolicy;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.WaitsException;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.PacketEvent;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.mailbox.PropagationRecord;
import org.partyline.engine.schedule.SendSchedule;

/** Each packet takes the place of the persona's last transaction; one is mined for a whole conversation. */
final class RollingCarrier implements Carrier {
    static final String ROLLING = "rolling";
    /** How often nodes are asked for a version of a roll whose block is gone: the next block may have another version. */
    private static final Duration UNCERTAIN = Duration.ofSeconds(20);

    private final Core core;
    private final Outbox outbox;
    private final FeePolicy fees;
    private final Slots slots;
    private final SendSchedule sendSchedule;
    private final Batcher batcher;
    private final Batches rolls;
    private final Predicate<Network> caughtUp;

    /** @param caughtUp whether the blocks of a network have been read up to its tip */
    RollingCarrier(
            Core core,
            Outbox outbox,
            FeePolicy fees,
            Slots slots,
            SendSchedule sendSchedule,
            Batcher batcher,
            Batches rolls,
            Predicate<Network> caughtUp) {
        this.core = core;
        this.outbox = outbox;
        this.fees = fees;
        this.slots = slots;
        this.sendSchedule = sendSchedule;
        this.batcher = batcher;
        this.rolls = rolls;
        this.caughtUp = caughtUp;
    }

    @Override
    public String id() {
        return ROLLING;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public long quote(Prospects.Stored stored, List<Transport> nodes) throws PartylineException {
        return batcher.quote(
                stored.conversation().persona(),
                stored.network(),
                stored.id(),
                stored.outlook().sizes(),
                stored.opens(),
                PacketSizes.carrying(nodes, stored.outlook().sizes().get(0)));
    }

    @Override
    public boolean paysFromChange(int persona, Network network) throws StoreException {
        return batcher.isRunning(persona, network);
    }

    @Override
    public long most(int persona, Network network, int bucket, List<Transport> nodes) throws PartylineException {
        Optional<Long> added = batcher.added(persona, network, bucket, nodes);
        return added.isPresent()
                ? added.get()
                : fees.most(nodes, bucket, batcher.packetsOfNext(persona, network, nodes));
    }

    @Override
    public boolean looksAfter(OutgoingMessage outgoing, int index) throws StoreException {
        return rolls.carries(outgoing.id(), index);
    }

    @Override
    public boolean takesAlong(OutgoingMessage outgoing, int index, Network network) throws PartylineException {
        return batcher.takesAlong(
                core.conversation(outgoing.membership()).persona(), network, core.nodes.ready(network));
    }

    /** It may stand in a block that was not read yet. */
    @Override
    public boolean isDue(Network network, OutgoingPart part, PropagationRecord propagationRecord) {
        return caughtUp.test(network)
                && core.now().isAfter(Instant.ofEpochMilli(part.tried()).plus(UNCERTAIN));
    }

    /**
     * The version of a rolling transaction that carried a packet was mined, its block is gone, and no node has it any more: another
     * version may stand in the new chain, without this packet.
     */
    @Override
    public Optional<OutgoingMessage> lost(OutgoingMessage outgoing, int index) throws StoreException {
        if (core.now().toEpochMilli() >= outgoing.expires()) {
            return Optional.of(outgoing);
        }
        OutgoingMessage after = outbox.change(outgoing.id(), now -> {
            OutgoingPart part = now.parts().get(index);
            // What boarded in this round may have taken its place since it was read.
            return part.state() != State.BROADCAST && part.state() != State.SEEN
                    ? now
                    : now.on(index, PacketEvent.TRANSACTION_GONE)
                            .because("its block is gone, and its rolling transaction with it: it rides again");
        });
        // One that is gone meanwhile is handed over to nobody.
        return Optional.of(after == null ? outgoing : after);
    }

    /** Lets a packet, and those of the same message behind it, ride in the next version of the rolling transaction. */
    @Override
    public OutgoingMessage dispatch(OutgoingMessage outgoing, int index, Network network, List<Transport> nodes)
            throws PartylineException {
        int persona = core.conversation(outgoing.membership()).persona();
        batcher.awaitTurn(persona, network);
        // Under cover traffic one packet goes at a point, and none rides on for longer than others: decoys open no
        // chains.
        boolean covered = sendSchedule.isCovered(persona, network);
        List<BatchedPacket> boarding = new ArrayList<>();
        for (int i = index; i < outgoing.parts().size(); i++) {
            OutgoingPart part = outgoing.parts().get(i);
            if (part.state() == State.SEALED && part.raw() == null && (i == index || !covered)) {
                boolean opener = i == 0 && outgoing.opens() && !covered;
                boarding.add(new BatchedPacket(outgoing.id(), i, part.packet(), opener));
            }
        }
        return slots.at(outgoing, index, network, () -> {
            boolean running = rolls.isRunning(persona, network);
            try {
                batcher.roll(persona, network, boarding, nodes);
            } catch (WaitsException e) {
                if (!running || rolls.isRunning(persona, network)) {
                    throw e;
                }
                // That roll is over: at once with another coin, or a point would pass unused where nothing else waits.
                batcher.roll(persona, network, boarding, nodes);
            }
            return find(outgoing.id()).orElse(null);
        });
    }

    @Override
    public OutgoingMessage dispatchAgain(OutgoingMessage outgoing, int index, List<Transport> nodes)
            throws WaitsException {
        throw new WaitsException("its rolling transaction waits for a node that takes it");
    }

    @Override
    public void recall(Recalled recalled, List<Transport> nodes, Tally tally) throws PartylineException {
        long id = recalled.outgoing().id();
        try {
            Optional<Long> added = batcher.recall(id, nodes);
            tally.replaced = added.isPresent() ? 1 : 0;
            tally.fee = added.orElse(0L);
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            tally.stored = !rolls.carries(id);
            if (!tally.stored || rolls.isWaiting(recalled.persona(), recalled.network())) {
                throw e;
            }
            // A version was mined in between, or something else spent the coin: the roll is over, and this does not
            // ride again.
        }
    }

    @Override
    public boolean isOnTheAir(OutgoingMessage outgoing) throws StoreException {
        return rolls.carries(outgoing.id());
    }

    private Optional<OutgoingMessage> find(long id) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> Outbox.find(tx, id)));
    }
}
