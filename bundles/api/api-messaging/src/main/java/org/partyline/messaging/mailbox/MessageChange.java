package org.partyline.messaging.mailbox;

import java.util.Optional;
import org.partyline.api.engine.Messages;
import org.partyline.messaging.conversation.People;

/**
 * An event: a kept message changed.
 *
 * @param message the present version, or the last one before it was erased
 */
public record MessageChange(Messages.Change.Kind kind, MessageRecord message) {
    /** Does not show the contents. */
    @Override
    public String toString() {
        return "MessageChange[" + kind + "]";
    }

    /** The change for listeners, after the commit. @param original the message that it replies to */
    public Messages.Change seen(People people, Optional<MessageRecord> original) {
        Views views = new Views(people);
        int place = message.membership();
        return new Messages.Change(
                kind,
                message.id(),
                views.persona(place),
                views.isDirect(place),
                views.channel(place),
                kind == Messages.Change.Kind.ERASED
                        ? Optional.empty()
                        : Optional.of(views.message(message, Optional.empty(), false, original)));
    }
}
