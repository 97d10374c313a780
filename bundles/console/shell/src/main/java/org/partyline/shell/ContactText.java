package org.partyline.shell;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Sessions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How contacts read on the console: whoever is not verified is marked wherever the name stands. */
final class ContactText {
    private static final Logger LOG = LoggerFactory.getLogger(ContactText.class);

    private final Map<Key, Trust> trusts = new HashMap<>();

    private ContactText() {}

    /** As the contacts are now; without a mark where they cannot be asked for. */
    static ContactText of(Engine engine) {
        ContactText text = new ContactText();
        try {
            engine.contacts()
                    .listAll()
                    .forEach(contact -> text.trusts.put(new Key(contact.persona(), contact.name()), contact.trust()));
        } catch (CommandError | PartylineException e) {
            LOG.debug("Contacts are shown without their marks", Wordless.of(e));
        }
        return text;
    }

    /** {@code bob}, {@code bob (unverified)}, {@code bob (verify again)}. */
    String marked(String persona, String contact) {
        Trust trust = trusts.get(new Key(persona, contact));
        return trust == null ? Sanitizer.line(contact) : marked(contact, trust);
    }

    static String marked(Contact contact) {
        return marked(contact.name(), contact.trust());
    }

    private static String marked(String name, Trust trust) {
        return Sanitizer.line(name) + (trust == Trust.VERIFIED ? "" : " (" + trust(trust) + ")");
    }

    static String trust(Trust trust) {
        return switch (trust) {
            case VERIFIED -> "verified";
            case UNVERIFIED -> "unverified";
            case ROTATED -> "verify again";
        };
    }

    /** What to say of cards that show one key; empty where none do. */
    static String sharing(Contact contact) {
        return contact.sharing().isEmpty()
                ? ""
                : Sanitizer.line(contact.name()) + "'s card shows the same X25519 key as "
                        + String.join(
                                ", ",
                                contact.sharing().stream().map(Sanitizer::line).toList())
                        + ": only one of them can have it. The first message tells whose it is; compare safety numbers, "
                        + "and remove who shows another's (partyline:contact-remove).";
    }

    /** With its colour. */
    static Table.Cell cell(Contact contact) {
        Style style = switch (contact.trust()) {
            case VERIFIED -> Style.GOOD;
            case UNVERIFIED -> Style.WARN;
            case ROTATED -> Style.BAD;
        };
        return new Table.Cell(trust(contact.trust()) + (contact.card() ? "" : ", no card"), style);
    }

    static Table.Cell session(Sessions.State state) {
        Style style = switch (state) {
            case OPEN -> Style.GOOD;
            case OPENING -> Style.WARN;
            case NONE, CLOSED -> Style.PLAIN;
        };
        return new Table.Cell(session(state, false), style);
    }

    static String session(Sessions.State state, boolean rekeying) {
        return state == Sessions.State.NONE
                ? "-"
                : state.name().toLowerCase(Locale.ROOT) + (rekeying ? ", rekeying" : "");
    }

    private record Key(String persona, String contact) {}
}
