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
     * @return the sealed message, or null when it is gone, or of no use, or no longer queued
     * @throws MessageWaitsException when it has to wait; says for what
     */
    @Nullable
    OutgoingMessage seal(long id) throws MessageWaitsException, StoreException;

    /** The same of a message that was just read. */
    default @Nullable OutgoingMessage seal(OutgoingMessage queued) throws MessageWaitsException, StoreException {
        return seal(queued.id());
    }

    /** A message is given up that may have been sealed. */
    void abandon(OutgoingMessage outgoing) throws StoreException;
}
