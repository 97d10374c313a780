package org.partyline.shell.suite;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.SealingSuiteNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Sets the preferred order of AEAD suites. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "suite-prefer",
        description = "Put AEAD suites first, in this order",
        detailedDescription = "partyline:suite-prefer AES_256_GCM XCHACHA20_POLY1305")
@Needs(Role.OPERATE)
final class SuitePreferCommand extends PartylineCommand {
    @Argument(name = "SUITE", description = "The suites, best first", required = true, multiValued = true)
    @Completion(SealingSuiteNames.class)
    private List<String> suites;

    @Override
    protected void run() throws CommandError, PartylineException {
        engine().suites().prefer(suites);
        SuiteListCommand.show(this, engine().suites().list());
    }
}
