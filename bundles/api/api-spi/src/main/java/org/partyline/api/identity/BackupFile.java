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
     * @param content what to keep, at most 64 MiB; still the caller's to wipe
     * @param passphrase at least 8 characters; still the caller's to wipe
     * @return the whole file
     * @throws DamagedBackupException when the passphrase is too short, the content is too long, or the derivation or the
     *     cipher is not there now; says which
     */
    byte[] seal(SecretBytes content, char[] passphrase) throws DamagedBackupException;

    /**
     * Opens a backup.
     *
     * @param file the whole file
     * @param passphrase still the caller's to wipe
     * @return the caller's to wipe
     * @throws DamagedBackupException when it is not a backup, is cut short or changed, is of an unknown version, asks for
     *     an absurd amount of memory, or the passphrase is not the one (a change behind the header looks the same); or
     *     when the derivation or the cipher is not there now; one line
     */
    SecretBytes open(byte[] file, char[] passphrase) throws DamagedBackupException;

    /** A backup that cannot be created or read. */
    final class DamagedBackupException extends PartylineException {
        private static final long serialVersionUID = 1L;

        /** @param message one line: what is wrong, what to do */
        public DamagedBackupException(String message) {
            super(message);
        }
    }
}
