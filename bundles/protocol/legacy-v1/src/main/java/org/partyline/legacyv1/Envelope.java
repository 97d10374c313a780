package org.partyline.legacyv1;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.crypto.AeadId;

/**
 * The clear envelope of a version-1 message: exactly nonce, cipher and tag, each in base64.
 *
 * @param nonce 16 bytes
 * @param ciphertext without its tag
 * @param tag 16 bytes
 */
record Envelope(byte[] nonce, byte[] ciphertext, byte[] tag) {
    private static final String NONCE = "nonce";
    private static final String CIPHER = "cipher";
    private static final String TAG = "tag";
    private static final Set<String> FIELDS = Set.of(NONCE, CIPHER, TAG);

    static Optional<Envelope> parse(byte[] payload) {
        // Any other field, such as a version, means that another program wrote it.
        return FlatJson.parse(payload)
                .filter(fields -> fields.keySet().equals(FIELDS))
                .flatMap(Envelope::decode);
    }

    /** Ciphertext and tag in one array, as the cipher expects them. */
    byte[] sealed() {
        return ByteBuffer.allocate(ciphertext.length + tag.length)
                .put(ciphertext)
                .put(tag)
                .array();
    }

    private static Optional<Envelope> decode(Map<String, Object> fields) {
        Optional<byte[]> nonce = base64(fields.get(NONCE)).filter(b -> b.length == AeadId.AES_256_EAX.nonceLength());
        Optional<byte[]> ciphertext = base64(fields.get(CIPHER));
        Optional<byte[]> tag = base64(fields.get(TAG)).filter(b -> b.length == AeadId.TAG_LENGTH);
        if (nonce.isEmpty() || ciphertext.isEmpty() || tag.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Envelope(nonce.get(), ciphertext.get(), tag.get()));
    }

    private static Optional<byte[]> base64(@Nullable Object value) {
        if (!(value instanceof String text)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
