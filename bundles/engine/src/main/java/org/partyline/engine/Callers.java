package org.partyline.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.partyline.api.engine.Contacts.Trust;
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
        if (!core.settings.get().allowStrangers()) {
            core.audit("stranger-refused", "somebody who is no contact opened a session: allow-strangers is false");
            return null;
        }
        if (known.stream().filter(contact -> contact.entry.isStranger()).count() >= MOST_STRANGERS) {
            core.audit(
                    "stranger-refused",
                    "there are " + MOST_STRANGERS + " strangers already: remove some (partyline:contact-remove)");
            return null;
        }
        long hourAgo = core.now().minus(Duration.ofHours(1)).toEpochMilli();
        if (known.stream()
                        .filter(contact -> contact.entry.isStranger() && contact.entry.added() > hourAgo)
                        .count()
                >= MOST_NEW_STRANGERS) {
            core.audit(
                    "stranger-refused", MOST_NEW_STRANGERS + " strangers came within the last hour: no more for now");
            return null;
        }
        Records.Contact entry = new Records.Contact(
                (int) Core.next(tx, "membership"),
                letterbox.persona(),
                strangerName(known, agreement),
                letterbox.network().code(),
                null,
                agreement,
                null,
                Trust.UNVERIFIED.name(),
                core.now().toEpochMilli(),
                true,
                0);
        ContactEntries.put(tx, entry);
        Correspondent stranger = new Correspondent(entry);
        after.then(() -> memory.add(stranger));
        voice.notice(
                tx, memory, after, stranger, "somebody who has your card opened a session; who it is, is not verified");
        core.audit("stranger-accepted", "somebody who is no contact opened a session");
        return stranger;
    }

    private static String strangerName(List<Correspondent> known, byte[] agreement) {
        String digits = HexFormat.of().formatHex(agreement);
        for (int length = 4; ; length++) {
            String name = "stranger-" + digits.substring(0, length);
            if (length == 20
                    || known.stream().noneMatch(contact -> contact.name().equals(name))) {
                return name;
            }
        }
    }
}
