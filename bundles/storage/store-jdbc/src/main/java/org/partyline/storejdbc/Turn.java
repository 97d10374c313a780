package org.partyline.storejdbc;

import java.nio.ByteBuffer;
import org.partyline.api.store.StoreException;

/**
 * The row that every writing transaction updates: the next order numbers, and a random mark that shows whether an
 * uncertain commit succeeded.
 *
 * <p>Order numbers are never reused, even after the newest record was deleted.
 *
 * @param nextRecord order number of the next new record
 * @param nextCandidate order number of the next collected candidate
 */
record Turn(long nextRecord, long nextCandidate) {
    /** Length of the mark in bytes. */
    static final int MARK = 16;

    static final Turn FIRST = new Turn(1, 1);

    byte[] encode(byte[] mark) {
        return ByteBuffer.allocate(2 * Long.BYTES + MARK)
                .putLong(nextRecord)
                .putLong(nextCandidate)
                .put(mark)
                .array();
    }

    static Turn decode(byte[] encoded) throws StoreException {
        if (encoded.length != 2 * Long.BYTES + MARK) {
            throw new StoreException("the store's counters are damaged: restore a backup");
        }
        ByteBuffer buffer = ByteBuffer.wrap(encoded);
        return new Turn(buffer.getLong(), buffer.getLong());
    }

    Turn afterRecord() {
        return new Turn(nextRecord + 1, nextCandidate);
    }

    Turn afterCandidate() {
        return new Turn(nextRecord, nextCandidate + 1);
    }
}
