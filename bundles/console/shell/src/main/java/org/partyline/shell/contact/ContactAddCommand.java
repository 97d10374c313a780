package org.partyline.shell.contact;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.json.ContactView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Adds a contact. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "contact-add",
        description = "Add a contact from the card that their partyline:persona-card shows",
        detailedDescription = "partyline:contact-add plcard1qyqs… --name \"Bob from work\"")
@Needs(Role.TALK)
final class ContactAddCommand extends PartylineCommand {
    @Argument(name = "CARD", description = "The card, plcard1…", required = true)
    private String card;

    @Option(
            name = "--name",
            description = "Name on this server, 1 to 32 bytes; otherwise the nickname on the card",
            valueToShowInHelp = "NAME")
    private @Nullable String name;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        Contact contact = engine().contacts().add(given(persona), card.strip(), given(name));
        print(ContactView.of(contact), () -> {
            console()
                    .paragraph(Sanitizer.line(contact.name()) + " is a contact of " + Sanitizer.line(contact.persona())
                            + " on " + contact.network().label() + ", " + ContactText.trust(contact.trust()) + ".");
            if (!contact.sharing().isEmpty()) {
                console().paragraph("Warning: " + ContactText.sharing(contact));
            }
            if (contact.trust() != Trust.VERIFIED) {
                next("partyline:contact-verify " + as(persona) + Sanitizer.word(contact.name())
                        + ", once you can compare the safety number; you can already write.");
            }
        });
    }
}
