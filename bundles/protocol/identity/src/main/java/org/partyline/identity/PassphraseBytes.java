package org.partyline.identity;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import org.partyline.api.identity.BackupFile.DamagedBackupException;

/** Normalises a backup's passphrase for the key derivation: NFC, UTF-8. */
final class PassphraseBytes {
    /** The minimum length of a new passphrase, in characters. */
    static final int LEAST = 8;

    private PassphraseBytes() {}

    /** @throws DamagedBackupException if a new passphrase is too short */
    static void checkNew(char[] passphrase) throws DamagedBackupException {
        int characters = Character.codePointCount(passphrase, 0, passphrase.length);
        if (characters < LEAST) {
            throw new DamagedBackupException(
                    "the backup's passphrase has " + characters + " characters: use " + LEAST + " or more");
        }
    }

    /**
     * @return the caller wipes it
     * @throws DamagedBackupException if it is not Unicode text
     */
    static byte[] encode(char[] passphrase) throws DamagedBackupException {
        CharBuffer chars = CharBuffer.wrap(passphrase);
        // Normalisation creates a String, which cannot be wiped: skip it for text that is normal already.
        CharBuffer normal = Normalizer.isNormalized(chars, Normalizer.Form.NFC)
                ? chars
                : CharBuffer.wrap(Normalizer.normalize(chars, Normalizer.Form.NFC));
        CharsetEncoder encoder = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        // Three bytes for each char always suffice, so the encoder needs no second buffer that would not be wiped.
        ByteBuffer bytes = ByteBuffer.allocate(3 * normal.remaining());
        try {
            if (encoder.encode(normal, bytes, true).isError()
                    || encoder.flush(bytes).isError()) {
                throw new DamagedBackupException(
                        "the backup's passphrase must be Unicode text: it has half of a surrogate pair");
            }
            return Arrays.copyOf(bytes.array(), bytes.position());
        } finally {
            Arrays.fill(bytes.array(), (byte) 0);
        }
    }
}
