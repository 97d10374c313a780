package org.partyline.shell.conversation;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Shows, saves or deletes a draft. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "draft",
        description = "Show, save or delete the draft of a conversation",
        detailedDescription =
                "partyline:draft --contact bob\npartyline:draft --contact bob \"I have thought about it\"\n"
                        + "partyline:draft --contact bob --drop")
@Needs(Role.TALK)
final class DraftCommand extends PlaceCommand {
    @Argument(name = "TEXT", description = "The new draft, in quotes; otherwise show it", multiValued = false)
    private @Nullable List<String> words;

    @Option(name = "--drop", description = "Delete the draft")
    private boolean drop;

    @Override
    protected void run() throws CommandError, PartylineException {
        List<String> given = words == null ? List.of() : words;
        boolean keeps = !given.isEmpty();
        if (keeps && drop) {
            throw new CommandError("--drop and a text exclude each other: give one of the two");
        }
        if (keeps && given.size() > 1) {
            throw new CommandError("the text has " + given.size()
                    + " arguments: quote it, as in partyline:draft \"I have thought about it\"");
        }
        if (keeps && given.get(0).isEmpty()) {
            throw new CommandError("the text is empty: delete the draft with --drop");
        }
        Place place = place();
        if (keeps || drop) {
            engine().conversations().keepDraft(place, drop ? "" : given.get(0));
        }
        String draft = engine().conversations().draft(place).orElse(null);
        String name = Sanitizer.line(place.name());
        print(new Document(place.direct(), place.name(), draft), () -> {
            if (drop) {
                console().line("The draft for " + name + " is deleted.");
            } else if (keeps) {
                console().line("Draft for " + name + " saved, encrypted like messages. It is not sent.");
            } else if (draft == null) {
                console().line("No draft for " + name + ".");
            } else {
                console().paragraph(Sanitizer.block(draft));
            }
        });
    }

    record Document(
            boolean direct, String channel, @Nullable String text) {}
}
