package org.partyline.shell.command;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Remembers the latest messages to recognise copies of them. It outlives the locking of the store and the burning of a
 * message, so it stores no text: only a hash of each (HMAC-SHA256) with a random key of its own. Not thread-safe.
 */
public final class Fingerprints {
    private static final int REMEMBERED = 200;
    private static final String HMAC = "HmacSHA256";

    private final Mac mac;
    private final Set<ByteBuffer> known = new LinkedHashSet<>();

    public Fingerprints() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        try {
            mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + HMAC, e);
        }
    }

    /** Remembers the combination of these parts. @return whether it was new */
    public boolean add(String... parts) {
        boolean fresh = known.add(of(parts));
        if (known.size() > REMEMBERED) {
            known.remove(known.iterator().next());
        }
        return fresh;
    }

    /** Returns whether it is among the last that were remembered. */
    public boolean contains(String... parts) {
        return known.contains(of(parts));
    }

    /** Returns the stored hashes; for tests. */
    Set<ByteBuffer> kept() {
        return Set.copyOf(known);
    }

    /** Returns the hash of these parts, for memory that must not contain their text. Read-only. */
    public ByteBuffer of(String... parts) {
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            mac.update(bytes);
        }
        return ByteBuffer.wrap(mac.doFinal()).asReadOnlyBuffer();
    }
}
