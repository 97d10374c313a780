package org.partyline.carrier.rolling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarriedPacket;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.CarrierTransaction;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.TransactionScanner;

/** Carries each packet by replacing the persona's last transaction; one is mined for a whole conversation. */
final class RollingCarrier implements Carrier {
    /**
     * How often nodes are asked for a version of a roll whose block was disconnected, since the next block may contain
     * another version.
     */
    private static final Duration UNCERTAIN = Duration.ofSeconds(20);

    private final CarrierContext context;
    private final Batches rolls;
    private final Batcher batcher;
    private final BatchQuotes quotes;
    private final BatchLimits limits;
    private final BatchClosing closing;

    RollingCarrier(
            CarrierContext context,
            Batches rolls,
            Batcher batcher,
            BatchQuotes quotes,
            BatchLimits limits,
            BatchClosing closing) {
        this.context = context;
        this.rolls = rolls;
        this.batcher = batcher;
        this.quotes = quotes;
        this.limits = limits;
        this.closing = closing;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public long quote(Quote quote, List<CarrierNode> nodes) throws PartylineException {
        return price(quote, nodes).fee();
    }

    @Override
    public Price price(Quote quote, List<CarrierNode> nodes) throws PartylineException {
        return quotes.price(
                quote.persona(),
                quote.network(),
                quote.message(),
                quote.sizes(),
                quote.opens(),
                CarrierNode.carrying(nodes, quote.sizes().get(0)));
    }

    @Override
    public boolean paysFromChange(int persona, Network network) throws StoreException {
        return quotes.isRunning(persona, network);
    }

    @Override
    public long change(int persona, Network network) throws StoreException {
        Optional<ReplaceableBatch> roll = rolls.find(persona, network).filter(ReplaceableBatch::sent);
        return roll.isPresent() ? TransactionScanner.change(roll.get().raw()) : 0;
    }

    @Override
    public boolean end(int persona, Network network, List<CarrierNode> nodes) throws PartylineException {
        return batcher.letGo(persona, network, nodes);
    }

    @Override
    public long most(int persona, Network network, int bytes, List<CarrierNode> nodes) throws PartylineException {
        return quotes.most(persona, network, bytes, nodes);
    }

    @Override
    public boolean looksAfter(CarriedMessage message, int index) throws StoreException {
        return rolls.carries(message.id(), index);
    }

    @Override
    public Optional<String> waitsFor(CarriedMessage message, int index) throws StoreException {
        return batcher.waitsFor(message.ref(index));
    }

    @Override
    public boolean takesAlong(CarriedMessage message, int index) {
        return limits.takesAlong(
                message.persona(), message.network(), context.propagation().ready(message.network()));
    }

    /** It may be in a block that was not read yet. */
    @Override
    public boolean isDue(CarriedMessage message, int index) {
        return context.propagation().isCaughtUp(message.network())
                && context.now().isAfter(message.packets().get(index).tried().plus(UNCERTAIN));
    }

    /**
     * The version that carried a packet was mined, its block was disconnected, and no node has it any more: the new
     * chain may contain another version without this packet.
     */
    @Override
    public boolean isLost(CarriedMessage message, int index) throws StoreException {
        if (context.now().isBefore(message.expires())) {
            context.<StoreException>update(tx -> {
                Optional<CarriedMessage> now = tx.message(message.id());
                // Packets that joined in this round may have replaced it since it was read.
                if (now.isPresent() && isOut(now.get().packets().get(index))) {
                    tx.gone(
                            message.ref(index),
                            "its block was removed from the chain, and its rolling transaction with it: it is sent again");
                }
            });
        }
        return true;
    }

    private static boolean isOut(CarriedPacket packet) {
        return packet.state() == PacketState.SENT || packet.state() == PacketState.RELAYED;
    }

    @Override
    public void awaitTurn(CarriedMessage message, int index) throws PartylineException {
        batcher.awaitTurn(message.persona(), message.network(), message.ref(index));
    }

    /** Adds a packet, and later ones of the same message, to the next version of the rolling transaction. */
    @Override
    public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
        int persona = message.persona();
        Network network = message.network();
        // With cover traffic, one packet is sent at each point, and none stays longer than others: decoys open no
        // chains.
        boolean covered = context.isCovered(persona, network);
        List<BatchedPacket> boarding = new ArrayList<>();
        for (int i = index; i < message.packets().size(); i++) {
            CarriedPacket packet = message.packets().get(i);
            if (packet.isWaiting() && (i == index || !covered)) {
                boolean opener = i == 0 && message.opens() && !covered;
                boarding.add(new BatchedPacket(message.id(), i, packet.bytes(), opener));
            }
        }
        batcher.roll(persona, network, boarding, nodes);
    }

    @Override
    public void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> nodes) throws WaitsException {
        throw new WaitsException("its rolling transaction waits for a node that accepts it");
    }

    @Override
    public void recall(CarriedMessage message, List<CarrierNode> nodes, RecallTally tally) throws PartylineException {
        try {
            batcher.recall(message.id(), nodes).ifPresent(tally::replaced);
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            boolean stored = !rolls.carries(message.id());
            if (stored) {
                tally.stored();
            }
            if (!stored || rolls.isWaiting(message.persona(), message.network())) {
                throw e;
            }
            // A version was mined meanwhile, or another transaction spent the coin: the roll is over, and these packets
            // are not sent again.
        }
    }

    @Override
    public boolean isOnTheAir(CarriedMessage message) throws StoreException {
        return rolls.carries(message.id());
    }

    @Override
    public void takeUp() throws StoreException {
        closing.closeMined();
    }

    @Override
    public void tick() throws StoreException {
        batcher.tick();
    }

    @Override
    public void onMined(Network network, TxId transaction) throws StoreException {
        closing.mined(network, transaction);
    }

    @Override
    public void onRenamed(CarrierTransaction tx, long message, long other) throws StoreException {
        Batches.rename(tx, message, other);
    }
}
