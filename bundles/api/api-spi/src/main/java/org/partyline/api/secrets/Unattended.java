package org.partyline.api.secrets;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * Sets how the store is opened when the server starts: by an operator, or with a stored key. A service. The store key
 * rests in one place at the most; anyone with that place and the files can read everything.
 */
@ProviderType
public interface Unattended {
    /** Under which key of a {@link SecretStore} the store key rests. */
    String STORE_KEY = "store-key";

    /** The source of the key or passphrase that opens the store. */
    enum Source {
        /** From the operator, by {@code partyline:unlock}. */
        ASK,
        /** The store key from the {@link SecretStore} {@code keyring}. */
        KEYRING,
        /** The store key from the {@link SecretStore} {@code file}. */
        FILE,
        /** The store's passphrase from the service manager: {@code $CREDENTIALS_DIRECTORY/partyline.passphrase}. */
        CREDENTIAL;

        /** How it is written in settings and commands: in small letters. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @param word as {@link #word()}; empty when there is no such source */
        public static Optional<Source> ofWord(String word) {
            return Arrays.stream(values())
                    .filter(source -> source.word().equals(word))
                    .findFirst();
        }
    }

    /** What is set, and how each place fares. May ask the keyring, which can take a few seconds. */
    Status status();

    /**
     * Makes the server open its store from a place, from the next start on: puts the store key there, reads it back,
     * switches the setting, then deletes the store key everywhere else. Stopped in between, the old place or the new one
     * works, and doing it again finishes it. For {@link Source#CREDENTIAL} nothing is put anywhere; it is checked that the
     * credential is there and opens the store.
     *
     * @param place not {@link Source#ASK}
     * @param passphrase the store's; still the caller's to wipe
     * @throws PartylineException one line: the passphrase is wrong, the place cannot be used, or an old place still has a
     *     key that could not be deleted
     */
    void moveTo(Source place, char[] passphrase) throws PartylineException;

    /**
     * Makes the server ask again, and deletes the store key everywhere.
     *
     * @param passphrase the store's; still the caller's to wipe
     * @throws PartylineException one line: the passphrase is wrong, or a place still has a key that could not be deleted
     */
    void ask(char[] passphrase) throws PartylineException;

    /**
     * How the store is opened, and the result at this start.
     *
     * @param source what is set
     * @param places {@link Source#KEYRING}, {@link Source#FILE} and {@link Source#CREDENTIAL}, in this order
     * @param lastStart what came of it at this start, in one line; empty when nothing was tried
     */
    record Status(Source source, List<Place> places, String lastStart) {}

    /**
     * The state of one place.
     *
     * @param source which
     * @param usable now
     * @param holdsKey whether something that should open the store rests there; false where that cannot be seen
     * @param reason why it cannot be used, in one line; empty
     */
    record Place(Source source, boolean usable, boolean holdsKey, String reason) {}
}
