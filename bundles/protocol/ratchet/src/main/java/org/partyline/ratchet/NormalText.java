package org.partyline.ratchet;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;

/** Converts names and passphrases to bytes: Unicode normalisation form C, then UTF-8 (PROTOCOL 3). */
final class NormalText {
    /** Every character below this is its own normal form, alone and in any sequence (UAX 15, NFC quick check). */
    private static final char FIRST_THAT_COMPOSES = '\u0300';

    private NormalText() {}

    /** The normal form of a name. */
    static String normal(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /** The normal form of a name in UTF-8. */
    static byte[] utf8(String name) {
        return encode(CharBuffer.wrap(normal(name)), "a name");
    }

    /**
     * The normal form of a passphrase in UTF-8.
     *
     * <p>The platform's normaliser creates a {@code String}, which cannot be wiped. It is not called for a passphrase
     * that is normal already, as most are.
     *
     * @return the caller wipes it
     */
    static byte[] utf8(char[] passphrase) {
        if (isNormal(passphrase)) {
            return encode(CharBuffer.wrap(passphrase), "a passphrase");
        }
        char[] normal = Normalizer.normalize(CharBuffer.wrap(passphrase), Normalizer.Form.NFC)
                .toCharArray();
        try {
            return encode(CharBuffer.wrap(normal), "a passphrase");
        } finally {
            Arrays.fill(normal, '\0');
        }
    }

    /**
     * @throws CharacterCodingException if the bytes are not UTF-8
     */
    static String decode(byte[] bytes) throws CharacterCodingException {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return decoder.decode(ByteBuffer.wrap(bytes)).toString();
    }

    private static boolean isNormal(char[] text) {
        for (char c : text) {
            if (c >= FIRST_THAT_COMPOSES) {
                return false;
            }
        }
        return true;
    }

    private static byte[] encode(CharBuffer text, String what) {
        CharsetEncoder encoder = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        // Three bytes for each char always suffice, so the encoder needs no second buffer that would not be wiped.
        ByteBuffer bytes = ByteBuffer.allocate(3 * text.remaining());
        try {
            if (encoder.encode(text, bytes, true).isError()
                    || encoder.flush(bytes).isError()) {
                throw new IllegalArgumentException(what + " must be Unicode text: it has half of a surrogate pair");
            }
            return Arrays.copyOf(bytes.array(), bytes.position());
        } finally {
            Arrays.fill(bytes.array(), (byte) 0);
        }
    }
}
