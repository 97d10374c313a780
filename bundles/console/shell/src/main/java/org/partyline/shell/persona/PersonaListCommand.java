package org.partyline.shell.persona;

import java.time.Duration;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.json.PersonaView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists the personas. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "persona-list",
        description = "List the personas: names, age of their keys, and messages sent with them",
        detailedDescription = "partyline:persona-list")
@Needs(Role.TALK)
final class PersonaListCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError, PartylineException {
        List<Persona> personas = engine().personas().list();
        print(new Document(personas.stream().map(PersonaView::of).toList()), () -> {
            Table table = new Table()
                    .column("")
                    .column("NAME")
                    .column("SENDER ID")
                    .number("AGE OF KEYS")
                    .number("MESSAGES")
                    .column("WALLET ACCOUNT");
            personas.forEach(persona -> table.row(
                    persona.current() ? "*" : "",
                    Table.Cell.of(persona.name(), Style.BOLD),
                    persona.senderId(),
                    Units.age(Duration.between(persona.keysSince(), clock().instant())),
                    Units.count(persona.messages(), "message"),
                    persona.account()));
            table.print(console(), "No personas yet: create one with partyline:persona-create NAME.");
        });
    }

    record Document(List<PersonaView> personas) {}
}
