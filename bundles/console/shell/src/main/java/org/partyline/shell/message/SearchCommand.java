package org.partyline.shell.message;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Conversations.Search;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.json.MessageView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ChannelNames;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Searches stored messages. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "search",
        description = "Search kept messages, newest first, without marking them as read",
        detailedDescription = "partyline:search door code\npartyline:search --contact bob --most 5 \"at nine\"")
@Needs(Role.TALK)
final class SearchCommand extends PartylineCommand {
    private static final int USUAL = 50;

    @Argument(
            name = "WORDS",
            description = "All must be in the message, in any order and case",
            required = true,
            multiValued = true)
    private List<String> words;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(name = "--channel", description = "Only messages of this channel", valueToShowInHelp = "NAME")
    @Completion(ChannelNames.class)
    private @Nullable String channel;

    @Option(name = "--contact", description = "Only messages with this contact", valueToShowInHelp = "NAME")
    @Completion(ContactNames.class)
    private @Nullable String contact;

    @Option(
            name = "--most",
            description = "Maximum number of messages, 1 to 500; otherwise 50",
            valueToShowInHelp = "N")
    private @Nullable Integer most;

    @Override
    protected void run() throws CommandError, PartylineException {
        if (channel != null && contact != null) {
            throw new CommandError("--channel and --contact exclude each other: give one of the two");
        }
        if (persona != null && channel == null && contact == null) {
            throw new CommandError("--persona requires --channel or --contact");
        }
        if (most != null && (most < 1 || most > Conversations.MOST)) {
            throw new CommandError("--most must be 1 to " + Conversations.MOST + ", not " + most);
        }
        Optional<Place> place = given(contact != null ? contact : channel)
                .map(with -> new Place(given(persona), contact != null, with));
        List<Message> found = engine().conversations()
                .search(new Search(String.join(" ", words), place, most == null ? USUAL : most));
        MessageTable.listed(context(), found);
        print(
                new Document(found.stream().map(MessageView::of).toList()),
                () -> MessageTable.print(
                        context(), found, "No kept message has all these words. Burn messages are not searched."));
    }

    record Document(List<MessageView> messages) {}
}
