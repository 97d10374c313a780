package org.partyline.shell.web;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.PartylineException;
import org.partyline.api.web.WebDevice;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists the browsers that are logged in. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "web-devices",
        description = "List the browsers that are logged in to the page",
        detailedDescription = "partyline:web-devices")
@Needs(Role.TALK)
final class WebDevicesCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError, PartylineException {
        List<WebDevice> devices = engine().webAccess().devices();
        print(Document.of(devices), () -> {
            Table table = new Table()
                    .column("ID")
                    .words("BROWSER")
                    .time("SINCE (UTC)")
                    .time("LAST USED (UTC)");
            for (WebDevice device : devices) {
                table.row(
                        Table.Cell.of(device.id(), Style.BOLD),
                        device.name(),
                        Units.time(device.since()),
                        Units.time(device.lastUsed()));
            }
            table.print(console(), "No browser is logged in: create a link with partyline:web-login.");
        });
    }

    record Document(List<DeviceView> devices) {
        static Document of(List<WebDevice> devices) {
            return new Document(devices.stream().map(DeviceView::of).toList());
        }
    }
}
