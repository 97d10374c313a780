package org.partyline.api.identity;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;

/**
 * Seals and opens backup files: XChaCha20-Poly1305 under a key that Argon2id derives from a passphrase; magic, version
 * and parameters are authenticated. A service; stateless and thread-safe.
 */
@ProviderType
public interface BackupFile {
    /**
     * Seals a backup under a random 32-byte salt.
     *
     * @param content at most 64 MiB; the caller wipes it
     * @param passphrase at least 8 characters; the caller wipes it
     * @return the whole file
     * @throws DamagedBackupException if the passphrase is too short, the content is too long, or the key derivation or
     *     the cipher is not available; says which
     */
    byte[] seal(SecretBytes content, char[] passphrase) throws DamagedBackupException;

    /**
     * Opens a backup.
     *
     * @param file the whole file
     * @param passphrase the caller wipes it
     * @return the caller wipes it
     * @throws DamagedBackupException if it is not a backup, is truncated or modified, has an unknown version, requires
     *     an absurd amount of memory, or the passphrase is wrong (a modification after the header looks the same); or
     *     if the key derivation or the cipher is not available; one line
     */
    SecretBytes open(byte[] file, char[] passphrase) throws DamagedBackupException;

    /** A backup that cannot be created or read. */
    final class DamagedBackupException extends PartylineException {
        private static final long serialVersionUID = 1L;

        /** @param message one line: what is wrong, and what to do */
        public DamagedBackupException(String message) {
            super(message);
        }
    }
}
