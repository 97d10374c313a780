package org.partyline.shell.store;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Backups.Taken;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lets a restored server send once its original is gone. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "restore-takeover",
        description =
                "Allow restored personas to send because their original server is gone; opens every " + "session anew",
        detailedDescription = "partyline:restore-takeover --yes")
@Needs(Role.OPERATE)
final class RestoreTakeoverCommand extends PartylineCommand {
    @Option(name = "--yes", description = "Do not ask for confirmation")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        if (!confirmed(yes, "This ends every contact's session with the original server. Is the original gone?")) {
            return;
        }
        Taken taken = engine().backups().takeOver();
        print(new Document(taken.personas(), taken.sessions()), () -> {
            console()
                    .line(Sanitizer.line(String.join(", ", taken.personas())) + " "
                            + console().paint(Style.GOOD, taken.personas().size() == 1 ? "sends" : "send")
                            + " from now on: " + Units.count(taken.sessions(), "session")
                            + (taken.sessions() == 1 ? " is" : " are") + " offered to contacts.");
            next("partyline:session-list shows which contacts have answered.");
        });
    }

    /**
     * The personas that may send, and the sessions that are offered.
     *
     * @param sessions number of sessions that are offered
     */
    record Document(List<String> personas, int sessions) {}
}
