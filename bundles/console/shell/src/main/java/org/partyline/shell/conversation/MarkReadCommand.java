package org.partyline.shell.conversation;

import java.util.List;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.json.ConversationView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ConversationNames;
import org.partyline.shell.completion.MessageIds;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.message.MessageNumber;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Sets a conversation's read marker. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "mark-read",
        description = "Mark a conversation as read, all of it or up to a message; the mark never moves back",
        detailedDescription = "partyline:mark-read lobby\npartyline:mark-read bob --to 12")
@Needs(Role.TALK)
final class MarkReadCommand extends PlaceCommand {
    @Argument(name = "NAME", description = "Channel or contact; may be omitted if there is only one channel")
    @Completion(ConversationNames.class)
    private @Nullable String name;

    @Option(name = "--to", description = "Last message that was read; otherwise the newest", valueToShowInHelp = "ID")
    @Completion(MessageIds.class)
    private @Nullable String to;

    @Override
    protected void run() throws CommandError, PartylineException {
        Place place = place(name);
        OptionalLong upTo = to == null ? newest(place) : OptionalLong.of(MessageNumber.parse(to));
        if (upTo.isPresent()) {
            engine().conversations().read(place, upTo.getAsLong());
        }
        Conversation now = engine().conversations().get(place);
        print(
                ConversationView.of(now),
                Sanitizer.line(now.name()) + " is marked as read"
                        + (now.readTo().isPresent()
                                ? " up to message " + now.readTo().getAsLong()
                                : "") + ": " + Units.count(now.unread(), "message") + " unread.");
    }

    /** Returns the highest number, which need not be that of the last message as displayed. */
    private OptionalLong newest(Place place) throws CommandError, PartylineException {
        List<Message> last = engine().conversations().history(place, OptionalLong.empty(), Conversations.MOST);
        return last.stream().mapToLong(Message::id).max();
    }
}
