package org.partyline.shell.message;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Forgotten;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.JsonValues;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Erases a message here, and asks the readers of one of ours to do the same. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "forget",
        description = "Erase a message here; if it is yours, ask its readers to erase it, too",
        detailedDescription = "partyline:forget 12 --yes")
@Needs(Role.TALK)
final class ForgetCommand extends RemarkCommand {
    @Option(name = "--yes", description = "Do not ask")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        long about = about();
        // Whether it is there is said before anybody is asked.
        engine().conversations().message(about);
        if (!confirmed(yes, "Erase message " + about + " here?")) {
            return;
        }
        Forgotten forgotten = engine().conversations().forget(about);
        if (!json()) {
            console().line("Message " + about + " is erased here.");
        }
        ReceiptView asked = forgotten.asked().isEmpty()
                ? null
                : leave(forgotten.asked().get(), "which asks its readers to erase it");
        if (json()) {
            console().json(new Document(about, true, asked, JsonValues.orNull(forgotten.why())));
            return;
        }
        if (!forgotten.why().isEmpty()) {
            console()
                    .paragraph(
                            Style.WARN,
                            "Its readers are not asked to do the same: " + Sanitizer.line(forgotten.why()) + ".");
        }
        if (asked != null) {
            console().paragraph("An honest reader's server erases it then; who has seen it has it.");
        }
    }

    record Document(long message, boolean erased, ReceiptView asked, String notAsked) {}
}
