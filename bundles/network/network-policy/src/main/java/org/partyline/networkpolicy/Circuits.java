package org.partyline.networkpolicy;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.partyline.api.transport.ProxyChoice;
import org.partyline.api.transport.SocksProxy;

/** Generates a user and password for each circuit: random, constant for a circuit, different after each start. */
final class Circuits {
    private static final int BYTES = 16;
    private final SecretKeySpec key;

    Circuits(SecureRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /** @param proxy of kind {@link ProxyChoice.Kind#OWN} */
    SocksProxy at(ProxyChoice proxy, String circuit) {
        return new SocksProxy(proxy.host(), proxy.port(), word("user", circuit), word("password", circuit));
    }

    private String word(String what, String circuit) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            byte[] hash = mac.doFinal((what + "/" + circuit).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
        }
    }
}
