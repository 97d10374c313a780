package org.partyline.carrier.rolling;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarriedPacket;
import org.partyline.api.carrier.Carrier.Price;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.RelayPolicy;

/** Calculates the amount that packets add to the fees of rolling transactions. */
final class BatchQuotes {
    /** How much fee rates may rise until a version with its packets is mined. */
    private static final int RISE_PERCENT = 25;

    private final CarrierContext context;
    private final Batches rolls;
    private final BatchLimits limits;
    private final BatchChoice choice;

    BatchQuotes(CarrierContext context, Batches rolls, BatchLimits limits, BatchChoice choice) {
        this.context = context;
        this.rolls = rolls;
        this.limits = limits;
        this.choice = choice;
    }

    /** The number of packets of a roll's first version now. */
    private int packetsOfNext(int persona, Network network, List<CarrierNode> nodes) throws StoreException {
        int back = limits.takesAlong(persona, network, nodes)
                ? context.transact(tx -> rolls.ridingAgain(tx, persona, network))
                        .size()
                : 0;
        return Math.min(1 + back, limits.room(nodes));
    }

    /** The maximum that the next version would add to the fee, in satoshi; empty: there is no previous version. */
    private Optional<Long> added(int persona, Network network, int bucket, List<CarrierNode> nodes)
            throws StoreException {
        Optional<ReplaceableBatch> roll = rolls.find(persona, network);
        if (roll.isEmpty() || limits.hasEnded(roll.get())) {
            return Optional.empty();
        }
        int packets = Math.min(
                context.rules().mostPackets(), BatchLimits.narrowest(nodes).maxOutputs());
        int vsize = TransactionSize.of(bucket, packets);
        return Optional.of(context.fees()
                        .replacement(
                                roll.get().fee(),
                                roll.get().vsize(),
                                Math.max(vsize, roll.get().vsize()),
                                nodes)
                - roll.get().fee());
    }

    /** The maximum that one more packet adds to the fee, in satoshi. @param bucket its size in bytes */
    long most(int persona, Network network, int bucket, List<CarrierNode> nodes) throws PartylineException {
        Optional<Long> added = added(persona, network, bucket, nodes);
        return added.isPresent()
                ? added.get()
                : context.fees().most(nodes, bucket, packetsOfNext(persona, network, nodes));
    }

    /** Whether packets of a persona join a running rolling transaction. */
    boolean isRunning(int persona, Network network) throws StoreException {
        return rolls.find(persona, network)
                .filter(roll -> !limits.hasEnded(roll))
                .isPresent();
    }

