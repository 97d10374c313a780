package org.partyline.api.secrets;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;

/** A place that stores a few secrets, so that a server can start unattended. A service, one for each place. */
@ConsumerType
public interface SecretStore {
    /** Service property that holds {@link #name()}. */
    String NAME_PROPERTY = "partyline.secrets.name";

    /** {@code file} or {@code keyring}. */
    String name();

    /** Whether it can be used now; if not, why, in one line. */
    Availability availability();

    /**
     * Stores a secret; replaces the previous one under the key.
     *
     * @param key letters, digits, hyphens, dots
     * @param value at most 4,096 bytes; the caller wipes it
     */
    void put(String key, SecretBytes value) throws SecretStoreException;

    /** A secret; the caller wipes it. */
    Optional<SecretBytes> get(String key) throws SecretStoreException;

    /** Deletes a secret; does nothing if there is none. */
    void delete(String key) throws SecretStoreException;

    /**
     * Whether a place can be used.
     *
     * @param usable whether it can be used now
     * @param reason why not, in one line; empty
     */
    record Availability(boolean usable, String reason) {}

    /** A place does not answer, is locked, or was tampered with. */
    final class SecretStoreException extends PartylineException {
        private static final long serialVersionUID = 1L;

        /** @param message one line: what is wrong, and what to do; nothing secret */
        public SecretStoreException(String message) {
            super(message);
        }

        /**
         * @param message one line: what is wrong, and what to do; nothing secret
         * @param cause the cause, for the log; nothing secret
         */
        public SecretStoreException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
