package org.partyline.shell.contact;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Sessions;
import org.partyline.consoleline.Lookalikes;
import org.partyline.shell.command.Engine;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Formats contacts for the console: unverified ones are marked wherever their name is shown. */
public final class ContactText {
    private static final Logger LOG = LoggerFactory.getLogger(ContactText.class);

    private final Map<Key, Trust> trusts = new HashMap<>();
    /**
     * For each persona, names that someone may try to imitate: the most trusted first, then in the order in which they
     * became known.
     */
    private final Map<String, List<String>> names = new HashMap<>();

    private ContactText() {}

    /** Uses the present contacts; if they are unavailable, names have no marks. */
    public static ContactText of(Engine engine) {
        ContactText text = new ContactText();
        try {
            engine.contacts().listAll().stream()
                    .sorted(Comparator.comparing((Contact contact) -> contact.trust() != Trust.VERIFIED)
                            .thenComparing(Contact::added))
                    .forEach(text::add);
        } catch (CommandError | PartylineException | UnavailableException e) {
            LOG.debug(
                    "Similar names could not be searched for: contacts are shown without this warning ({})",
                    Faults.trace(e));
        }
        return text;
    }

    private void add(Contact contact) {
        trusts.put(new Key(contact.persona(), contact.name()), contact.trust());
        names.computeIfAbsent(contact.persona(), persona -> new ArrayList<>(List.of(persona)))
                .add(contact.name());
    }

    /**
     * Returns whether someone else's name looks like the persona's or that of a contact that became known before it.
     */
    public boolean isLookalike(String persona, String name) {
        return trusts.get(new Key(persona, name)) != Trust.VERIFIED
                && Lookalikes.isSuspect(name, names.getOrDefault(persona, List.of(persona)));
    }

    /** Returns a marked name: {@code bob}, {@code bob (unverified)}, {@code bob (verify again)}. */
    public String marked(String persona, String contact) {
        Trust trust = trusts.get(new Key(persona, contact));
        return trust == null ? Sanitizer.line(contact) : marked(contact, trust);
    }

    /** Returns the name, with a mark unless the contact is verified. */
    public static String marked(Contact contact) {
        return marked(contact.name(), contact.trust());
    }

    private static String marked(String name, Trust trust) {
        return Sanitizer.line(name) + (trust == Trust.VERIFIED ? "" : " (" + trust(trust) + ")");
    }

    /** Returns the word for a level of trust. */
    public static String trust(Trust trust) {
        return switch (trust) {
            case VERIFIED -> "verified";
            case UNVERIFIED -> "unverified";
            case ROTATED -> "verify again";
        };
    }

    /** Returns a warning about cards that share a key; empty if none do. */
    static String sharing(Contact contact) {
        return contact.sharing().isEmpty()
                ? ""
                : Sanitizer.line(contact.name()) + "'s card shows the same X25519 key as "
                        + String.join(
                                ", ",
                                contact.sharing().stream().map(Sanitizer::line).toList())
                        + ": only one of them can own it. The first message shows which contact owns it. Compare "
                        + "safety numbers, and remove the contact whose number differs (partyline:contact-remove).";
    }

    /** Returns the marked name in colour. */
    static Table.Cell cell(Contact contact) {
        Style style = switch (contact.trust()) {
            case VERIFIED -> Style.GOOD;
            case UNVERIFIED -> Style.WARN;
            case ROTATED -> Style.BAD;
        };
        return new Table.Cell(trust(contact.trust()) + (contact.card() ? "" : ", no card"), style);
    }

    /** Includes the latest sender, and the account of contacts that have their own. */
    public static Table table(List<Contact> contacts) {
        boolean apart = contacts.stream().anyMatch(contact -> !contact.account().isEmpty());
        Table table = new Table()
                .column("CONTACT")
                .column("PERSONA")
                .column("NETWORK")
                .words("TRUST")
                .column("SESSION")
                .column("PROTECTED")
                .number("UNREAD")
                .time("LAST MESSAGE (UTC)");
        if (apart) {
            table.column("ACCOUNT");
        }
        for (Contact contact : contacts) {
            List<Object> cells = new ArrayList<>(List.of(
                    Table.Cell.of(contact.name(), Style.BOLD),
                    contact.persona(),
                    contact.network().label(),
                    cell(contact),
                    session(contact.session()),
                    contact.session() == Sessions.State.OPEN ? protection(contact.protection()) : "-",
                    contact.unread(),
                    contact.lastMessage().map(Units::time).orElse("never")));
            if (apart) {
                cells.add(contact.account().isEmpty() ? "-" : contact.account());
            }
            table.row(cells.toArray());
        }
        return table;
    }

    /** Returns since when a session is protected, the progress of its key exchange, or {@code no}. */
    public static Table.Cell protection(Sessions.Protection protection) {
        if (protection.since().isPresent()) {
            return new Table.Cell("since " + Units.time(protection.since().get()), Style.GOOD);
        }
        return protection.isUnderWay()
                ? new Table.Cell(protection.done() + " of " + protection.packets() + " packets", Style.WARN)
                : new Table.Cell("no", Style.PLAIN);
    }

    /** Returns the state of a session in colour. */
    public static Table.Cell session(Sessions.State state) {
        Style style = switch (state) {
            case OPEN -> Style.GOOD;
            case OPENING -> Style.WARN;
            case NONE, CLOSED -> Style.PLAIN;
        };
        return new Table.Cell(session(state, false), style);
    }

    /** Returns the state of a session; a dash if there is none. */
    public static String session(Sessions.State state, boolean rekeying) {
        return state == Sessions.State.NONE
                ? "-"
                : state.name().toLowerCase(Locale.ROOT) + (rekeying ? ", rekeying" : "");
    }

    private record Key(String persona, String contact) {}
}
