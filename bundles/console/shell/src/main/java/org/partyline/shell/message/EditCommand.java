package org.partyline.shell.message;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Edits a message of ours. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "edit",
        description = "Edit a message you sent; anyone who has seen the original may still have it",
        detailedDescription = "partyline:edit 12 \"See you at ten\"")
@Needs(Role.TALK)
final class EditCommand extends RemarkCommand {
    @Argument(index = 1, name = "TEXT", description = "The new text, in quotes", required = true, multiValued = false)
    private List<String> words;

    @Option(name = KeyedSend.OPTION, description = KeyedSend.DESCRIPTION, valueToShowInHelp = "KEY")
    private @Nullable String key;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        if (words.size() > 1) {
            throw new CommandError("the text has " + words.size()
                    + " arguments: quote it, as in partyline:edit 12 \"See you at ten\"");
        }
        long about = about();
        String text = words.get(0);
        Conversations conversations = engine().conversations();
        change(
                key,
                "edit",
                text,
                "new text for message " + about,
                alongside -> conversations.edit(about, text, alongside));
    }
}
