package org.partyline.shell.message;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Query;
import org.partyline.api.json.MessageView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ChannelNames;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.ConversationNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.completion.SenderNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.ConversationName;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists messages, or prints new ones as they arrive. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "messages",
        description = "List messages, newest last; with --follow, print new ones until Ctrl-C",
        detailedDescription = "partyline:messages lobby --since 1h\n" + "partyline:messages bob\n"
                + "partyline:messages --json --follow")
@Needs(Role.TALK)
final class MessagesCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "Only messages of this channel, or with this contact")
    @Completion(ConversationNames.class)
    private @Nullable String name;

    @Option(name = "--persona", description = "Only messages of this persona", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(name = "--channel", description = "Only messages of this channel", valueToShowInHelp = "NAME")
    @Completion(ChannelNames.class)
    private @Nullable String channel;

    @Option(name = "--contact", description = "Only messages with this contact", valueToShowInHelp = "NAME")
    @Completion(ContactNames.class)
    private @Nullable String contact;

    @Option(name = "--from", description = "Only messages from this sender", valueToShowInHelp = "NICKNAME")
    @Completion(SenderNames.class)
    private @Nullable String from;

    @Option(
            name = "--since",
            description = "Only messages since then: 15m, 1h, 7d ago, or a time like 2026-11-24T10:00:00Z",
            valueToShowInHelp = "TIME")
    @Completion(
            values = {"15m", "1h", "1d"},
            value = String.class)
    private @Nullable String since;

    @Option(name = "--follow", description = "Print new messages as they arrive; with --since, print kept ones first")
    private boolean follow;

    @Option(name = "--count", description = "With --follow: stop after that many", valueToShowInHelp = "N")
    private @Nullable Integer count;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Optional<Instant> begin =
                since == null ? Optional.empty() : Optional.of(Units.moment(since, clock().instant()));
        Optional<ConversationName> in = ConversationName.of(engine(), given(persona), name, channel, contact);
        Query query = new Query(
                given(persona),
                in.filter(one -> !one.direct()).map(ConversationName::name),
                given(from),
                begin,
                in.filter(ConversationName::direct).map(ConversationName::name));
        if (count != null && !follow) {
            throw new CommandError("--count requires --follow");
        }
        if (count != null && count < 1) {
            throw new CommandError("--count must be 1 or more, not " + count);
        }
        if (follow) {
            new MessageFollower(context(), json(), count == null ? Integer.MAX_VALUE : count).run(query);
            return;
        }
        List<Message> messages = engine().messages().messages(query);
        MessageTable.listed(context(), messages);
        print(
                MessageView.All.of(messages),
                () -> MessageTable.print(
                        context(), messages, "No messages. Wait for one with partyline:messages --follow."));
    }
}
