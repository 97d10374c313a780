package org.partyline.shell.web;

import java.net.URI;
import java.time.Duration;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Starts the web server. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "web-start",
        description = "Start the web server: page and API; it also runs after a restart",
        detailedDescription = "partyline:web-start")
@Needs(Role.OPERATE)
final class WebStartCommand extends PartylineCommand {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int PAUSES = 100;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        engine().webSwitch().start();
        for (int i = 0; i < PAUSES && engine().webAccessIfHere().isEmpty(); i++) {
            // Its bundle has started; its service follows a moment later.
            context().pause().forA(PAUSE);
        }
        URI address = engine().webAccess().address();
        print(new Document(address.toString()), () -> {
            console().line("The web server listens at " + address + ", on this machine only.");
            next(
                    "open the page with partyline:web-login. A program needs a token, partyline:token-create NAME --scope read,send;"
                            + " the API is described at " + address + "/v1/openapi.json.");
        });
    }

    record Document(String address) {}
}
