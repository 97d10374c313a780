package org.partyline.carrier.rolling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarriedPacket;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierTransaction;
import org.partyline.api.store.StoreException;

/** Stores the rolling transactions and their packets. */
final class Batches {
    private final CarrierContext context;

    Batches(CarrierContext context) {
        this.context = context;
    }

    static Optional<ReplaceableBatch> find(CarrierTransaction tx, byte[] key) throws StoreException {
        Optional<byte[]> value = tx.get(key);
        return value.isPresent() ? Optional.of(BatchCodec.read(value.get())) : Optional.empty();
    }

    static List<ReplaceableBatch> all(CarrierTransaction tx) throws StoreException {
        List<ReplaceableBatch> all = new ArrayList<>();
        for (byte[] value : tx.list()) {
            all.add(BatchCodec.read(value));
        }
        return all;
    }

    /** Assigns the packets of a message to another message, with the same indexes. */
    static void rename(CarrierTransaction tx, long message, long other) throws StoreException {
        for (ReplaceableBatch roll : all(tx)) {
            if (roll.versions().stream()
                    .flatMap(version -> version.rides().stream())
                    .anyMatch(code -> code >> 8 == message)) {
                tx.put(BatchCodec.key(roll), BatchCodec.write(roll.renamed(message, other)));
            }
        }
    }

    static TxId id(ReplaceableBatch roll) {
        return TxId.ofBytes(roll.transaction());
    }

    static Network network(ReplaceableBatch roll) {
        return Network.ofCode(roll.network()).orElseThrow();
    }

    /** The code of a packet in a version. */
    static long code(BatchedPacket ride) {
        return ride.message() << 8 | ride.part();
    }

    /** The running roll of a persona. */
    Optional<ReplaceableBatch> find(int persona, Network network) throws StoreException {
        return context.transact(tx -> find(tx, BatchCodec.key(persona, network)));
    }

    /** The running rolls, and those that wait to be mined. */
    List<ReplaceableBatch> all() throws StoreException {
        return context.transact(Batches::all);
    }

    /** The roll whose current version carries a message, if there is one. */
    Optional<ReplaceableBatch> carrying(long message) throws StoreException {
        return all().stream()
                .filter(roll -> roll.rides().stream().anyMatch(ride -> ride.message() == message))
                .findFirst();
    }

    /** Whether a packet of a message is in a current version. */
    boolean carries(long message) throws StoreException {
        return carrying(message).isPresent();
    }

    /** Whether a packet is in the current version of a roll. */
    boolean carries(long message, int part) throws StoreException {
        return all().stream()
                .flatMap(roll -> roll.rides().stream())
                .anyMatch(ride -> ride.message() == message && ride.part() == part);
    }

    /**
     * Packets that nodes showed in a transaction that cannot be mined, and that must be sent in another one; in the
     * order in which they first left.
     */
    List<BatchedPacket> ridingAgain(CarrierTransaction tx, int persona, Network network) throws StoreException {
        record Back(java.time.Instant left, BatchedPacket ride) {}
        List<Back> all = new ArrayList<>();
        for (CarriedMessage message : tx.messages()) {
            boolean mayRide = !message.isSettled()
                    && context.now().isBefore(message.expires())
                    && message.persona() == persona
                    && message.network() == network;
            for (int i = 0; mayRide && i < message.packets().size(); i++) {
                CarriedPacket packet = message.packets().get(i);
                if (packet.ridesAgain()) {
                    all.add(new Back(packet.left().get(), new BatchedPacket(message.id(), i, packet.bytes(), false)));
                }
            }
        }
        all.sort(Comparator.comparing(Back::left));
        return all.stream().map(Back::ride).toList();
    }

    /** Whether the current version of a persona waits to be accepted by a node. */
    boolean isWaiting(int persona, Network network) throws StoreException {
        return all().stream()
                .anyMatch(roll -> roll.persona() == persona && roll.network() == network.code() && !roll.sent());
    }

    /** Whether packets of a persona join a running roll. */
    boolean isRunning(int persona, Network network) throws StoreException {
        return find(persona, network).isPresent();
    }
}
