package org.partyline.sealing;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.sealing.MessageSealer;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;

/** Finds the sealer of a message by the kind of its conversation. */
public final class ConversationQueueSealer implements QueueSealer {
    private final StateGuard guard;
    private final People people;
    private final List<MessageSealer> all;

    public ConversationQueueSealer(StateGuard guard, List<MessageSealer> all) {
        this.guard = guard;
        this.people = guard.people();
        this.all = List.copyOf(all);
    }

    @Override
    public MessageSealer of(Conversation conversation) {
        return all.stream()
                .filter(sealer -> sealer.seals(conversation))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no sealer for " + conversation.getClass()));
    }

    @Override
    public @Nullable OutgoingMessage seal(long id) throws MessageWaitsException, StoreException {
        Optional<OutgoingMessage> outgoing = guard.open(() -> guard.transact(tx -> OutgoingRecords.find(tx, id)));
        return outgoing.isEmpty() ? null : seal(outgoing.get());
    }

    @Override
    public @Nullable OutgoingMessage seal(OutgoingMessage queued) throws MessageWaitsException, StoreException {
        Optional<Conversation> conversation =
                guard.open(() -> Optional.ofNullable(people.conversations.find(queued.membership())));
        return conversation.isEmpty() ? null : of(conversation.get()).seal(conversation.get(), queued.id());
    }

    @Override
    public void abandon(OutgoingMessage outgoing) throws StoreException {
        for (MessageSealer sealer : all) {
            sealer.abandon(outgoing);
        }
    }
}
