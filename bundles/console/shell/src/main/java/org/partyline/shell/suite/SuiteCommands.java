package org.partyline.shell.suite;

import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.CommandGroup;

/** The commands about suites. */
@Component
public final class SuiteCommands implements CommandGroup {
    /** For Declarative Services. */
    public SuiteCommands() {}

    @Override
    public List<Supplier<? extends PartylineCommand>> commands() {
        return List.of(SuiteListCommand::new, SuitePreferCommand::new, SuiteAllowCommand::new, SuiteDenyCommand::new);
    }
}
