package org.partyline.messaging.mailbox;

import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * The approved cost of a message of several packets. It counts once its first packet is paid, until its last one is.
 *
 * @param message its number
 * @param most satoshi for all of its packets
 */
public record ApprovedRecord(long message, long most) {
    /** The table of the store. */
    public static final String TABLE = "approved-fees";

    /** The approval of a message of which one packet is paid for and another is not; empty if there is none. */
    public static Optional<ApprovedRecord> find(StoreTransaction tx, long message) throws StoreException {
        Optional<OutgoingMessage> found = OutgoingRecords.find(tx, message);
        return found.isPresent() && isUnderWay(found.get())
                ? Tables.find(tx, TABLE, Keys.of(message), ApprovedRecord.class)
                : Optional.empty();
    }

    /**
     * Satoshi that messages in progress may still cost. Removes the approvals of finished messages.
     *
     * @param but a message that is not counted
     */
    public static long open(StoreTransaction tx, long but) throws StoreException {
        long sum = 0;
        for (ApprovedRecord approved : Tables.all(tx, TABLE, ApprovedRecord.class)) {
            Optional<OutgoingMessage> message = OutgoingRecords.find(tx, approved.message());
            if (message.isEmpty() || isOver(message.get())) {
                tx.delete(TABLE, Keys.of(approved.message()));
            } else if (approved.message() != but && isUnderWay(message.get())) {
                sum += Math.max(0, approved.most() - message.get().fee());
            }
        }
        return sum;
    }

    private static boolean isUnderWay(OutgoingMessage message) {
        return !isOver(message) && message.parts().stream().anyMatch(ApprovedRecord::isPaid);
    }

    private static boolean isOver(OutgoingMessage message) {
        return message.state().isSettled() || message.parts().stream().allMatch(ApprovedRecord::isPaid);
    }

    private static boolean isPaid(OutgoingPart part) {
        return part.raw() != null || part.isOut();
    }

    public void put(StoreTransaction tx) throws StoreException {
        tx.put(TABLE, Keys.of(message), Keys.ALL, Cbor.write(this), null);
    }
}
