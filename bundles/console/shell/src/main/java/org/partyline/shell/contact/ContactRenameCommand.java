package org.partyline.shell.contact;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.json.ContactView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Gives a contact another name. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "contact-rename",
        description = "Rename a contact on this server; others do not see the name",
        detailedDescription = "partyline:contact-rename bob \"Bob from work\"")
@Needs(Role.TALK)
final class ContactRenameCommand extends PartylineCommand {
    @Argument(name = "CONTACT", description = "The contact", required = true)
    @Completion(ContactNames.class)
    private String name;

    @Argument(index = 1, name = "NEW-NAME", description = "1 to 32 bytes", required = true)
    private String newName;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        Contact contact = engine().contacts().rename(given(persona), name, newName);
        print(ContactView.of(contact), Sanitizer.line(name) + " is now called " + Sanitizer.line(contact.name()) + ".");
    }
}
