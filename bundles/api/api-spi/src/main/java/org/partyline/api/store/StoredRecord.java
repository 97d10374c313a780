package org.partyline.api.store;

/**
 * A record that was read.
 *
 * @param table where it is
 * @param order its place in the order of first puts
 * @param key as given to put
 * @param value as given to put; in an answer of deleteExpired, empty
 */
public record StoredRecord(String table, long order, byte[] key, byte[] value) {
    /** Shows neither key nor value. */
    @Override
    public String toString() {
        return "StoredRecord[" + table + ", " + order + "]";
    }
}
