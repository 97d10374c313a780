package org.partyline.shell;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Personas.Persona;

/** Makes a persona. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "persona-create",
        description = "Make a persona: a nickname with channels and coins of its own",
        detailedDescription = "partyline:persona-create bob")
final class PersonaCreateCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "Nickname, 1 to 32 bytes; others see it", required = true)
    private String name;

    @Override
    void run() throws Refusal, PartylineException {
        Persona persona = engine().personas().create(name);
        print(
                Views.PersonaView.of(persona),
                "Persona " + Shown.line(persona.name()) + " is ready. Speak for it with partyline:persona-use "
                        + Shown.line(persona.name()) + ", or with --persona.");
    }
}
