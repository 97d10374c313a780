package org.partyline.shell.persona;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.json.PersonaView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Selects the current persona. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "persona-use",
        description = "Make a persona the current one, which commands use without --persona",
        detailedDescription = "partyline:persona-use bob")
@Needs(Role.OPERATE)
final class PersonaUseCommand extends PartylineCommand {
    @Argument(name = "PERSONA", description = "The persona", required = true)
    @Completion(PersonaNames.class)
    private String name;

    @Override
    protected void run() throws CommandError, PartylineException {
        Persona persona = engine().personas().use(name);
        print(PersonaView.of(persona), "" + Sanitizer.line(persona.name()) + " is the current persona.");
    }
}
