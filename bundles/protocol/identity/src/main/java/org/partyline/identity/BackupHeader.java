package org.partyline.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.identity.BackupFile.DamagedBackupException;

/**
 * The authenticated clear text before the sealed part of a backup. Big-endian:
 *
 * <pre>
 *   0  magic "PLBACKUP"
 *   8  version, 1
 *   9  Argon2id: passes, uint8
 *  10  Argon2id: memory in KiB, uint32
 *  14  Argon2id: lanes, uint8
 *  15  salt, 32 random bytes
 *  47  nonce, 24 random bytes
 *  71  length of the sealed part, uint32, its 16-byte tag included
 *  75  the sealed part: XChaCha20-Poly1305 of the padded content ({@link Padme}), with bytes 0 to 74 as associated data
 * </pre>
 *
 * @param parameters the cost of the derivation, within {@link KdfLimits}
 * @param salt of the derivation
 * @param nonce of the cipher
 * @param sealedLength the number of bytes that follow
 */
record BackupHeader(KdfParameters parameters, byte[] salt, byte[] nonce, int sealedLength) {
    /** Length of the header in bytes. */
    static final int LENGTH = 75;
    /** Length of a salt in bytes. */
    static final int SALT_LENGTH = 32;
    /** Longest content in bytes: 64 MiB. */
    static final int MAX_CONTENT = 64 << 20;

    private static final byte[] MAGIC = "PLBACKUP".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;

    byte[] encode() {
        return ByteBuffer.allocate(LENGTH)
                .put(MAGIC)
                .put((byte) VERSION)
                .put((byte) parameters.timeCost())
                .putInt(parameters.memory())
                .put((byte) parameters.parallelism())
                .put(salt)
                .put(nonce)
                .putInt(sealedLength)
                .array();
    }

    /**
     * Parses the header, and checks everything that can be checked without a derivation.
     *
     * @param file the whole file
     * @throws DamagedBackupException if it is not a complete backup of this version without additional bytes
     */
    static BackupHeader of(byte[] file) throws DamagedBackupException {
        int compared = Math.min(file.length, MAGIC.length);
        if (compared == 0 || !Arrays.equals(file, 0, compared, MAGIC, 0, compared)) {
            throw new DamagedBackupException(
                    "this is not a backup of Mempool Partyline: give the file that backup-export wrote");
        }
        // Checked before the length: the header of another version may be shorter.
        if (file.length > MAGIC.length && file[MAGIC.length] != VERSION) {
            throw new DamagedBackupException("the backup has version " + (file[MAGIC.length] & 0xff)
                    + ", but this program reads version " + VERSION + ": use the program that made it, or a newer one");
        }
        if (file.length < LENGTH) {
            throw cutShort(file.length, "its header alone has " + LENGTH);
        }
        ByteBuffer in = ByteBuffer.wrap(file).position(MAGIC.length + 1);
        KdfParameters parameters = parameters(in.get() & 0xff, in.getInt() & 0xffffffffL, in.get() & 0xff);
        byte[] salt = new byte[SALT_LENGTH];
        byte[] nonce = new byte[AeadId.XCHACHA20_POLY1305.nonceLength()];
        in.get(salt).get(nonce);
        long sealed = in.getInt() & 0xffffffffL;
        checkLength(file.length, sealed);
        return new BackupHeader(parameters, salt, nonce, (int) sealed);
    }

    private static void checkLength(int file, long sealed) throws DamagedBackupException {
        long padded = sealed - AeadId.TAG_LENGTH;
        if (padded > Padme.paddedLength(MAX_CONTENT) || !Padme.isPaddedLength(padded)) {
            throw new DamagedBackupException("the backup is damaged: its size would be " + sealed
                    + " bytes, which no backup has; use another copy");
        }
        if (file < LENGTH + sealed) {
            throw cutShort(file, "all of it has " + (LENGTH + sealed));
        }
        if (file > LENGTH + sealed) {
            throw new DamagedBackupException("the backup is damaged: it has " + (file - LENGTH - sealed)
                    + " extra bytes at its end; use another copy");
        }
    }

    private static DamagedBackupException cutShort(int has, String should) {
        return new DamagedBackupException(
                "the backup is cut short: it has " + has + " bytes, and " + should + "; use another copy");
    }

    /** A stranger's file must neither decide how much memory this process uses, nor make guesses cheap. */
    private static KdfParameters parameters(int passes, long memory, int lanes) throws DamagedBackupException {
        try {
            return KdfLimits.parameters(KdfId.ARGON2ID, passes, memory, lanes);
        } catch (KdfLimitsException e) {
            throw new DamagedBackupException(
                    "the backup is damaged or hostile: " + e.getMessage() + "; use another copy");
        }
    }
}
