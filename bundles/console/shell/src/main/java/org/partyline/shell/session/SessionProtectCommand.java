package org.partyline.shell.session;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Sessions.Session;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.completion.SessionNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Pays for a post-quantum key exchange now. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "session-protect",
        description =
                "Protect a session against future quantum computers: pay for a post-quantum key exchange " + "now",
        detailedDescription = "partyline:session-protect bob --yes")
@Needs(Role.TALK)
final class SessionProtectCommand extends PartylineCommand {
    @Argument(name = "CONTACT", description = "The contact", required = true)
    @Completion(SessionNames.class)
    private String contact;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(name = "--yes", description = "Do not ask for confirmation")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        boolean real = engine().contacts().get(given(persona), contact).network() == Network.MAINNET;
        if (real && !mainnetAccepted("Cancelled: no key exchange was started.")) {
            return;
        }
        List<Integer> packets = engine().sessions().protectionPackets(given(persona), contact);
        Optional<Long> fee = engine().messages().price(given(persona), contact, packets);
        String price = Units.count(packets.size(), "packet")
                + fee.map(sat -> ", at most " + Units.sat(sat)).orElse(", at a price that no node can estimate now");
        if (!confirmed(yes, "Send " + price + " to " + Sanitizer.line(contact) + " now?")) {
            return;
        }
        Session session = engine().sessions().protect(given(persona), contact);
        print(SessionView.of(session), () -> {
            String other = Sanitizer.line(session.contact());
            console()
                    .paragraph("The key exchange with " + other + " has started: " + price
                            + ". The session is protected once " + other + "'s server has answered: at once if " + other
                            + " pays for it, too, otherwise in place of decoys.");
            next("partyline:session-list");
        });
    }
}
