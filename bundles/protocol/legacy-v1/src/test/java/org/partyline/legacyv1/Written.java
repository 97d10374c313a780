package org.partyline.legacyv1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.partyline.api.SecretBytes;

/** Writes payloads as the version-1 program did, well-formed or not. */
final class Written {
    static final SecretBytes KEY = SecretBytes.wrap(new byte[32]);

    private Written() {}

    /** A payload whose content is this JSON text. */
    static byte[] message(String json) {
        return message(json.getBytes(StandardCharsets.UTF_8));
    }

    /** A payload whose plaintext are these bytes. */
    static byte[] message(byte[] plaintext) {
        byte[] nonce = new byte[16];
        byte[] sealed = new BouncyEax().seal(KEY.expose(), nonce, new byte[0], plaintext);
        int tagAt = sealed.length - 16;
        return envelope(nonce, Arrays.copyOf(sealed, tagAt), Arrays.copyOfRange(sealed, tagAt, sealed.length))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The envelope's text. */
    static String envelope(byte[] nonce, byte[] ciphertext, byte[] tag) {
        Base64.Encoder base64 = Base64.getEncoder();
        return "{\"nonce\": \"" + base64.encodeToString(nonce) + "\", \"cipher\": \""
                + base64.encodeToString(ciphertext) + "\", \"tag\": \"" + base64.encodeToString(tag) + "\"}";
    }
}
