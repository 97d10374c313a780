package org.partyline.api.secrets;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;

/** A place that keeps a few secrets, so that a server can start unattended. A service, one for each place. */
@ConsumerType
public interface SecretStore {
    /** Service property that holds {@link #name()}. */
    String NAME_PROPERTY = "partyline.secrets.name";

    /** {@code file} or {@code keyring}. */
    String name();

    /** Whether it can be used now, and if not, why, in one line. */
    Availability availability();

    /**
     * Keeps a secret; replaces what was there under the key.
     *
     * @param key letters, digits, hyphens, dots
     * @param value at most 4,096 bytes; still the caller's to wipe
     */
    void put(String key, SecretBytes value) throws SecretStoreException;

    /** A secret, the caller's to wipe. */
    Optional<SecretBytes> get(String key) throws SecretStoreException;

    /** Forgets a secret; does nothing when there is none. */
    void delete(String key) throws SecretStoreException;

    /**
     * Whether a place can be used.
     *
     * @param usable now
     * @param reason why not, in one line; empty
     */
    record Availability(boolean usable, String reason) {}

    /** A place does not answer, is locked, or was tampered with. */
    final class SecretStoreException extends PartylineException {
        private static final long serialVersionUID = 1L;

        /** @param message one line: what is wrong, what to do; nothing secret */
        public SecretStoreException(String message) {
            super(message);
        }

        /**
         * @param message one line: what is wrong, what to do; nothing secret
         * @param cause what led to it, for the log; nothing secret
         */
        public SecretStoreException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
