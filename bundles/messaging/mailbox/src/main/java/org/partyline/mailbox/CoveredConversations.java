package org.partyline.mailbox;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.CoverSlots;

/** Determines which conversations' packets leave in slots of cover traffic. */
final class CoveredConversations {
    private final CoverOrders orders;
    private final CoverSlots slots;

    CoveredConversations(CoverOrders orders, CoverSlots slots) {
        this.orders = orders;
        this.slots = slots;
    }

    /**
     * Returns whether a conversation's packets leave in slots. While the bundle that knows is not running, returns
     * whether cover traffic was ordered.
     */
    boolean isCovered(StoreTransaction tx, Conversation conversation) throws StoreException {
        try {
            return slots.isCovered(conversation.persona(), conversation.network());
        } catch (AbsentException e) {
            return isOrdered(tx, conversation);
        }
    }

    /** Returns whether cover traffic was ordered for the conversation's persona. */
    boolean isOrdered(StoreTransaction tx, Conversation conversation) throws StoreException {
        return orders.isOn(tx, conversation.persona());
    }
}
