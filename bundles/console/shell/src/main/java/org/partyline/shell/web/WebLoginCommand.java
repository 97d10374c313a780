package org.partyline.shell.web;

import java.net.URI;
import java.util.EnumSet;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.web.Scope;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.QrCode;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Creates a link for logging in with a browser. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "web-login",
        description = "Show a link that logs one browser in to the page; it works once, within 5 minutes",
        detailedDescription = "partyline:web-login\npartyline:web-login --qr")
@Needs(Role.TALK)
final class WebLoginCommand extends PartylineCommand {
    @Option(name = "--qr", description = "Also show it as a QR code, for a phone")
    private boolean qr;

    @Override
    protected void run() throws CommandError, PartylineException {
        boolean operates = Role.OPERATE.isHeldBy(context().session());
        URI link =
                engine().webAccess().login(operates ? EnumSet.allOf(Scope.class) : EnumSet.of(Scope.READ, Scope.SEND));
        print(new Document(link.toString()), () -> {
            console().line(console().paint(Style.BOLD, link.toString()));
            if (qr) {
                QrCode.print(console(), link.toString());
            }
            console()
                    .paragraph(
                            Style.WARN,
                            "The first person to open it can read and send messages"
                                    + (operates ? ", see the wallet and lock the store," : "")
                                    + " until the store is locked. It works once, within 5 minutes.");
            next("from another machine, forward the port first: ssh -L " + link.getPort() + ":" + link.getAuthority()
                    + " SERVER.");
        });
    }

    record Document(String link) {}
}
