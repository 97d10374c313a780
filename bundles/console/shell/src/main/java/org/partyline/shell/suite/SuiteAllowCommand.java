package org.partyline.shell.suite;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.SuiteNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Allows an algorithm. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "suite-allow",
        description = "Allow a suite or key derivation",
        detailedDescription = "partyline:suite-allow CHACHA20_POLY1305")
@Needs(Role.OPERATE)
final class SuiteAllowCommand extends PartylineCommand {
    @Argument(name = "SUITE", description = "The suite or key derivation", required = true)
    @Completion(SuiteNames.class)
    private String suite;

    @Override
    protected void run() throws CommandError, PartylineException {
        engine().suites().allow(suite);
        SuiteListCommand.show(this, engine().suites().list());
    }
}
