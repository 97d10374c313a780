package org.partyline.shell.audit;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about the audit log. */
@Component
public final class AuditCommands implements CommandGroup {
    /** For Declarative Services. */
    public AuditCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(AuditCommand::new);
    }
}
