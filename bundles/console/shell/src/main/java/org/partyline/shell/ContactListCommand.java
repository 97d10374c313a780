package org.partyline.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Contacts.Waiting;
import org.partyline.api.engine.Personas.Persona;

/** Lists the contacts. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "contact-list",
        description = "List the contacts, of every persona or of one: how far they are trusted, and their sessions",
        detailedDescription = "partyline:contact-list --persona bob")
final class ContactListCommand extends PartylineCommand {
    @Option(name = "--persona", description = "Only this persona's", valueToShowInHelp = "NAME")
    @Completion(Completions.PersonaNames.class)
    private String persona;

    @Override
    void run() throws CommandError, PartylineException {
        List<Contact> contacts = persona == null
                ? engine().contacts().listAll()
                : engine().contacts().list(given(persona));
        List<Waiting> waiting = waiting();
        Document document = new Document(
                contacts.stream().map(Views.ContactView::of).toList(),
                waiting.stream().map(Views.WaitingView::of).toList());
        print(document, () -> {
            table(contacts).print(console(), "No contacts yet: add one with partyline:contact-add CARD.");
            contacts.stream()
                    .filter(contact -> !contact.sharing().isEmpty())
                    .forEach(contact -> console().paragraph(ContactText.sharing(contact)));
            for (Waiting one : waiting) {
                console()
                        .paragraph("Somebody who has " + Sanitizer.line(one.persona()) + "'s card on "
                                + one.network().label()
                                + " asked for a session at " + Units.time(one.since())
                                + " and got no answer: key " + one.key().substring(0, 16)
                                + "…. If you know who it is, add their card (partyline:contact-add).");
            }
        });
    }

    private List<Waiting> waiting() throws CommandError, PartylineException {
        if (persona != null) {
            return engine().contacts().waiting(given(persona));
        }
        List<Waiting> all = new ArrayList<>();
        for (Persona one : engine().personas().list()) {
            all.addAll(engine().contacts().waiting(Optional.of(one.name())));
        }
        return all;
    }

    /** For one screen, too. */
    static Table table(List<Contact> contacts) {
        boolean apart = contacts.stream().anyMatch(contact -> !contact.account().isEmpty());
        Table table = new Table()
                .column("CONTACT")
                .column("PERSONA")
                .column("NETWORK")
                .words("TRUST")
                .column("SESSION")
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
                    ContactText.cell(contact),
                    ContactText.session(contact.session()),
                    contact.unread(),
                    contact.lastMessage().map(Units::time).orElse("never")));
            if (apart) {
                cells.add(contact.account().isEmpty() ? "-" : contact.account());
            }
            table.row(cells.toArray());
        }
        return table;
    }

    /** @param waiting who asked for a session and is no contact */
    record Document(List<Views.ContactView> contacts, List<Views.WaitingView> waiting) {}
}
