package org.partyline.api.secrets;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * Sets how the store is opened when the server starts: by an operator, or with a stored key. A service. The store key
 * is in one place at most; anyone with access to that place and the files can read everything.
 */
@ProviderType
public interface Unattended {
    /** The name of the store key in a {@link SecretStore}. */
    String STORE_KEY = "store-key";

    /** The source of the key or passphrase that opens the store. */
    enum Source {
        /** The operator enters it with {@code partyline:unlock}. */
        ASK,
        /** The store key from the {@link SecretStore} {@code keyring}. */
        KEYRING,
        /** The store key from the {@link SecretStore} {@code file}. */
        FILE,
        /** The store's passphrase from the service manager: {@code $CREDENTIALS_DIRECTORY/partyline.passphrase}. */
        CREDENTIAL;

        /** The word in settings and commands, in lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @param word as {@link #word()}; empty if there is no such source */
        public static Optional<Source> ofWord(String word) {
            return Arrays.stream(values())
                    .filter(source -> source.word().equals(word))
                    .findFirst();
        }
    }

    /** The configured source, and the state of each place. May ask the keyring, which can take a few seconds. */
    Status status();

    /**
     * Makes the server open its store from a place, from the next start on: stores the store key there, reads it back,
     * changes the setting, then deletes the store key everywhere else. If it is interrupted, either the old place or
     * the new one works, and calling it again completes it. For {@link Source#CREDENTIAL} nothing is stored; it checks
     * that the credential exists and opens the store.
     *
     * @param place not {@link Source#ASK}
     * @param passphrase the store's; the caller wipes it
     * @throws PartylineException one line: the passphrase is wrong, the place cannot be used, or an old place still has
     *     a key that could not be deleted
     */
    void moveTo(Source place, char[] passphrase) throws PartylineException;

    /**
     * Makes the server ask for the passphrase again, and deletes the store key everywhere.
     *
     * @param passphrase the store's; the caller wipes it
     * @throws PartylineException one line: the passphrase is wrong, or a place still has a key that could not be
     *     deleted
     */
    void ask(char[] passphrase) throws PartylineException;

    /**
     * How the store is opened, and the result at this start.
     *
     * @param source the configured source
     * @param places {@link Source#KEYRING}, {@link Source#FILE} and {@link Source#CREDENTIAL}, in this order
     * @param lastStart the result at this start, in one line; empty if nothing was tried
     */
    record Status(Source source, List<Place> places, String lastStart) {}

    /**
     * The state of one place.
     *
     * @param source its source
     * @param usable whether it can be used now
     * @param holdsKey whether it contains a key or passphrase for the store; false if that cannot be determined
     * @param reason why it cannot be used, in one line; empty
     */
    record Place(Source source, boolean usable, boolean holdsKey, String reason) {}
}
