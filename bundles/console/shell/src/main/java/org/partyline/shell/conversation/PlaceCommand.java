package org.partyline.shell.conversation;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ChannelNames;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.ConversationName;
import org.partyline.shell.output.Sanitizer;

/** The base of commands for one conversation. */
abstract class PlaceCommand extends PartylineCommand {
    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(
            name = "--channel",
            description = "Channel; may be omitted if there is only one",
            valueToShowInHelp = "NAME")
    @Completion(ChannelNames.class)
    private @Nullable String channel;

    @Option(name = "--contact", description = "Contact, instead of a channel", valueToShowInHelp = "NAME")
    @Completion(ContactNames.class)
    private @Nullable String contact;

    /** Returns the conversation that an option names, otherwise the only channel. */
    final Place place() throws CommandError, PartylineException {
        return place(null);
    }

    /**
     * Returns the named conversation, otherwise the only channel. @param name of a channel or contact; null if none was
     * given
     */
    final Place place(@Nullable String name) throws CommandError, PartylineException {
        Optional<String> whose = given(persona);
        Optional<ConversationName> named = ConversationName.of(engine(), whose, name, channel, contact);
        if (named.isPresent()) {
            return new Place(whose, named.get().direct(), named.get().name());
        }
        List<Channel> channels = engine().channels().list(whose);
        if (channels.size() == 1) {
            return new Place(whose, false, channels.get(0).name());
        }
        throw new CommandError(
                channels.isEmpty()
                        ? "there is no channel: name a contact with --contact"
                        : "there is more than one channel: choose with --channel, one of "
                                + String.join(
                                        ", ",
                                        channels.stream()
                                                .map(found -> Sanitizer.line(found.name()))
                                                .toList())
                                + ", or name a contact with --contact");
    }
}
