package org.partyline.shell.persona;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about personas. */
@Component
public final class PersonaCommands implements CommandGroup {
    /** For Declarative Services. */
    public PersonaCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(
                PersonaCreateCommand::new,
                PersonaListCommand::new,
                PersonaUseCommand::new,
                PersonaCardCommand::new,
                PersonaRotateCommand::new,
                PersonaDeleteCommand::new);
    }
}
