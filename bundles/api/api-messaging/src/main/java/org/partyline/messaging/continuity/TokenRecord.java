package org.partyline.messaging.continuity;

import java.security.MessageDigest;

/**
 * The token that distinguishes this store from its old copies: see {@link KeyUsed}.
 *
 * @param id random, never changes
 * @param before the external value until {@code now} replaces it
 * @param count the number of changes
 * @param stamped whether the store also contains the combined hash of chains and sessions
 */
public record TokenRecord(byte[] id, byte[] before, byte[] now, long count, boolean stamped) {
    /** The table of the store. */
    public static final String TABLE = "continuity";

    /** The next token. @param outside the external value until then */
    public TokenRecord next(byte[] outside, byte[] next) {
        return new TokenRecord(id, outside, next, count + 1, true);
    }

    /** Whether it is the same token. */
    public boolean isSame(TokenRecord other) {
        return count == other.count && MessageDigest.isEqual(id, other.id) && MessageDigest.isEqual(now, other.now);
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Token";
    }
}
