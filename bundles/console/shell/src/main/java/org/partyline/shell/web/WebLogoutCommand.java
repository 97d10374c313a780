package org.partyline.shell.web;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.web.WebAccess;
import org.partyline.api.web.WebDevice;
import org.partyline.consoleline.ExitStatus;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Logs browsers out. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "web-logout",
        description = "Log a browser out of the page, or all of them",
        detailedDescription = "partyline:web-logout 5f3a09c1\npartyline:web-logout --all")
@Needs(Role.TALK)
final class WebLogoutCommand extends PartylineCommand {
    @Argument(name = "ID", description = "The browser, as web-devices lists it")
    @Completion(DeviceIds.class)
    private @Nullable String id;

    @Option(name = "--all", description = "All browsers; unused links stop working, too")
    private boolean all;

    @Override
    protected void run() throws CommandError, PartylineException {
        if (all == (id != null)) {
            throw new CommandError(
                    ExitStatus.WRONG_LINE, "name one browser, as partyline:web-devices lists it, or --all");
        }
        WebAccess web = engine().webAccess();
        List<WebDevice> ended = id == null ? web.logoutAll() : List.of(web.logout(id));
        print(
                WebDevicesCommand.Document.of(ended),
                ended.isEmpty() ? "No browser was logged in." : Units.count(ended.size(), "browser") + " logged out.");
    }
}
