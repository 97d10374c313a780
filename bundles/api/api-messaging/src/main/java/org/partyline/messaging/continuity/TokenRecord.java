package org.partyline.messaging.continuity;

import java.security.MessageDigest;

/**
 * The token that distinguishes this store from its old copies: see {@link KeyUsed}.
 *
 * @param id random, this store's for good
 * @param before what is outside until {@code now} is
 * @param count how often it changed
 * @param stamped whether the store has the combined hash of chains and sessions beside it
 */
public record TokenRecord(byte[] id, byte[] before, byte[] now, long count, boolean stamped) {
    /** The table of the store. */
    public static final String TABLE = "continuity";

    /** The one after it. @param outside what is outside until then */
    public TokenRecord next(byte[] outside, byte[] next) {
        return new TokenRecord(id, outside, next, count + 1, true);
    }

    /** Whether it is the same one. */
    public boolean isSame(TokenRecord other) {
        return count == other.count && MessageDigest.isEqual(id, other.id) && MessageDigest.isEqual(now, other.now);
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Token";
    }
}
