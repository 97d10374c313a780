package org.partyline.shell.doctor;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The command doctor. */
@Component
public final class DoctorCommands implements CommandGroup {
    /** For Declarative Services. */
    public DoctorCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(DoctorCommand::new);
    }
}
