package org.partyline.shell.web;

import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Stops the web server. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "web-stop",
        description = "Stop the web server; tokens are kept for the next start",
        detailedDescription = "partyline:web-stop")
@Needs(Role.OPERATE)
final class WebStopCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError, PartylineException {
        boolean stopped = engine().webSwitch().stop();
        print(
                new Document(stopped),
                stopped ? "The web server has stopped. Its tokens are kept." : "The web server was not running.");
    }

    record Document(boolean stopped) {}
}
