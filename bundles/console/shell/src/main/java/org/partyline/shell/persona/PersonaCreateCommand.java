package org.partyline.shell.persona;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.json.PersonaView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Creates a persona. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "persona-create",
        description = "Create a persona: a nickname with its own keys, contacts, channels and coins",
        detailedDescription = "partyline:persona-create bob\npartyline:persona-create alice --use")
@Needs(Role.OPERATE)
final class PersonaCreateCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "Nickname, 1 to 32 bytes, visible to others", required = true)
    private String name;

    @Option(name = "--use", description = "Make it the current persona, like partyline:persona-use")
    private boolean use;

    @Override
    protected void run() throws CommandError, PartylineException {
        Persona made = engine().personas().create(name);
        Persona persona = use ? engine().personas().use(made.name()) : made;
        String word = Sanitizer.word(persona.name());
        print(PersonaView.of(persona), () -> {
            console()
                    .paragraph("Persona " + Sanitizer.line(persona.name()) + " is ready. "
                            + (use
                                    ? "It is the current persona."
                                    : "Use it with partyline:persona-use " + word + ", or with --persona."));
            next("partyline:persona-card " + word + " shows the card for people who should be able to write to it.");
        });
    }
}
