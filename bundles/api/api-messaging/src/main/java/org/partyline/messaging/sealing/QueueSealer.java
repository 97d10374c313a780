package org.partyline.messaging.sealing;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.state.MessageWaitsException;

/** Finds the sealer of a message by the kind of its conversation. */
@ProviderType
public interface QueueSealer {
    /** The sealer for a conversation. */
    MessageSealer of(Conversation conversation);

    /**
     * Seals a queued message.
     *
     * @return the sealed message, or null if it was deleted, is useless, or is no longer queued
     * @throws MessageWaitsException if it must wait; says for what
     */
    @Nullable
    OutgoingMessage seal(long id) throws MessageWaitsException, StoreException;

    /** The same for a message that was just read from the store. */
    default @Nullable OutgoingMessage seal(OutgoingMessage queued) throws MessageWaitsException, StoreException {
        return seal(queued.id());
    }

    /** Called when a message is given up that may have been sealed. */
    void abandon(OutgoingMessage outgoing) throws StoreException;
}
