package org.partyline.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/** Those who open sessions to us: contacts, and strangers who have our card. */
final class Callers {
    private static final int MOST_STRANGERS = 64;
    /** Strangers who come in within an hour, for each persona and network. */
    static final int MOST_NEW_STRANGERS = 8;

    private final Core core;
    private final SessionVoice voice;

    Callers(Core core, SessionVoice voice) {
        this.core = core;
        this.voice = voice;
    }

    /** The contact with this key, if there is one. */
    static Optional<Correspondent> find(Memory memory, Letterbox letterbox, byte[] agreement) {
        return known(memory, letterbox)
                .filter(contact -> isOf(contact, agreement))
                .findFirst();
    }

    private static Stream<Correspondent> known(Memory memory, Letterbox letterbox) {
        return memory.contacts().stream()
                .filter(contact ->
                        contact.persona() == letterbox.persona() && contact.network() == letterbox.network());
    }

    private static boolean isOf(Correspondent contact, byte[] agreement) {
        return Arrays.equals(contact.entry.agreement(), agreement);
    }

    /** Who opened: a contact with this key, or a stranger, who becomes one; null when strangers are refused. */
    Correspondent identify(StoreTransaction tx, Memory memory, After after, Letterbox letterbox, byte[] agreement)
            throws StoreException {
        List<Correspondent> known = known(memory, letterbox).toList();
        for (Correspondent contact : known) {
            if (isOf(contact, agreement)) {
                return contact;
            }
        }
        core.audit("stranger-refused", "somebody who has a persona's card and is no contact opened a session");
        return null;
    }
}
