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
    /** Below it every character is its own normal form, alone and in any company (UAX 15, NFC quick check). */
    private static final char FIRST_THAT_COMPOSES = '\u0300';

    private NormalText() {}

    /** The name's normal form. */
    static String normal(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /** The name's normal form in UTF-8. */
    static byte[] utf8(String name) {
        return encode(CharBuffer.wrap(normal(name)), "a name");
    }

    /**
     * The passphrase's normal form in UTF-8.
     *
     * <p>The platform normalises by way of a {@code String}, which nobody can wipe. A passphrase that needs no
     * normalisation, which is most of them, does not take that way.
     *
     * @return the caller's to wipe
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
     * @throws CharacterCodingException when the bytes are not UTF-8
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
        // Three bytes a char are always enough, so the encoder makes no second buffer that would stay behind.
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
