package org.partyline.contacts;

import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageChange;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.ReceiptRecord;
import org.partyline.messaging.mailbox.ReceiptRecord.Arrived;
import org.partyline.messaging.mailbox.ReceiptsDue;
import org.partyline.messaging.mailbox.References;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles receipts (PROTOCOL 6.1): decides which are due to a contact and when they are sent, and applies received
 * ones.
 */
final class SessionReceipts {
    private static final Logger LOG = LoggerFactory.getLogger(SessionReceipts.class);

    private final StateGuard guard;
    private final People people;
    private final MessageCounts counts;
    private final Clock clock;
    private final OperatorSettings settings;
    private final SessionControlSender sender;
    private final StoredSessionChains chains;

    SessionReceipts(
            StateGuard guard,
            MessageCounts counts,
            Clock clock,
            OperatorSettings settings,
            SessionControlSender sender,
            StoredSessionChains chains) {
        this.guard = guard;
        this.people = guard.people();
        this.counts = counts;
        this.clock = clock;
        this.settings = settings;
        this.sender = sender;
        this.chains = chains;
    }

    /**
     * Called when a packet of a contact was opened. Nothing is due for the chain of a session that ended before: if
     * these files are an old copy, its messages had receipts. @param message the message that it completed
     */
    void opened(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            Inbox.Source source,
            Optional<MessageRecord> message)
            throws StoreException {
        Optional<ReceiptRecord> known = ReceiptRecord.find(tx, source.chain());
        if (known.isEmpty() && chains.isRetired(source.chain())) {
            return;
        }
        ReceiptRecord record =
                known.orElse(ReceiptRecord.none(contact.id(), source.chain())).opened(source.sequence());
        if (message.isPresent()) {
            record = record.with(message.get());
        }
        record = record.pruned(settings.get().sessions().readReceipts());
        record.put(tx, clock.instant());
        queue(tx, after, contact, record, null);
    }

    /** Called when a receipt of ours is sealed, which may make the next one due. */
    void sealed(StoreTransaction tx, AfterCommit after, ContactConversation contact, byte[] body)
            throws StoreException {
        if (body.length != 1 + Locator.WHOLE) {
            return;
        }
        Optional<ReceiptRecord> named = ReceiptRecord.naming(tx, contact.id(), locator(body));
        if (named.isPresent()) {
            ReceiptRecord record = named.get()
                    .sealed(locator(body))
                    .pruned(settings.get().sessions().readReceipts());
            record.put(tx, clock.instant());
            queue(tx, after, contact, record, body);
        }
    }

    /** Queues the receipts that are due to a contact now. */
    void due(ReceiptsDue due) {
        try {
            guard.perform(() -> {
                ContactConversation contact = people.conversations.contact(due.contact());
                if (contact != null) {
                    due(contact);
                }
            });
        } catch (StoreException e) {
            // It is checked again with the contact's next packet.
            LOG.debug("a receipt waits: {}", e.getMessage());
        }
    }

