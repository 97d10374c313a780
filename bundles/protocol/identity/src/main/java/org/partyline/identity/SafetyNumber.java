package org.partyline.identity;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.StringJoiner;
import org.partyline.api.identity.PublicIdentity;

/** Calculates the number that two people compare to make sure that nobody intercepts their messages (PROTOCOL 6). */
final class SafetyNumber {
    private static final int GROUPS = 12;
    private static final int BYTES_A_GROUP = 5;
    private static final long GROUP_LIMIT = 100_000;

    private SafetyNumber() {}

    static String of(PublicIdentity one, PublicIdentity other) {
        byte[] a = keys(one);
        byte[] b = keys(other);
        boolean ascending = Arrays.compareUnsigned(a, b) <= 0;
        MessageDigest sha512 = sha512();
        sha512.update(ascending ? a : b);
        ByteBuffer digest = ByteBuffer.wrap(sha512.digest(ascending ? b : a));
        StringJoiner groups = new StringJoiner(" ");
        for (int i = 0; i < GROUPS; i++) {
            groups.add(String.format(Locale.ROOT, "%05d", group(digest)));
        }
        return groups.toString();
    }

    private static byte[] keys(PublicIdentity identity) {
        return ByteBuffer.allocate(2 * PublicIdentity.KEY_LENGTH)
                .put(identity.signing())
                .put(identity.agreement())
                .array();
    }

    private static long group(ByteBuffer digest) {
        long value = 0;
        for (int i = 0; i < BYTES_A_GROUP; i++) {
            value = value << 8 | digest.get() & 0xff;
        }
        return value % GROUP_LIMIT;
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-512", e);
        }
    }
}
