package org.partyline.shell.notice;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.partyline.api.engine.Messages.Message;

/**
 * Knows the last messages, of which each persona in a channel has a copy of its own. It outlives the lock of the store, so it keeps no word
 * of them: a hash of each, under a key that nobody else has. Not thread-safe.
 */
final class Copies {
    private static final int REMEMBERED = 200;
    private static final String HMAC = "HmacSHA256";

    private final Mac mac;
    private final Set<ByteBuffer> known = new LinkedHashSet<>();

    Copies() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        try {
            mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + HMAC, e);
        }
    }

    /** Whether it is the first copy. */
    boolean isFirst(Message message) {
        if (message.direct()) {
            return true;
        }
        boolean first = known.add(hash(message));
        if (known.size() > REMEMBERED) {
            known.remove(known.iterator().next());
        }
        return first;
    }

    private ByteBuffer hash(Message message) {
        for (String part : List.of(
                message.channel(),
                message.sender(),
                message.sent().toString(),
                message.sequence().toString(),
                message.text().orElse(""))) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            mac.update(bytes);
        }
        return ByteBuffer.wrap(mac.doFinal());
    }
}
