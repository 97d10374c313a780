package org.partyline.messaging.mailbox;

import java.nio.ByteBuffer;
import java.util.List;
import org.partyline.api.sending.SendOnce;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.recognition.UsedPositionRecord;
import org.partyline.messaging.store.Keys;

/** Erases the stored data of conversations. */
public final class ConversationEraser {
    private ConversationEraser() {}

    /** Erases the stored data of a membership or contact, except its own record. */
    public static void erase(StoreTransaction tx, int membership) throws StoreException {
        byte[] group = Keys.of(membership);
        for (StoredRecord message : tx.list(MessageRecord.TABLE, group)) {
            MessageRecords.delete(tx, ByteBuffer.wrap(message.key()).getLong());
        }
        for (String table : List.of(
                SummaryRecord.TABLE,
                OutgoingRecords.TABLE,
                RemarkRecord.TABLE,
                EarlyRemark.TABLE,
                ConversationMarks.TABLE,
                DraftRecord.TABLE,
                GapRecord.TABLE,
                CargoRecord.TABLE,
                ReceiptRecord.TABLE,
                ReceiveChainRecord.TABLE,
                SeenChains.TABLE,
                UsedPositionRecord.TABLE)) {
            for (StoredRecord entry : tx.list(table, group)) {
                tx.delete(table, entry.key());
            }
        }
        for (StoredRecord entry : tx.list(FragmentRecord.TABLE)) {
            if (ByteBuffer.wrap(entry.key()).getLong() == membership) {
                tx.delete(FragmentRecord.TABLE, entry.key());
            }
        }
        EventRecord.erase(tx, membership);
        tx.delete(SendChainRecord.TABLE, group);
        SeenLocators.forgetSeen(tx, membership);
        SendOnce.erase(
                tx,
                id -> tx.contains(MessageRecord.TABLE, Keys.of(id)) || tx.contains(OutgoingRecords.TABLE, Keys.of(id)));
    }
}
