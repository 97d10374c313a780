package org.partyline.messaging.recognition;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.ratchet.LocatorTable;

/**
 * Predicts the locators of our next packets on sessions: a packet that has one and was not sent here reveals that
 * someone else uses our keys (PROTOCOL 5, "State that may be old"). Guarded by the state lock.
 */
public final class OwnLocators implements AutoCloseable {
    /** Null while the store is locked. */
    private @Nullable LocatorTable table;

    private final Map<Integer, List<Long>> byContact = new HashMap<>();
    private final Set<Integer> doubtful = new LinkedHashSet<>();

    /** Accepts locators from now on, until everything is wiped. */
    public void begin(LocatorTable locators) {
        table = locators;
    }

    /** Records that a session is from files that may be an old copy. */
    public void doubt(int contact) {
        doubtful.add(contact);
    }

    /** Records that nobody else has used a session's keys. */
    public void trust(int contact) {
        doubtful.remove(contact);
    }

    public boolean isDoubtful(int contact) {
        return doubtful.contains(contact);
    }

    /** Sets the locators of our next packets to a contact; the previous ones are forgotten. */
    public void expect(int contact, List<Long> hints) {
        if (table == null) {
            return;
        }
        List<Long> before = byContact.remove(contact);
        if (before != null) {
            before.forEach(hint -> table.remove(hint, contact, 0));
        }
        if (!hints.isEmpty()) {
            byContact.put(contact, hints);
            hints.forEach(hint -> table.add(hint, contact, 0));
        }
    }

    /** Called when the contact was removed. */
    public void forget(int contact) {
        expect(contact, List.of());
        trust(contact);
    }

    /** The contact that a packet of ours with this locator would be for; -1 if none. */
    public int owner(long hint) {
        int[] contact = {-1};
        if (table != null) {
            table.find(hint, (owner, position) -> contact[0] = owner);
        }
        return contact[0];
    }

    @Override
    public void close() {
        byContact.clear();
        doubtful.clear();
        LocatorTable expected = table;
        table = null;
        if (expected != null) {
            expected.clear();
        }
    }
}
