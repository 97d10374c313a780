package org.partyline.messages;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.ReceiptRecord;
import org.partyline.messaging.mailbox.ReceiptsDue;
import org.partyline.messaging.state.Bus;

/** Marks messages as shown, and remembers contacts to whom a receipt may be due. */
final class ShownMarks {
    private final Bus bus;
    private final Instant now;
    private final Set<Integer> contacts = new HashSet<>();

    ShownMarks(Bus bus, Instant now) {
        this.bus = bus;
        this.now = now;
    }

    /** Part of the caller's transaction. A burn message in a list comes without its text: it was not shown. */
    void mark(StoreTransaction tx, MessageRecord message) throws StoreException {
        if (!message.shown() && !message.burn()) {
            MessageRecords.put(tx, message.asShown());
            receipt(tx, message);
        }
    }

    /** The same, for a message that is erased once it is shown. */
    void receipt(StoreTransaction tx, MessageRecord message) throws StoreException {
        if (ReceiptRecord.shown(tx, message, now)) {
            contacts.add(message.membership());
        }
    }

    /** Called after the commit. */
    void publish() {
        contacts.forEach(contact -> bus.publish(new ReceiptsDue(contact)));
    }
}
