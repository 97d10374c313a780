package org.partyline.storejdbc;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a sealed record: the names that the database knows only as hashes, the expiry, and the value.
 *
 * <p>Layout: expiry as seconds (8 bytes; the greatest number: never) and nanoseconds (4), table length (1), table in
 * UTF-8, key length (2), key, value.
 *
 * @param table 1 to 255 bytes in UTF-8
 * @param key at most 65,535 bytes
 * @param value at most 1 MiB
 * @param expires null: never
 */
record RecordBody(
        String table, byte[] key, byte[] value, @Nullable Instant expires) {
    static final int MAX_TABLE = 255;
    static final int MAX_KEY = 65_535;
    static final int MAX_VALUE = 1 << 20;

    private static final long NEVER = Long.MAX_VALUE;

    /** @throws IllegalArgumentException if a part is too long */
    byte[] encode() {
        byte[] name = table.getBytes(StandardCharsets.UTF_8);
        limit("table name", name.length, 1, MAX_TABLE);
        limit("key", key.length, 0, MAX_KEY);
        limit("value", value.length, 0, MAX_VALUE);
        return ByteBuffer.allocate(15 + name.length + key.length + value.length)
                .putLong(expires == null ? NEVER : expires.getEpochSecond())
                .putInt(expires == null ? 0 : expires.getNano())
                .put((byte) name.length)
                .put(name)
                .putShort((short) key.length)
                .put(key)
                .put(value)
                .array();
    }

    /**
     * Decrypts the present row of a result set: id, tab, rec, grp, sealed, more.
     *
     * @throws DamagedRecordException if it was changed, or moved from another place
     */
    static RecordBody open(StoreKeys keys, ResultSet row) throws SQLException, DamagedRecordException {
        long id = row.getLong(1);
        byte[] encoded = new byte[0];
        try {
            encoded =
                    keys.open(place(id, row.getBytes(2), row.getBytes(3), row.getBytes(4)), Database.getSplit(row, 5));
            return decode(encoded);
        } catch (AEADBadTagException | IllegalArgumentException e) {
            throw new DamagedRecordException(id, e);
        } finally {
            StoreKeys.wipe(encoded);
        }
    }

    /** The data that a sealed record is bound to: its row, so that no record can replace another. */
    static byte[] place(long id, byte[] tab, byte[] rec, byte[] grp) {
        // A longer or shorter index value is also damage: the lengths are part of the data.
        ByteBuffer place =
                ByteBuffer.allocate(1 + Long.BYTES + 3 * Integer.BYTES + tab.length + rec.length + grp.length);
        place.put((byte) 'r').putLong(id);
        for (byte[] part : List.of(tab, rec, grp)) {
            place.putInt(part.length).put(part);
        }
        return place.array();
    }

    /** @throws IllegalArgumentException if it is not a result of {@link #encode} */
    static RecordBody decode(byte[] encoded) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(encoded);
            long seconds = buffer.getLong();
            int nanos = buffer.getInt();
            byte[] name = new byte[Byte.toUnsignedInt(buffer.get())];
            buffer.get(name);
            byte[] key = new byte[Short.toUnsignedInt(buffer.getShort())];
            buffer.get(key);
            byte[] value = new byte[buffer.remaining()];
            buffer.get(value);
            Instant expires = seconds == NEVER ? null : Instant.ofEpochSecond(seconds, nanos);
            return new RecordBody(new String(name, StandardCharsets.UTF_8), key, value, expires);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a record body ends too early", e);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("a record body expires at no time that there is", e);
        }
    }

    private static void limit(String what, int length, int least, int most) {
        if (length < least || length > most) {
            throw new IllegalArgumentException(
                    "store: a " + what + " has " + least + " to " + most + " bytes, not " + length);
        }
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "RecordBody";
    }
}
