package org.partyline.engine.fees;

import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.engine.store.Tables;

/** What was spent, as it is stored. */
public final class SpentRecords {
    private SpentRecords() {}

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