    /**
     * The maximum that the packets of a message add to the fee at the present rates, in satoshi: the cost of the
     * versions that they join, including the other packets in these. Messages that wait before it join before it. With
     * cover traffic, future decoys join as well, which are not known yet: then each packet may cost the maximum price
     * of a packet.
     *
     * @param id the id of the stored message
     * @param opens whether its first packet opens a chain
     */
    Price price(int persona, Network network, long id, List<Integer> sizes, boolean opens, List<CarrierNode> nodes)
            throws PartylineException {
        if (context.isCovered(persona, network)) {
            long sum = 0;
            for (int size : sizes) {
                sum += most(persona, network, size, nodes);
            }
            int packets = packetsOfNext(persona, network, nodes);
            return price(sum, sum + context.fees().most(nodes, sizes.get(0), packets), isRunning(persona, network));
        }
        record Seen(Optional<ReplaceableBatch> roll, List<CarriedMessage> messages) {}
        Seen seen = context.transact(tx -> new Seen(
                Batches.find(tx, BatchCodec.key(persona, network)).filter(roll -> !limits.hasEnded(roll)),
                tx.messages()));
        Map<Long, CarriedMessage> messages = new HashMap<>();
        seen.messages().forEach(message -> messages.put(message.id(), message));
        BatchChoice.Kept kept = message -> Optional.ofNullable(messages.get(message));
        List<BatchedPacket> boarding = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            boarding.add(new BatchedPacket(id, i, new byte[sizes.get(i)], i == 0 && opens));
        }
        List<CarriedMessage> ahead = ahead(seen.messages(), persona, network, id);
        // The rest of a message may cost more than was approved: then it does not join first.
        List<CarriedMessage> surely = ahead.stream()
                .filter(message -> message.packets().stream().noneMatch(CarriedPacket::isOut))
                .toList();
        long added = 0;
        for (List<CarriedMessage> first : new HashSet<>(List.of(ahead, surely))) {
            Optional<ReplaceableBatch> now = seen.roll();
            for (CarriedMessage one : first) {
                now = board(kept, now, persona, network, one.id(), rides(one), nodes)
                        .last();
            }
            added = Math.max(
                    added,
                    board(kept, now, persona, network, id, boarding, nodes).added());
        }
        // Any version may be mined, also one before it joined: then it begins another roll.
        Forecast alone = board(kept, Optional.empty(), persona, network, id, boarding, nodes);
        long most = Math.max(added, alone.added()) + end(alone.last().orElseThrow(), nodes);
        return price(added, most, seen.roll().isPresent());
    }

    /** The amount that the empty version at the end of a roll adds to the fee. */
    private long end(ReplaceableBatch last, List<CarrierNode> nodes) {
        int vsize = BatchLimits.likelyVsize(last, List.of());
        return context.rules().burns()
                ? context.fees().replacement(last.fee(), last.vsize(), vsize, nodes) - last.fee()
                : 0;
    }

    private static Price price(long fee, long most, boolean running) {
        return new Price(fee, most + most * RISE_PERCENT / 100, running);
    }

    /** The expected properties of versions. @param last the last one @param added the total addition to the fee */
    private record Forecast(Optional<ReplaceableBatch> last, long added) {}

    private Forecast board(
            BatchChoice.Kept kept,
            Optional<ReplaceableBatch> before,
            int persona,
            Network network,
            long id,
            List<BatchedPacket> boarding,
            List<CarrierNode> nodes)
            throws PartylineException {
        RelayPolicy policy = BatchLimits.narrowest(nodes);
        Optional<ReplaceableBatch> now = before;
        List<BatchedPacket> waiting = new ArrayList<>(boarding);
        long added = 0;
        while (!waiting.isEmpty()) {
            List<BatchedPacket> rides = choice.of(kept, now, waiting, List.of(), policy, false, id);
            int vsize = vsize(now, rides);
            long fee = fee(now, vsize, nodes);
            if (now.isPresent() && limits.isOver(fee, vsize)) {
                // Its coin may not pay more, so another one is used.
                now = Optional.empty();
                rides = choice.of(kept, now, waiting, List.of(), policy, false, id);
                vsize = vsize(now, rides);
                fee = fee(now, vsize, nodes);
            }
            added += fee - now.map(ReplaceableBatch::fee).orElse(0L);
            now = Optional.of(forecast(persona, network, vsize, fee, rides));
            List<BatchedPacket> on = rides;
            if (!waiting.removeIf(on::contains)) {
                break;
            }
        }
        return new Forecast(now, added);
    }

    private ReplaceableBatch forecast(int persona, Network network, int vsize, long fee, List<BatchedPacket> rides) {
        long now = context.now().toEpochMilli();
        return new ReplaceableBatch(
                persona,
                network.code(),
                "",
                new byte[0],
                null,
                new byte[TxId.LENGTH],
                vsize,
                fee,
                true,
                now,
                now,
                rides,
                List.of(),
                false);
    }

    /** The messages that join before a message, oldest first. */
    private static List<CarriedMessage> ahead(List<CarriedMessage> all, int persona, Network network, long id) {
        return all.stream()
                .filter(message -> message.id() < id
                        && !message.isSettled()
                        && !message.isOut()
                        && message.persona() == persona
                        && message.network() == network)
                .toList();
    }

    /** Its waiting packets; for an unsealed message, the likely ones. */
    private List<BatchedPacket> rides(CarriedMessage message) throws PartylineException {
        List<BatchedPacket> rides = new ArrayList<>();
        if (message.packets().isEmpty()) {
            for (int size : context.likelySizes(message.id())) {
                rides.add(new BatchedPacket(message.id(), rides.size(), new byte[size], false));
            }
            return rides;
        }
        for (int i = 0; i < message.packets().size(); i++) {
            CarriedPacket packet = message.packets().get(i);
            if (packet.isWaiting()) {
                rides.add(new BatchedPacket(message.id(), i, packet.bytes(), i == 0 && message.opens()));
            }
        }
        return rides;
    }

    private static int vsize(Optional<ReplaceableBatch> before, List<BatchedPacket> rides) {
        List<byte[]> payloads = rides.stream().map(BatchedPacket::packet).toList();
        return before.isPresent() ? BatchLimits.likelyVsize(before.get(), payloads) : TransactionSize.of(payloads);
    }

    private long fee(Optional<ReplaceableBatch> before, int vsize, List<CarrierNode> nodes) throws PartylineException {
        return before.isPresent()
                ? context.fees().replacement(before.get().fee(), before.get().vsize(), vsize, nodes)
                : context.fees().highest(nodes).fee(vsize);
    }
}
