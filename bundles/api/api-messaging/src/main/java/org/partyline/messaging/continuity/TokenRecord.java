package org.partyline.messaging.continuity;

/**
 * What tells this store from its old copies: see {@link KeyUse}.
 *
 * @param id random, this store's for good
 * @param before what is outside until {@code now} is
 */
public record TokenRecord(byte[] id, byte[] before, byte[] now) {
    /** The table of the store. */
    public static final String TABLE = "continuity";

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Token";
    }
}
