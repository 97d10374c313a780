package org.partyline.shell.message;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Forgotten;
import org.partyline.api.json.JsonValues;
import org.partyline.api.json.ReceiptView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Erases a message here and, if it is ours, asks its readers to erase it. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "forget",
        description = "Erase a message on this server; if it is yours, also ask its readers to erase it",
        detailedDescription = "partyline:forget 12 --yes")
@Needs(Role.TALK)
final class ForgetCommand extends RemarkCommand {
    @Option(name = "--yes", description = "Do not ask for confirmation")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        long about = about();
        // Reports a missing message before asking.
        engine().conversations().message(about);
        if (!confirmed(yes, "Erase message " + about + " here?")) {
            return;
        }
        Forgotten forgotten = engine().conversations().forget(about);
        if (!json()) {
            console().line("Message " + about + " is erased on this server.");
        }
        ReceiptView asked =
                forgotten.asked().isEmpty() ? null : leave(forgotten.asked().get(), "asking its readers to erase it");
        if (json()) {
            console().json(new Document(about, true, asked, JsonValues.orNull(forgotten.why())));
            return;
        }
        if (!forgotten.why().isEmpty()) {
            console()
                    .paragraph(
                            Style.WARN,
                            "Its readers are not asked to erase it: " + Sanitizer.line(forgotten.why()) + ".");
        }
        if (asked != null) {
            console()
                    .paragraph("Readers' servers erase it if they honour the request. Anyone who has seen it may still "
                            + "have it.");
        }
    }

    record Document(
            long message,
            boolean erased,
            @Nullable ReceiptView asked,
            @Nullable String notAsked) {}
}
