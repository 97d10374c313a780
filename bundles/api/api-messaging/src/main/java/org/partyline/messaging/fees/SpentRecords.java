package org.partyline.messaging.fees;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.store.Tables;

/** What was spent, as it is stored. */
public final class SpentRecords {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private SpentRecords() {}

    /** Satoshi spent lately. @param coverDay on cover traffic of one persona, its messages among it */
    public record Sums(long hour, long day, long coverDay) {}

    /** @param now the time that it is @param persona whose cover traffic is counted; -1: nobody's */
    public static Sums sums(Instant now, StoreTransaction tx, int persona) throws StoreException {
        long hour = 0;
        long day = 0;
        long cover = 0;
        for (SpentRecord spent : Tables.all(tx, SpentRecord.TABLE, SpentRecord.class)) {
            Instant at = Instant.ofEpochMilli(spent.time());
            if (at.isAfter(now.minus(DAY))) {
                day += spent.fee();
                cover += spent.covered() && spent.persona() == persona ? spent.fee() : 0;
            }
            if (at.isAfter(now.minus(HOUR))) {
                hour += spent.fee();
            }
        }
        return new Sums(hour, day, cover);
    }

    /**
     * Takes back what was counted for a transaction that will be in no block, as another one is that spends the same coin. Not what
     * cover traffic was counted for: its end would depend on which one a miner took.
     */
    public static void uncount(StoreTransaction tx, long fee, int persona) throws StoreException {
        // The oldest of those that are alike: none is missed for longer than it should be.
        for (StoredRecord record : tx.list(SpentRecord.TABLE)) {
            SpentRecord spent = Tables.read(List.of(record), SpentRecord.class).get(0);
            if (spent.fee() == fee && spent.persona() == persona && !spent.covered()) {
                tx.delete(SpentRecord.TABLE, record.key());
                return;
            }
        }
    }
}
