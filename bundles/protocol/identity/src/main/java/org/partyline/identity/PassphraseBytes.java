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
    /** The fewest characters of a new passphrase. */
    static final int LEAST = 8;

    private PassphraseBytes() {}

    /** @throws DamagedBackupException when the passphrase is too short for a new one */
    static void checkNew(char[] passphrase) throws DamagedBackupException {
        int characters = Character.codePointCount(passphrase, 0, passphrase.length);
        if (characters < LEAST) {
            throw new DamagedBackupException(
                    "the backup's passphrase has " + characters + " characters: use " + LEAST + " or more");
        }
    }

    /**
     * @return the caller's to wipe
     * @throws DamagedBackupException when it is not Unicode text
     */
    static byte[] encode(char[] passphrase) throws DamagedBackupException {
        CharBuffer chars = CharBuffer.wrap(passphrase);
        // Normalizing makes a String, which nobody can wipe: only what is not normal already goes through it.
        CharBuffer normal = Normalizer.isNormalized(chars, Normalizer.Form.NFC)
                ? chars
                : CharBuffer.wrap(Normalizer.normalize(chars, Normalizer.Form.NFC));
        CharsetEncoder encoder = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        // Three bytes a char are always enough, so the encoder makes no second buffer that would stay behind.
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
