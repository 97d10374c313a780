package org.partyline.storejdbc;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import org.partyline.api.store.StoreException;

/** Normalises passphrases for the key derivation: NFC, UTF-8. */
final class PassphraseEncoding {
    /** The fewest characters of a new passphrase. */
    static final int LEAST = 8;

    private PassphraseEncoding() {}

    /** @throws StoreException when the passphrase is too short for a new one */
    static void checkNew(char[] passphrase) throws StoreException {
        int characters = Character.codePointCount(passphrase, 0, passphrase.length);
        if (characters < LEAST) {
            throw new StoreException("the passphrase has " + characters + " characters: use " + LEAST + " or more");
        }
    }

    /** @return the caller's to wipe */
    static byte[] encode(char[] passphrase) {
        CharBuffer chars = CharBuffer.wrap(passphrase);
        // Normalizing makes a String, which nobody can wipe: only what is not normal already goes through it.
        ByteBuffer encoded = Normalizer.isNormalized(chars, Normalizer.Form.NFC)
                ? StandardCharsets.UTF_8.encode(chars)
                : StandardCharsets.UTF_8.encode(Normalizer.normalize(chars, Normalizer.Form.NFC));
        byte[] exact = Arrays.copyOf(encoded.array(), encoded.limit());
        Arrays.fill(encoded.array(), (byte) 0);
        return exact;
    }
}
