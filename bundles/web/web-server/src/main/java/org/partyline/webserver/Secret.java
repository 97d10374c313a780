package org.partyline.webserver;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/** Generates and compares secrets of callers, 43 characters of text each; the server keeps only hashes. */
final class Secret {
    /** The form of a secret. */
    static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
    /** The length of a secret and of its hash in bytes. */
    static final int BYTES = 32;

    private Secret() {}

    static String make(SecureRandom random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** SHA-256: 32 random bytes need no slow hash. */
    static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
