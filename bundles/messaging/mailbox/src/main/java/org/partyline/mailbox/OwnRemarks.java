package org.partyline.mailbox;

import java.util.Optional;
import org.partyline.api.engine.Messages.Change;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.mailbox.MessageChange;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.mailbox.StoredReaction;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Shows our own remarks about a message once they were sent: until then, its readers see the message unchanged. */
final class OwnRemarks {
    private OwnRemarks() {}

    /** Called when a remark was sent. Part of the caller's transaction. */
    static void left(StoreTransaction tx, OutgoingMessage remark) throws StoreException {
        Optional<MessageRecord> target = target(tx, remark);
        Optional<ControlBody> body = ControlBody.parse(remark.says(null));
        if (target.isEmpty() || body.isEmpty()) {
            return;
        }
        MessageRecord message = target.get();
        // Our own remarks leave in the order of their numbers.
        int position = (int) Math.min(remark.id(), Integer.MAX_VALUE);
        if (body.get() instanceof ControlBody.React react) {
            Optional<MessageRecord> changed = message.annotations()
                    .with(new StoredReaction(
                            StoredReaction.OWN, "", react.reaction(), remark.stamped(), position, SignerId.SELF))
                    .map(message::withAnnotations);
            if (changed.isPresent()) {
                MessageRecords.put(tx, changed.get());
            }
        } else if (body.get() instanceof ControlBody.Edit edit
                && message.annotations().isNewerEdit(remark.stamped(), position)) {
            MessageRecords.put(
                    tx,
                    message.with()
                            .text(edit.text())
                            .annotations(message.annotations().edited(remark.stamped(), position))
                            .build());
        }
    }

    private static Optional<MessageRecord> target(StoreTransaction tx, OutgoingMessage remark) throws StoreException {
        Optional<RemarkRecord> about = RemarkRecord.find(tx, remark.id());
        return about.isEmpty()
                ? Optional.empty()
                : Tables.find(tx, MessageRecord.TABLE, Keys.of(about.get().target()), MessageRecord.class);
    }

    /** Returns what a sent remark has changed here; empty if nothing. Part of the caller's transaction. */
    static Optional<MessageChange> change(StoreTransaction tx, OutgoingMessage remark) throws StoreException {
        Optional<MessageRecord> target = target(tx, remark);
        if (target.isEmpty()) {
            return Optional.empty();
        }
        return switch (remark.control()) {
            case ControlCodes.REACT -> Optional.of(new MessageChange(Change.Kind.REACTION, target.get()));
            case ControlCodes.EDIT -> Optional.of(new MessageChange(Change.Kind.EDITED, target.get()));
            default -> Optional.empty();
        };
    }
}
