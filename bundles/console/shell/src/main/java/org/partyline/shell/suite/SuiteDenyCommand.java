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

/** Forbids an algorithm. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "suite-deny",
        description = "Forbid a suite or key derivation: it neither seals nor opens messages",
        detailedDescription = "partyline:suite-deny AES_256_EAX")
@Needs(Role.OPERATE)
final class SuiteDenyCommand extends PartylineCommand {
    @Argument(name = "SUITE", description = "The suite or key derivation", required = true)
    @Completion(SuiteNames.class)
    private String suite;

    @Override
    protected void run() throws CommandError, PartylineException {
        engine().suites().deny(suite);
        SuiteListCommand.show(this, engine().suites().list());
    }
}
