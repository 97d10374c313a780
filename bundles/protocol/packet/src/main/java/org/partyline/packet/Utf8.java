package org.partyline.packet;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Converts UTF-8 strictly: invalid input is an error. */
final class Utf8 {
    private Utf8() {}

    /** @throws CharacterCodingException if the bytes are not UTF-8 */
    static String decode(byte[] bytes, int offset, int length) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes, offset, length))
                .toString();
    }

    /** @throws IllegalArgumentException if there is an unpaired surrogate */
    static byte[] encode(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a nickname must be Unicode text", e);
        }
    }

    /** Whether the bytes are UTF-8. The decoded text is wiped, since it may be secret. */
    static boolean isValid(byte[] bytes) {
        CharBuffer text = CharBuffer.allocate(bytes.length);
        try {
            CharsetDecoder decoder = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
            return !decoder.decode(ByteBuffer.wrap(bytes), text, true).isError()
                    && !decoder.flush(text).isError();
        } finally {
            Arrays.fill(text.array(), '\0');
        }
    }
}
