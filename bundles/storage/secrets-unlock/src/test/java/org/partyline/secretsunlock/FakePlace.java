package org.partyline.secretsunlock;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.SecretBytes;
import org.partyline.api.secrets.SecretStore;

/** A place in memory that can be unavailable, lose secrets, or end the process. */
final class FakePlace implements SecretStore {
    /** The process ends here. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    final Map<String, byte[]> held = new HashMap<>();
    private final String name;
    /** The secrets that it returned, which the caller must wipe. */
    final List<SecretBytes> given = new ArrayList<>();

    boolean away;
    boolean forgetful;
    /** Runs before each operation. */
    Runnable before = () -> {};

    FakePlace(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Availability availability() {
        return away ? new Availability(false, "the " + name + " is stopped") : new Availability(true, "");
    }

    private void enter() throws SecretStoreException {
        before.run();
        if (away) {
            throw new SecretStoreException("the " + name + " is stopped");
        }
    }

    @Override
    public void put(String key, SecretBytes value) throws SecretStoreException {
        enter();
        if (!forgetful) {
            held.put(key, value.expose().clone());
        }
        before.run();
    }

    @Override
    public Optional<SecretBytes> get(String key) throws SecretStoreException {
        enter();
        Optional<SecretBytes> found = Optional.ofNullable(held.get(key)).map(SecretBytes::copyOf);
        found.ifPresent(given::add);
        return found;
    }

    @Override
    public void delete(String key) throws SecretStoreException {
        enter();
        held.remove(key);
        before.run();
    }
}
