package org.partyline.mailbox;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.List;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ConversationTable;
import org.partyline.messaging.mailbox.EventLog;
import org.partyline.messaging.mailbox.EventRecord;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Loads and expires the in-memory state of sent packets and of message counts, and renumbers messages and events after
 * an old copy was restored.
 */
final class MailboxState implements StateOwner {
    private final ConversationTable conversations;
    private final PacketIndex packets;
    private final MessageCounts counts;
    private final Bus bus;
    private final Clock clock;
    private final OperatorSettings settings;

    MailboxState(
            ConversationTable conversations,
            PacketIndex packets,
            MessageCounts counts,
            Bus bus,
            Clock clock,
            OperatorSettings settings) {
        this.conversations = conversations;
        this.packets = packets;
        this.counts = counts;
        this.bus = bus;
        this.clock = clock;
        this.settings = settings;
    }

    @Override
    public int place() {
        return 1;
    }

    @Override
    public void load(StoreTransaction tx) throws StoreException {
        reportUnsent(tx);
        bus.publish(new EventLog.Opened(EventRecord.last(tx)));
        OutgoingRecords.forEach(tx, outgoing -> {
            counts.count(outgoing);
            Conversation conversation = conversations.find(outgoing.membership());
            for (int i = 0; conversation != null && i < outgoing.parts().size(); i++) {
                byte[] packet = outgoing.parts().get(i).packet();
                packets.addSent(
                        PacketId.of(conversation.network().code(), packet), new PacketIndex.Sent(outgoing.id(), i));
            }
        });
    }

    /**
     * A locked store deletes an edit or a reaction at its end, with its contents: what remains tells its sender that it
     * was not sent.
     */
    private void reportUnsent(StoreTransaction tx) throws StoreException {
        long now = clock.millis();
        for (RemarkRecord remark : RemarkRecord.unsent(tx)) {
            if (tx.contains(OutgoingRecords.TABLE, Keys.of(remark.id()))) {
                continue;
            }
            OutgoingRecords.put(
                    tx,
                    new OutgoingMessage(
                            remark.id(),
                            remark.membership(),
                            State.EXPIRED,
                            OutgoingMessage.NOT_SENT,
                            remark.queued(),
                            now + settings.get().sending().defaultTtl().toMillis(),
                            0,
                            false,
                            0,
                            List.of(),
                            PacketType.CONTROL.code(),
                            new byte[] {remark.unsent()},
                            false,
                            0,
                            settings.get().sending().carrier(),
                            false));
            RemarkRecord.reported(tx, remark.id());
        }
    }

    @Override
    public void expired(StoreTransaction tx, AfterCommit after, List<StoredRecord> records) throws StoreException {
        // Listing conversations has the same effect; this is for when nobody lists them.
        counts.refresh(tx);
        after.then(() -> records.stream()
                .filter(gone -> gone.table().equals(OutgoingRecords.TABLE))
                .forEach(gone -> packets.removeSent(ByteBuffer.wrap(gone.key()).getLong())));
    }

    @Override
    public void mend(StoreTransaction tx, AfterCommit after, String why) throws StoreException {
        EventRecord.leap(tx);
        // Otherwise, a program that stored a message's id would recall or erase another message.
        Tables.leap(tx, "message");
    }
}
