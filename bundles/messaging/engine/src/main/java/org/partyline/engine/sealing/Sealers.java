package org.partyline.engine.sealing;

import java.util.List;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.WaitsException;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;

/** Finds who seals a message, by the kind of its conversation. */
public final class Sealers {
    private final Core core;
    private final List<MessageSealer> all;

    public Sealers(Core core, List<MessageSealer> all) {
        this.core = core;
        this.all = List.copyOf(all);
    }

    /** Who seals what goes there. */
    public MessageSealer of(Conversation conversation) {
        return all.stream()
                .filter(sealer -> sealer.seals(conversation))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody seals for " + conversation.getClass()));
    }

    /**
     * Seals a queued message.
     *
     * @return the sealed message, or null when it is gone, or of no use, or no longer queued
     * @throws WaitsException when it has to wait; says for what
     */
    public OutgoingMessage seal(long id) throws WaitsException, StoreException {
        core.parts.requireReading();
        Conversation conversation = core.open(memory -> {
            Optional<OutgoingMessage> outgoing = core.store.transact(tx -> Outbox.find(tx, id));
            return outgoing.map(one -> memory.conversations.find(one.membership()))
                    .orElse(null);
        });
        return conversation == null ? null : of(conversation).seal(conversation, id);
    }

    /** A message is given up that may have been sealed. */
    public void abandon(OutgoingMessage outgoing) throws StoreException {
        for (MessageSealer sealer : all) {
            sealer.abandon(outgoing);
        }
    }
}
