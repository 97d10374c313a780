package org.partyline.shell;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;

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
    void run() throws Refusal, PartylineException {
        List<Contact> contacts = persona == null
                ? engine().contacts().listAll()
                : engine().contacts().list(given(persona));
        print(
                new Document(contacts.stream().map(Views.ContactView::of).toList()),
                () -> table(contacts).print(console(), "No contacts yet: add one with partyline:contact-add CARD."));
    }

    /** For one screen, too. */
    static Table table(List<Contact> contacts) {
        Table table = new Table()
                .column("CONTACT")
                .column("PERSONA")
                .column("NETWORK")
                .words("TRUST")
                .column("SESSION")
                .number("UNREAD")
                .time("LAST MESSAGE (UTC)");
        for (Contact contact : contacts) {
            table.row(
                    Table.Cell.of(contact.name(), Style.BOLD),
                    contact.persona(),
                    contact.network().label(),
                    ContactText.cell(contact),
                    ContactText.session(contact.session()),
                    contact.unread(),
                    contact.lastMessage().map(Units::time).orElse("never"));
        }
        return table;
    }

    record Document(List<Views.ContactView> contacts) {}
}
