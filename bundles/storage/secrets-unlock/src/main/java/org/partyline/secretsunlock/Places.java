package org.partyline.secretsunlock;

import java.util.List;
import java.util.Optional;
import org.partyline.api.SecretBytes;
import org.partyline.api.secrets.SecretStore;
import org.partyline.api.secrets.SecretStore.SecretStoreException;
import org.partyline.api.secrets.Unattended;
import org.partyline.api.secrets.Unattended.Place;
import org.partyline.api.secrets.Unattended.Source;

/**
 * Finds the places that can store the store key.
 *
 * @param stores the running ones
 */
record Places(List<SecretStore> stores) {
    /** The places that can store a store key. */
    static final List<Source> KEY_PLACES = List.of(Source.KEYRING, Source.FILE);

    private Optional<SecretStore> running(Source place) {
        return stores.stream()
                .filter(store -> store.name().equals(place.word()))
                .findFirst();
    }

    /** @throws SecretStoreException if it is not running */
    private SecretStore store(Source place) throws SecretStoreException {
        return running(place)
                .orElseThrow(() -> new SecretStoreException(
                        "the " + place.word() + " is not running: start the bundle secrets-" + place.word()));
    }

    /** The store key; the caller wipes it. */
    SecretBytes storeKey(Source place) throws SecretStoreException {
        return store(place)
                .get(Unattended.STORE_KEY)
                .orElseThrow(() -> new SecretStoreException("no store key is stored in the " + place.word()
                        + ": put it there with partyline:secrets-move"));
    }

    /** Stores the store key in a place and reads it back. */
    void put(Source place, SecretBytes storeKey) throws SecretStoreException {
        SecretStore store = store(place);
        SecretStore.Availability availability = store.availability();
        if (!availability.usable()) {
            throw new SecretStoreException(availability.reason());
        }
        store.put(Unattended.STORE_KEY, storeKey);
        try (SecretBytes back = store.get(Unattended.STORE_KEY).orElse(SecretBytes.wrap(new byte[0]))) {
            if (!back.equals(storeKey)) {
                throw new SecretStoreException("the " + place.word()
                        + " does not return the stored key: nothing was changed; check it, or use another place");
            }
        }
    }

    /** Deletes the store key there. Does nothing if the place is not running. */
    void forget(Source place) throws SecretStoreException {
        Optional<SecretStore> store = running(place);
        if (store.isPresent()) {
            store.get().delete(Unattended.STORE_KEY);
        }
    }

    /** Whether it can be used now. */
    boolean usable(Source place) {
        return running(place).map(store -> store.availability().usable()).orElse(false);
    }

    /** The state of a place. */
    Place look(Source place) {
        try {
            SecretStore store = store(place);
            SecretStore.Availability availability = store.availability();
            if (!availability.usable()) {
                return new Place(place, false, false, availability.reason());
            }
            Optional<SecretBytes> held = store.get(Unattended.STORE_KEY);
            held.ifPresent(SecretBytes::close);
            return new Place(place, true, held.isPresent(), "");
        } catch (SecretStoreException e) {
            return new Place(place, false, false, e.getMessage());
        }
    }
}
