package org.partyline.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.conversation.PersonaRecord;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.store.Cbor;
import org.partyline.engine.store.Keys;
import org.partyline.engine.store.Tables;

/** The rolling transactions that are kept, and what rides in them. */
public final class Batches {
    /** The table of the store. */
    public static final String TABLE = "rolls";

    private final Core core;

    Batches(Core core) {
        this.core = core;
    }

    private static byte[] key(int persona, int network) {
        return Keys.of((long) persona << 8 | network);
    }

    /** The running roll of a persona has a key that can be found; one that has ended, a key of its own. */
    static byte[] key(ReplaceableBatch roll) {
        return roll.ended()
                ? Keys.of((long) roll.persona() << 8 | roll.network(), roll.transaction())
                : key(roll.persona(), roll.network());
    }

    static Optional<ReplaceableBatch> find(StoreTransaction tx, int persona, int network) throws StoreException {
        return Tables.find(tx, TABLE, key(persona, network), ReplaceableBatch.class);
    }

    static void put(StoreTransaction tx, ReplaceableBatch roll) throws StoreException {
        tx.put(TABLE, key(roll), Keys.ALL, Cbor.write(roll), null);
    }

    /** What rides of a message rides as another one's from now on, the same parts of it. Part of the caller's transaction. */
    public static void rename(StoreTransaction tx, long message, long other) throws StoreException {
        for (ReplaceableBatch roll : Tables.all(tx, TABLE, ReplaceableBatch.class)) {
            if (roll.versions().stream()
                    .flatMap(version -> version.rides().stream())
                    .anyMatch(code -> code >> 8 == message)) {
                put(tx, roll.renamed(message, other));
            }
        }
    }

    static SignedTransaction signed(ReplaceableBatch roll) {
        return new SignedTransaction(TxId.ofBytes(roll.transaction()), roll.raw(), roll.vsize(), roll.fee());
    }

    static String account(int persona) {
        return new PersonaRecord(persona, "", false).account();
    }

    static Network network(ReplaceableBatch roll) {
        return Network.ofCode(roll.network()).orElseThrow();
    }

    /** How a version remembers a packet. */
    static long code(BatchedPacket ride) {
        return ride.message() << 8 | ride.part();
    }

    /** The running roll of a persona. */
    Optional<ReplaceableBatch> find(int persona, Network network) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> find(tx, persona, network.code())));
    }

    /** Those that run, and those that wait to be mined. */
    List<ReplaceableBatch> all() throws StoreException {
        return core.open(memory -> core.store.transact(tx -> Tables.all(tx, TABLE, ReplaceableBatch.class)));
    }

    /** The roll whose current version carries a message, if there is one. */
    Optional<ReplaceableBatch> carrying(long message) throws StoreException {
        return all().stream()
                .filter(roll -> roll.rides().stream().anyMatch(ride -> ride.message() == message))
                .findFirst();
    }

    /** Whether a packet of a message rides in a current version. */
    boolean carries(long message) throws StoreException {
        return carrying(message).isPresent();
    }

    /** Whether a packet rides in the current version of a roll. */
    boolean carries(long message, int part) throws StoreException {
        return all().stream()
                .flatMap(roll -> roll.rides().stream())
                .anyMatch(ride -> ride.message() == message && ride.part() == part);
    }

    /** What nodes showed in a transaction that will be in no block, and what is to ride in another one; what left first comes first. */
    List<BatchedPacket> ridingAgain(int persona, Network network) throws StoreException {
        record Back(long left, BatchedPacket ride) {}
        return core.open(memory -> core.store.transact(tx -> {
            List<Back> all = new ArrayList<>();
            for (OutgoingMessage outgoing : Outbox.all(tx)) {
                Conversation conversation = memory.conversations.find(outgoing.membership());
                boolean mayRide = outgoing.carrier().equals(RollingCarrier.ROLLING)
                        && !outgoing.state().isSettled()
                        && core.now().toEpochMilli() < outgoing.expires()
                        && conversation != null
                        && conversation.persona() == persona
                        && conversation.network() == network;
                for (int i = 0; mayRide && i < outgoing.parts().size(); i++) {
                    OutgoingPart part = outgoing.parts().get(i);
                    if (part.ridesAgain()) {
                        all.add(new Back(part.left(), new BatchedPacket(outgoing.id(), i, part.packet(), false)));
                    }
                }
            }
            all.sort(Comparator.comparingLong(Back::left));
            return all.stream().map(Back::ride).toList();
        }));
    }

    /** Whether the current version of a persona waits for a node that takes it. */
    boolean isWaiting(int persona, Network network) throws StoreException {
        return all().stream()
                .anyMatch(roll -> roll.persona() == persona && roll.network() == network.code() && !roll.sent());
    }

    /** Whether packets of a persona board a roll that has begun. */
    boolean isRunning(int persona, Network network) throws StoreException {
        return find(persona, network).isPresent();
    }
}
