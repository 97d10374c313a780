package org.partyline.storejdbc;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import org.partyline.api.store.StoreException;

/** Normalises passphrases for the key derivation: NFC, UTF-8. */
final class PassphraseEncoding {
    /** The minimum length of a new passphrase, in characters. */
    static final int LEAST = 8;

    private PassphraseEncoding() {}

    /** @throws StoreException if a new passphrase is too short */
    static void checkNew(char[] passphrase) throws StoreException {
        int characters = Character.codePointCount(passphrase, 0, passphrase.length);
        if (characters < LEAST) {
            throw new StoreException("the passphrase has " + characters + " characters: use " + LEAST + " or more");
        }
    }

    /** @return the caller wipes it */
    static byte[] encode(char[] passphrase) {
        CharBuffer chars = CharBuffer.wrap(passphrase);
        // Normalisation creates a String, which cannot be wiped: skip it for text that is normal already.
        ByteBuffer encoded = Normalizer.isNormalized(chars, Normalizer.Form.NFC)
                ? StandardCharsets.UTF_8.encode(chars)
                : StandardCharsets.UTF_8.encode(Normalizer.normalize(chars, Normalizer.Form.NFC));
        byte[] exact = Arrays.copyOf(encoded.array(), encoded.limit());
        Arrays.fill(encoded.array(), (byte) 0);
        return exact;
    }
}
