package org.partyline.shell.contact;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Contacts.Waiting;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.json.ContactView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists the contacts. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "contact-list",
        description = "List the contacts, of every persona or of one: trust, sessions, and quantum protection",
        detailedDescription = "partyline:contact-list --persona bob")
@Needs(Role.TALK)
final class ContactListCommand extends PartylineCommand {
    @Option(name = "--persona", description = "Only this persona's", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        List<Contact> contacts = persona == null
                ? engine().contacts().listAll()
                : engine().contacts().list(given(persona));
        List<Waiting> waiting = waiting();
        Document document = new Document(
                contacts.stream().map(ContactView::of).toList(),
                waiting.stream().map(WaitingView::of).toList());
        print(document, () -> {
            ContactText.table(contacts).print(console(), "No contacts yet: add one with partyline:contact-add CARD.");
            contacts.stream()
                    .filter(contact -> !contact.sharing().isEmpty())
                    .forEach(contact -> console().paragraph(ContactText.sharing(contact)));
            for (Waiting one : waiting) {
                console()
                        .paragraph("Session request to " + Sanitizer.line(one.persona()) + " on "
                                + one.network().label() + " at " + Units.time(one.since())
                                + " from an unknown sender was not answered: key "
                                + one.key().substring(0, 16)
                                + "…. If you know the sender, add their card (partyline:contact-add).");
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

    /**
     * The contacts, and the session requests of unknown senders.
     *
     * @param waiting unknown senders that have requested a session
     */
    record Document(List<ContactView> contacts, List<WaitingView> waiting) {}
}
