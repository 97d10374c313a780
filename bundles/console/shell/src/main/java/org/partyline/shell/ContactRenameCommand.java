package org.partyline.shell;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;

/** Gives a contact another name. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "contact-rename",
        description = "Call a contact something else here; nobody else learns of it",
        detailedDescription = "partyline:contact-rename bob \"Bob from work\"")
final class ContactRenameCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "The contact", required = true)
    @Completion(Completions.ContactNames.class)
    private String name;

    @Argument(index = 1, name = "NEW-NAME", description = "Its new name, 1 to 32 bytes", required = true)
    private String newName;

    @Option(name = "--persona", description = "Whose contact; otherwise the current one's", valueToShowInHelp = "NAME")
    @Completion(Completions.PersonaNames.class)
    private String persona;

    @Override
    void run() throws CommandError, PartylineException {
        Contact contact = engine().contacts().rename(given(persona), name, newName);
        print(
                Views.ContactView.of(contact),
                Sanitizer.line(name) + " is called " + Sanitizer.line(contact.name()) + " now.");
    }
}
