package org.partyline.hooks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs requests to a web hook as defined by Standard Webhooks: version 1, HMAC-SHA256. */
final class Signature {
    private static final String PREFIX = "whsec_";
    private static final int BYTES = 32;

    private Signature() {}

    /** A new secret, in the receiver's format. */
    static String secret(SecureRandom random) {
        byte[] secret = new byte[BYTES];
        try {
            random.nextBytes(secret);
            return PREFIX + Base64.getEncoder().encodeToString(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** The header webhook-signature. @param timestamp in seconds since 1970 */
    static String of(String secret, String id, long timestamp, byte[] body) {
        byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.US_ASCII));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
