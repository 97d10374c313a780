package org.partyline.shell.doctor;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.partyline.api.health.Doctor;
import org.partyline.shell.command.CommandGroup;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;

/** The command that says what is unsafe. */
@Component
public final class DoctorCommands implements CommandGroup {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Doctor doctor;

    /** For Declarative Services. */
    public DoctorCommands() {}

    /** @param doctor null: it is away */
    DoctorCommands(Doctor doctor) {
        this.doctor = doctor;
    }

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(() -> new DoctorCommand(this::here));
    }

    private Doctor here() throws CommandError {
        Doctor known = doctor;
        if (known == null) {
            throw new CommandError("nothing looks at the server: start its bundle (bundle:start org.partyline.doctor)");
        }
        return known;
    }
}
