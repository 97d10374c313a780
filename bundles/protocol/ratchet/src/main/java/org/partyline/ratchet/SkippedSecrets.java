package org.partyline.ratchet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.partyline.api.ratchet.ReceiveChain.Visitor;

/**
 * Stores the secrets of skipped positions in ascending order in one array. Each record has the position, the time at
 * which it was skipped, its locator, its secret, and the salt of a possible KEY_UPDATE. Uses no memory while nothing is
 * missing.
 */
final class SkippedSecrets {
    /** The maximum number of stored positions (PROTOCOL 5). */
    static final int MAX = 1000;

    private static final int TIME_AT = Integer.BYTES;
    private static final int HINT_AT = TIME_AT + Long.BYTES;
    private static final int SECRET_AT = HINT_AT + Long.BYTES;
    private static final int SECRET_LENGTH = 32;
    private static final int SALT_AT = SECRET_AT + SECRET_LENGTH;
    private static final int SALT_LENGTH = 32;
    private static final int RECORD = SALT_AT + SALT_LENGTH;
    /** A record in version 1 of the stored state: it ends before the salt. */
    private static final int RECORD_WITHOUT_SALT = SALT_AT;

    private static final int FIRST_CAPACITY = 4;

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private ByteBuffer records = NONE;
    private int count;

    /** The length of a state with this number of records, without the count. */
    static int encodedLength(int count, boolean salts) {
        return count * (salts ? RECORD : RECORD_WITHOUT_SALT);
    }

    int count() {
        return count;
    }

    /**
     * Adds a position; if there are too many, the oldest is dropped.
     *
     * @param position greater than all stored ones
     * @param secret copied
     * @param salt copied
     */
    void add(int position, long skippedAt, long hint, byte[] secret, byte[] salt, Visitor dropped) {
        if (count == MAX) {
            dropped.visit(position(0), hint(0));
            remove(0);
        }
        grow();
        int at = count * RECORD;
        records.putInt(at, position).putLong(at + TIME_AT, skippedAt).putLong(at + HINT_AT, hint);
        records.put(at + SECRET_AT, secret, 0, SECRET_LENGTH).put(at + SALT_AT, salt, 0, SALT_LENGTH);
        count++;
    }

    /** A copy of the secret, the caller wipes it; null if the position is not stored. */
    byte @Nullable [] secret(int position) {
        int index = indexOf(position);
        if (index < 0) {
            return null;
        }
        byte[] secret = new byte[SECRET_LENGTH];
        records.get(index * RECORD + SECRET_AT, secret);
        return secret;
    }

    /** A copy of the salt, the caller wipes it; null if the position is not stored, or has no salt. */
    byte @Nullable [] rekeySalt(int position) {
        int index = indexOf(position);
        if (index < 0) {
            return null;
        }
        byte[] salt = new byte[SALT_LENGTH];
        records.get(index * RECORD + SALT_AT, salt);
        // Zeros mean "none": an HMAC is never zero.
        return isZero(salt) ? null : salt;
    }

    /** Erases a position; false if it is not stored. */
    boolean erase(int position) {
        int index = indexOf(position);
        if (index >= 0) {
            remove(index);
        }
        return index >= 0;
    }

    /** Erases the positions that were skipped before a time. */
    void eraseBefore(long time, Visitor dropped) {
        // From the end, so that a removal does not move records that are still to be examined.
        for (int i = count - 1; i >= 0; i--) {
            if (records.getLong(i * RECORD + TIME_AT) < time) {
                dropped.visit(position(i), hint(i));
                remove(i);
            }
        }
    }

    /** Visits the positions that were skipped before a time. */
    void forEachBefore(long time, Visitor visitor) {
        for (int i = 0; i < count; i++) {
            if (records.getLong(i * RECORD + TIME_AT) < time) {
                visitor.visit(position(i), hint(i));
            }
        }
    }

    SkippedSecrets copy() {
        SkippedSecrets copy = new SkippedSecrets();
        if (count > 0) {
            copy.records = ByteBuffer.wrap(Arrays.copyOf(records.array(), count * RECORD));
            copy.count = count;
        }
        return copy;
    }

    void forEach(Visitor visitor) {
        for (int i = 0; i < count; i++) {
            visitor.visit(position(i), hint(i));
        }
    }

    void write(ByteBuffer out) {
        out.put(records.array(), 0, count * RECORD);
    }

    /**
     * Reads records from a buffer.
     *
     * @param below each position must be less than this
     * @param salts whether the records contain salts
     * @throws IllegalArgumentException if the positions are not ascending and below the limit
     */
    static SkippedSecrets read(ByteBuffer in, int count, int below, boolean salts) {
        SkippedSecrets skipped = new SkippedSecrets();
        byte[] bytes = new byte[count * RECORD];
        for (int i = 0; i < count; i++) {
            in.get(bytes, i * RECORD, salts ? RECORD : RECORD_WITHOUT_SALT);
        }
        skipped.records = ByteBuffer.wrap(bytes);
        skipped.count = count;
        int previous = -1;
        for (int i = 0; i < count; i++) {
            int position = skipped.position(i);
            if (position <= previous || position >= below) {
                skipped.wipe();
                throw new IllegalArgumentException("the skipped positions of a receiver's chain are out of order");
            }
            previous = position;
        }
        return skipped;
    }

    void wipe() {
        Arrays.fill(records.array(), (byte) 0);
        count = 0;
    }

    private static boolean isZero(byte[] bytes) {
        int bits = 0;
        for (byte b : bytes) {
            bits |= b;
        }
        return bits == 0;
    }

    private int position(int index) {
        return records.getInt(index * RECORD);
    }

    private long hint(int index) {
        return records.getLong(index * RECORD + HINT_AT);
    }

    private int indexOf(int position) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int found = position(middle);
            if (found == position) {
                return middle;
            }
            if (found < position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private void remove(int index) {
        byte[] bytes = records.array();
        int end = count * RECORD;
        System.arraycopy(bytes, (index + 1) * RECORD, bytes, index * RECORD, end - (index + 1) * RECORD);
        Arrays.fill(bytes, end - RECORD, end, (byte) 0);
        count--;
        if (count == 0) {
            records = NONE;
        }
    }

    private void grow() {
        byte[] bytes = records.array();
        if (bytes.length < (count + 1) * RECORD) {
            int capacity = Math.min(MAX, Math.max(FIRST_CAPACITY, 2 * count));
            records = ByteBuffer.wrap(Arrays.copyOf(bytes, capacity * RECORD));
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
