package org.partyline.shell.persona;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.command.Unsent;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Erases a persona. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "persona-delete",
        description = "Erase a persona with its keys, contacts, channels and messages; its coins stay in the wallet",
        detailedDescription = "partyline:persona-delete bob")
@Needs(Role.ERASE)
final class PersonaDeleteCommand extends PartylineCommand {
    @Argument(name = "PERSONA", description = "The persona", required = true)
    @Completion(PersonaNames.class)
    private String name;

    @Option(name = "--yes", description = "Do not ask for confirmation")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Persona persona = engine().personas().get(name);
        if (!yes) {
            int contacts = engine().contacts().list(Optional.of(persona.name())).size();
            int channels = engine().channels().list(Optional.of(persona.name())).size();
            if (!json() && console().canAsk()) {
                console()
                        .paragraph("This erases " + Sanitizer.line(persona.name()) + ": its keys, "
                                + Units.count(contacts, "contact") + ", " + Units.count(channels, "channel")
                                + " and all their messages. A backup restores everything except messages. Its coins stay in "
                                + "the wallet.");
            }
        }
        String unsent =
                Unsent.sentence(engine(), yes, message -> message.persona().equals(persona.name()));
        if (confirmed(yes, unsent + "Erase " + Sanitizer.line(persona.name()) + " permanently?")) {
            engine().personas().delete(persona.name());
            print(
                    new Document(persona.name(), true),
                    "Persona " + Sanitizer.line(persona.name()) + " is erased. Its coins stay in the wallet.");
        }
    }

    record Document(String persona, boolean deleted) {}
}
