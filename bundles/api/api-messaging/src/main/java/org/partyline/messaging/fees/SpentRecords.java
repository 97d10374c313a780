package org.partyline.messaging.fees;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * The ledger of spending: one record for each signed transaction. Caps, budgets, {@code status} and the tour use only
 * sums of these.
 */
public final class SpentRecords {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private SpentRecords() {}

    /**
     * Sums of recent spending, in satoshi.
     *
     * @param outsideDay in 24 hours, outside any message's price
     * @param coverDay on the cover traffic of one persona, including its messages
     */
    public record Sums(long hour, long day, long outsideDay, long coverDay) {}

    /** @param now the present time @param persona whose cover traffic is counted; -1 if none */
    public static Sums sums(Instant now, StoreTransaction tx, int persona) throws StoreException {
        long hour = 0;
        long day = 0;
        long outside = 0;
        long cover = 0;
        for (SpentRecord spent : Tables.all(tx, SpentRecord.TABLE, SpentRecord.class)) {
            Instant at = Instant.ofEpochMilli(spent.time());
            long fee = spent.unpaid() ? 0 : spent.fee();
            if (at.isAfter(now.minus(DAY))) {
                day += fee;
                outside += spent.message() == SpentRecord.OUTSIDE ? fee : 0;
                // Also counts what was not paid in the end: otherwise the end of cover traffic would depend on the
                // version that was mined.
                cover += spent.covered() && spent.persona() == persona ? spent.fee() : 0;
            }
            if (at.isAfter(now.minus(HOUR))) {
                hour += fee;
            }
        }
        return new Sums(hour, day, outside, cover);
    }

    /** Satoshi that a persona has spent since a time within the last 24 hours. */
    public static long since(StoreTransaction tx, int persona, Instant time) throws StoreException {
        long sum = 0;
        for (SpentRecord spent : Tables.all(tx, SpentRecord.TABLE, SpentRecord.class)) {
            sum += spent.persona() == persona && !spent.unpaid() && spent.time() >= time.toEpochMilli()
                    ? spent.fee()
                    : 0;
        }
        return sum;
    }

    /** Counts the amount that a transaction adds. @param transaction its id */
    public static void add(StoreTransaction tx, byte[] transaction, SpentRecord spent) throws StoreException {
        put(tx, transaction, spent);
        if (spent.replaces() != null) {
            Optional<SpentRecord> before = find(tx, spent.replaces());
            if (before.isPresent()) {
                put(tx, spent.replaces(), before.get().replacedBy(transaction));
            }
        }
    }

    /**
     * Records that a transaction is in a block: it and those that it replaced were paid, and its own replacement will
     * not be paid.
     */
    public static void mined(StoreTransaction tx, byte[] transaction) throws StoreException {
        Optional<SpentRecord> found = find(tx, transaction);
        if (found.isEmpty()) {
            return;
        }
        // Another block may have contained another version before.
        byte @Nullable [] id = transaction;
        while (id != null) {
            Optional<SpentRecord> one = find(tx, id);
            if (one.isPresent() && one.get().unpaid()) {
                change(tx, id, one.get(), false);
            } else if (id != transaction) {
                break;
            }
            id = one.map(SpentRecord::replaces).orElse(null);
        }
        id = found.get().replacedBy();
        while (id != null) {
            Optional<SpentRecord> one = find(tx, id).filter(spent -> !spent.unpaid());
            if (one.isPresent()) {
                change(tx, id, one.get(), true);
            }
            id = one.map(SpentRecord::replacedBy).orElse(null);
        }
    }

    /** Records that a transaction's block was removed from the chain: its replacement may be in the next one. */
    public static void blockGone(StoreTransaction tx, byte[] transaction) throws StoreException {
        byte @Nullable [] id = transaction;
        while (id != null) {
            Optional<SpentRecord> one = find(tx, id);
            if (one.isPresent() && one.get().unpaid()) {
                change(tx, id, one.get(), false);
            }
            id = one.map(SpentRecord::replacedBy).orElse(null);
        }
    }

    /** Records that a transaction will not be mined or replaced: its amount is not spent. */
    public static void unpaid(StoreTransaction tx, byte[] transaction) throws StoreException {
        Optional<SpentRecord> found = find(tx, transaction);
        if (found.isPresent() && !found.get().unpaid()) {
            change(tx, transaction, found.get(), true);
        }
    }

    /** Changes whether a transaction is paid, and updates the cost of the message whose price includes it. */
    private static void change(StoreTransaction tx, byte[] transaction, SpentRecord spent, boolean unpaid)
            throws StoreException {
        put(tx, transaction, spent.unpaid(unpaid));
        Optional<OutgoingMessage> payer =
                spent.message() <= 0 ? Optional.empty() : OutgoingRecords.find(tx, spent.message());
        if (payer.isPresent() && spent.packet() < payer.get().parts().size()) {
            OutgoingRecords.put(tx, payer.get().costing(spent.packet(), unpaid ? -spent.fee() : spent.fee()));
        }
    }

    /** The packet whose message's price includes the amount of a transaction; empty if none. */
    public static Optional<PacketRef> payer(StoreTransaction tx, byte[] transaction) throws StoreException {
        return find(tx, transaction)
                .filter(spent -> spent.message() > 0)
                .map(spent -> new PacketRef(spent.message(), spent.packet()));
    }

    /** Called when a message is about to be sealed again: its price will not include what it has cost so far. */
    public static void unsealed(StoreTransaction tx, long message) throws StoreException {
        for (StoredRecord record : tx.list(SpentRecord.TABLE)) {
            SpentRecord spent = Cbor.read(record.value(), SpentRecord.class);
            if (spent.message() == message) {
                put(tx, record.key(), spent.outside());
            }
        }
    }

    private static Optional<SpentRecord> find(StoreTransaction tx, byte[] transaction) throws StoreException {
        return Tables.find(tx, SpentRecord.TABLE, transaction, SpentRecord.class);
    }

    /**
     * Records that a shared transaction is mined or lost, and so are those that it replaced: their records are kept for
     * another day.
     */
    public static void over(StoreTransaction tx, byte[] transaction, Instant now) throws StoreException {
        byte @Nullable [] id = transaction;
        while (id != null) {
            Optional<SpentRecord> one = find(tx, id).filter(spent -> spent.over() == 0);
            if (one.isPresent()) {
                put(tx, id, one.get().over(now.toEpochMilli()));
            }
            id = one.map(SpentRecord::replaces).orElse(null);
        }
    }

    /** Any version of a shared transaction may be mined, however late: until then the prices need its record. */
    private static void put(StoreTransaction tx, byte[] transaction, SpentRecord spent) throws StoreException {
        Instant last = Instant.ofEpochMilli(Math.max(spent.time(), spent.over()));
        tx.put(
                SpentRecord.TABLE,
                transaction,
                Keys.ALL,
                Cbor.write(spent),
                spent.message() != 0 && spent.over() == 0
                        ? null
                        : last.plus(DAY).plus(HOUR));
    }
}