    private void due(ContactConversation contact) throws StoreException {
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> {
                for (ReceiptRecord record : ReceiptRecord.of(tx, contact.id())) {
                    queue(tx, after, contact, record, null);
                }
            });
            after.commit();
        }
    }

    /** @param sealed the receipt that is being sealed, which still counts as queued; null if none is */
    private void queue(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiptRecord record,
            byte @Nullable [] sealed)
            throws StoreException {
        ReceiptMode mode = contact.receipts(settings.get().sessions().receipts());
        if (mode == ReceiptMode.OFF) {
            return;
        }
        Optional<Arrived> deliver = record.toDeliver();
        Optional<Arrived> read = settings.get().sessions().readReceipts() ? record.toRead() : Optional.<Arrived>empty();
        if (mode == ReceiptMode.COVER) {
            if (deliver.isPresent()) {
                ride(tx, contact, "receipt " + record.chain(), deliver.get());
            }
            if (read.isPresent()) {
                ride(tx, contact, "read " + record.chain(), read.get());
            }
            return;
        }
        if (deliver.isPresent()) {
            pay(tx, after, contact, record, deliver.get(), sealed);
        }
        if (read.isPresent()) {
            pay(tx, after, contact, record, read.get(), sealed);
        }
    }

    private void ride(StoreTransaction tx, ContactConversation contact, String key, Arrived message)
            throws StoreException {
        Instant expires = clock.instant().plus(ReceiptRecord.LIFE);
        CargoRecord.queue(
                tx, contact.id(), CargoRecord.RECEIPTS, key, PacketType.CONTROL, body(message.locator()), expires);
    }

    /** Queues a paid receipt; it includes queued, unsealed ones for earlier messages of the chain. */
    private void pay(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiptRecord record,
            Arrived message,
            byte @Nullable [] sealed)
            throws StoreException {
        byte[] body = body(message.locator());
        long same = OutgoingRecords.of(tx, contact.id()).stream()
                .filter(queued -> isQueued(queued) && Arrays.equals(queued.body(), body))
                .count();
        if (same > (Arrays.equals(body, sealed) ? 1 : 0)) {
            return;
        }
        if (!message.named()) {
            sender.withdraw(
                    tx,
                    after,
                    contact.id(),
                    queued -> isQueued(queued) && record.awaitsFirst(locator(queued.says(null))),
                    "a newer receipt covers it");
        }
        sender.say(tx, after, contact, PacketType.CONTROL, body, HandshakeLimits.HANDSHAKE_LIFE);
    }

    private static boolean isQueued(OutgoingMessage outgoing) {
        return outgoing.state() == State.QUEUED && outgoing.control() == ControlCodes.RECEIPT;
    }

    private static byte[] body(String locator) {
        byte[] body = new byte[1 + Locator.WHOLE];
        body[0] = ControlCodes.RECEIPT;
        System.arraycopy(HexFormat.of().parseHex(locator), 0, body, 1, Locator.WHOLE);
        return body;
    }

    private static String locator(byte[] body) {
        return HexFormat.of().formatHex(body, 1, 1 + Locator.WHOLE);
    }

    /**
     * Called when a contact sent a receipt for a message of ours: it includes all earlier ones on its chain; the second
     * receipt means that they were shown.
     */
    void received(StoreTransaction tx, AfterCommit after, ContactConversation contact, byte[] body)
            throws StoreException {
        if (body.length != 1 + Locator.WHOLE) {
            return;
        }
        String locator = locator(body);
        List<MessageRecord> named = counts.named(tx, contact.id(), locator).stream()
                .filter(MessageRecord::outgoing)
                .toList();
        if (named.size() != 1) {
            return;
        }
        boolean again = named.get(0).annotations().named();
        References references = counts.references(tx);
        for (MessageRecord message : covered(tx, counts, named.get(0))) {
            if (covers(named.get(0), message)) {
                Annotations before = message.annotations();
                Annotations now = marked(before, message.id() == named.get(0).id(), again);
                if (!now.equals(before)) {
                    MessageRecord annotated = message.withAnnotations(now);
                    MessageRecord changed =
                            annotated.doubt() == MessageRecord.MAY_BE_UNREAD ? annotated.withDoubt(0) : annotated;
                    MessageRecords.put(tx, changed);
                    OutgoingRecords.delivered(tx, changed.id());
                    Optional<MessageRecord> original = references.answered(changed);
                    after.then(() -> sender.notify(new MessageChange(Messages.Change.Kind.RECEIPT, changed), original));
                }
            }
        }
    }

    /** It, and all messages that the receipt may include: a message without a chain is alone. */
    private static List<MessageRecord> covered(StoreTransaction tx, MessageCounts counts, MessageRecord named)
            throws StoreException {
        return named.session().isEmpty() ? List.of(named) : counts.ofChain(tx, named.membership(), named.session());
    }

    private static boolean covers(MessageRecord named, MessageRecord message) {
        return message.id() == named.id()
                || message.outgoing()
                        && !named.session().isEmpty()
                        && message.session().equals(named.session())
                        && message.sequence() >= 0
                        && message.sequence() < named.sequence();
    }

    private Annotations marked(Annotations before, boolean named, boolean read) {
        long now = clock.instant().toEpochMilli();
        return before.with()
                .named(before.named() || named)
                .delivered(before.delivered() == 0 ? now : before.delivered())
                .read(before.read() == 0 && read ? now : before.read())
                .build();
    }
}
