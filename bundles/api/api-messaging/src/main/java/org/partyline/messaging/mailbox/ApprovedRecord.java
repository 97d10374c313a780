package org.partyline.messaging.mailbox;

import java.util.Optional;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * The approved cost of a message: the maximum that its sender was shown when it was stored, or what the caps allowed
 * when its first of several packets left. It holds for as long as the message exists, since a shared transaction may be
 * lost after all of its packets were paid for.
 *
 * @param message its number
 * @param most satoshi for all of its packets
 */
public record ApprovedRecord(long message, long most) {
    /** The table of the store. */
    public static final String TABLE = "approved-fees";

    /** The approval of a message; empty if nothing was approved. */
    public static Optional<ApprovedRecord> find(StoreTransaction tx, long message) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(message), ApprovedRecord.class);
    }

    /** Whether one packet of a message is paid for and another is not: what was approved is set aside for it. */
    public static boolean isReserved(StoreTransaction tx, long message) throws StoreException {
        return OutgoingRecords.find(tx, message)
                .filter(ApprovedRecord::isUnderWay)
                .isPresent();
    }

    /**
     * Removes the approvals of messages that are on hold, or paid for in part: the operator has set what they may cost.
     * A message whose shared transaction waits, since nodes ask for more, is not on hold itself. Messages that have yet
     * to leave keep what their senders were told.
     */
    public static void release(StoreTransaction tx) throws StoreException {
        for (ApprovedRecord approved : Tables.all(tx, TABLE, ApprovedRecord.class)) {
            if (OutgoingRecords.find(tx, approved.message())
                    .filter(message ->
                            message.held() || message.parts().stream().anyMatch(ApprovedRecord::isPaid))
                    .isPresent()) {
                tx.delete(TABLE, Keys.of(approved.message()));
            }
        }
    }

    /**
     * Satoshi that messages in progress may still cost. Removes the approvals of messages that cannot cost more.
     *
     * @param but a message that is not counted
     */
    public static long open(StoreTransaction tx, long but) throws StoreException {
        long sum = 0;
        for (ApprovedRecord approved : Tables.all(tx, TABLE, ApprovedRecord.class)) {
            Optional<OutgoingMessage> message = OutgoingRecords.find(tx, approved.message());
            if (message.isEmpty() || isFinal(message.get())) {
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

    /** A block that contains a message may be removed from the chain: it may have to be paid for again. */
    private static boolean isFinal(OutgoingMessage message) {
        return message.state().isSettled() && message.state() != State.CONFIRMED;
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
