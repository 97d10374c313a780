package org.partyline.messaging.mailbox;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * A reader's private marks of a conversation: read marker, muting, warnings.
 *
 * @param membership the conversation's number
 * @param readTo the newest message that was read; 0 if none
 * @param muted whether incoming messages cause no notification
 * @param knowsRolling whether its user was warned that readers who are offline miss messages sent with the rolling
 *     carrier
 */
public record ConversationMarks(int membership, long readTo, boolean muted, boolean knowsRolling) {
    /** The table of the store. */
    public static final String TABLE = "conversation-marks";

    /** The marks of a conversation. */
    public static ConversationMarks of(StoreTransaction tx, int conversation) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(conversation), ConversationMarks.class)
                .orElse(none(conversation));
    }

    /** The marks of a conversation without stored ones. */
    static ConversationMarks none(int conversation) {
        return new ConversationMarks(conversation, 0, false, false);
    }

    /** Part of the caller's transaction. */
    public void put(StoreTransaction tx) throws StoreException {
        tx.put(TABLE, Keys.of(membership), Keys.of(membership), Cbor.write(this), null);
    }

    public ConversationMarks readTo(long id) {
        return new ConversationMarks(membership, Math.max(readTo, id), muted, knowsRolling);
    }

    public ConversationMarks muted(boolean now) {
        return new ConversationMarks(membership, readTo, now, knowsRolling);
    }

    /** Records that its user was warned about the rolling carrier. */
    public ConversationMarks knowingRolling() {
        return new ConversationMarks(membership, readTo, muted, true);
    }
}
