package org.partyline.shell.contact;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.command.Unsent;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Erases a contact. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "contact-remove",
        description = "Remove a contact: erase its keys, session and messages, without telling it",
        detailedDescription = "partyline:contact-remove bob")
@Needs(Role.TALK)
final class ContactRemoveCommand extends PartylineCommand {
    @Argument(name = "CONTACT", description = "The contact", required = true)
    @Completion(ContactNames.class)
    private String name;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(name = "--yes", description = "Do not ask for confirmation")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Contact contact = engine().contacts().get(given(persona), name);
        String who = Sanitizer.line(contact.name());
        String unsent = Unsent.sentence(
                engine(),
                yes,
                message -> message.direct()
                        && message.persona().equals(contact.persona())
                        && message.channel().equals(contact.name()));
        if (confirmed(yes, unsent + "Erase " + who + " with its keys and messages?")) {
            engine().contacts().remove(given(persona), contact.name());
            print(
                    new Document(contact.persona(), contact.name(), true),
                    who + " is no longer a contact: its keys and messages are erased on this server.");
        }
    }

    record Document(String persona, String contact, boolean removed) {}
}
