package org.partyline.shell.conversation;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.json.ConversationView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ConversationNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Mutes a conversation. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "mute",
        description = "Turn off notices for a conversation; its messages are still kept and counted",
        detailedDescription = "partyline:mute lobby\npartyline:mute bob --off")
@Needs(Role.TALK)
final class MuteCommand extends PlaceCommand {
    @Argument(name = "NAME", description = "Channel or contact; may be omitted if there is only one channel")
    @Completion(ConversationNames.class)
    private @Nullable String name;

    @Option(name = "--off", description = "Turn notices on again")
    private boolean off;

    @Override
    protected void run() throws CommandError, PartylineException {
        Place place = place(name);
        engine().conversations().mute(place, !off);
        print(
                ConversationView.of(engine().conversations().get(place)),
                Sanitizer.line(place.name())
                        + (off
                                ? " is no longer muted."
                                : " is muted: messages are kept and counted, without notices."));
    }
}
