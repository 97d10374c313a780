package org.partyline.api.store;

/**
 * A record that was read.
 *
 * @param table its table
 * @param order its position in the order of first puts
 * @param key as passed to put
 * @param value as passed to put; empty in a result of deleteExpired
 */
public record StoredRecord(String table, long order, byte[] key, byte[] value) {
    /** Does not show key and value. */
    @Override
    public String toString() {
        return "StoredRecord[" + table + ", " + order + "]";
    }
}
