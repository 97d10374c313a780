package org.partyline.messages;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Query;
import org.partyline.api.engine.Messages.QueueEntry;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.References;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Lists messages, and marks them as shown. */
final class MessageReader {
    private final StateGuard guard;
    private final People people;
    private final MessageCounts counts;
    private final Clock clock;
    private final Bus bus;
    private final ChainTips tips;

    MessageReader(StateGuard guard, MessageCounts counts, Clock clock, Bus bus, ChainTips tips) {
        this.guard = guard;
        this.people = guard.people();
        this.counts = counts;
        this.clock = clock;
        this.bus = bus;
        this.tips = tips;
    }

    List<Outgoing> outgoing(boolean all) throws PartylineException {
        Map<Network, Integer> now = tips.get();
        return guard.<List<Outgoing>, PartylineException>open(() ->
                guard.<List<Outgoing>, PartylineException>transact(tx -> {
                    Views views = new Views(people, now);
                    List<Outgoing> found = new ArrayList<>();
                    for (OutgoingMessage outgoing : OutgoingRecords.all(tx)) {
                        if (all || !outgoing.state().isSettled()) {
                            found.add(outgoing(tx, views, outgoing));
                        }
                    }
                    return found;
                }));
    }

    List<QueueEntry> queue() throws PartylineException {
        return guard.<List<QueueEntry>, PartylineException>open(() ->
                guard.<List<QueueEntry>, PartylineException>transact(tx -> counts.outgoing(tx).entrySet().stream()
                        .map(entry -> new QueueEntry(
                                entry.getKey(),
                                entry.getValue().shown(),
                                entry.getValue().reason(),
                                Instant.ofEpochMilli(entry.getValue().queued())))
                        .toList()));
    }

    private static Outgoing outgoing(StoreTransaction tx, Views views, OutgoingMessage outgoing) throws StoreException {
        // The block is looked up only for messages that are in one.
        return outgoing.state() == State.CONFIRMED
                ? views.outgoing(
                        outgoing, Tables.find(tx, MessageRecord.TABLE, Keys.of(outgoing.id()), MessageRecord.class))
                : views.outgoing(outgoing);
    }

    Outgoing outgoing(long id) throws PartylineException {
        Map<Network, Integer> now = tips.get();
        return guard.<Outgoing, PartylineException>open(() ->
                guard.<Outgoing, PartylineException>transact(tx -> outgoing(
                        tx, new Views(people, now), OutgoingRecords.find(tx, id).orElseThrow(() -> noMessage(id)))));
    }

    static NoSuchThingException noMessage(long id) {
        return new NoSuchThingException(
                "there is no message " + id + ": it was burned, has expired, or never existed (partyline:messages)");
    }

    List<Message> messages(Query query) throws PartylineException {
        Map<Network, Integer> heights = tips.get();
        ShownMarks marks = new ShownMarks(bus, clock.instant());
        List<Message> found = guard.<List<Message>, PartylineException>open(() ->
                guard.<List<Message>, PartylineException>transact(tx -> {
                    Views views = new Views(people, heights);
                    long now = clock.instant().toEpochMilli();
                    Map<Long, State> states = new HashMap<>();
                    Map<Long, OutgoingMessage> ways = new HashMap<>();
                    for (OutgoingMessage outgoing : OutgoingRecords.all(tx)) {
                        states.put(outgoing.id(), outgoing.shown());
                        ways.put(outgoing.id(), outgoing);
                    }
                    List<MessageRecord> kept = candidates(tx, views, query);
                    References references = new References(kept, now);
                    List<MessageRecord> shown = new ArrayList<>();
                    for (MessageRecord message : kept) {
                        if (message.expires() > now && matches(views, query, message)) {
                            shown.add(message);
                            marks.mark(tx, message);
                        }
                    }
                    shown.sort(MessageOrder.OF_SENDERS);
                    List<Message> all = new ArrayList<>(shown.size());
                    for (MessageRecord message : shown) {
                        all.add(views.message(
                                withWay(message, ways.get(message.id())),
                                Optional.ofNullable(states.get(message.id())),
                                false,
                                references.answered(message)));
                    }
                    return all;
                }));
        marks.publish();
        return found;
    }

    long legacyKept() throws PartylineException {
        return guard.<Long, PartylineException>open(() -> guard.<Long, PartylineException>transact(tx -> {
            long now = clock.instant().toEpochMilli();
            return Tables.all(tx, MessageRecord.TABLE, MessageRecord.class).stream()
                    .filter(message -> message.legacy() && message.expires() > now)
                    .count();
        }));
    }

    /** Adds an outgoing message's transactions, which are stored with its delivery. */
    static MessageRecord withWay(MessageRecord message, @Nullable OutgoingMessage way) {
        if (way == null) {
            return message;
        }
        List<byte[]> transactions = way.parts().stream()
                .map(OutgoingPart::transaction)
                .filter(id -> id != null)
                .toList();
        return message.in(message.block(), transactions);
    }

    /**
     * Returns the messages that must be opened for a query. If it is for one conversation, only that conversation's
     * messages.
     */
    private List<MessageRecord> candidates(StoreTransaction tx, Views views, Query query) throws StoreException {
        if (query.contact().isEmpty() && query.channel().isEmpty()) {
            return Tables.all(tx, MessageRecord.TABLE, MessageRecord.class);
        }
        List<MessageRecord> found = new ArrayList<>();
        List<Conversation> all = new ArrayList<>(people.conversations.members());
        all.addAll(people.conversations.contacts());
        for (Conversation conversation : all) {
            if (isHere(views, query, conversation.id())) {
                found.addAll(
                        Tables.read(tx.list(MessageRecord.TABLE, Keys.of(conversation.id())), MessageRecord.class));
            }
        }
        return found;
    }

    private static boolean isHere(Views views, Query query, int membership) {
        boolean direct = views.isDirect(membership);
        String place = views.channel(membership);
        return query.contact().isPresent()
                ? direct && query.contact().get().equals(place)
                : query.channel().map(name -> !direct && name.equals(place)).orElse(true);
    }

    static boolean matches(Views views, Query query, MessageRecord message) {
        String persona = views.persona(message.membership());
        String sender = views.sender(message);
        return isHere(views, query, message.membership())
                && query.persona().map(persona::equals).orElse(true)
                && query.from().map(sender::equals).orElse(true)
                && query.since()
                        .map(since -> message.arrived() >= since.toEpochMilli())
                        .orElse(true);
    }

    Message read(long id) throws PartylineException {
        Map<Network, Integer> heights = tips.get();
        ShownMarks marks = new ShownMarks(bus, clock.instant());
        Message found = guard.<Message, PartylineException>open(() -> {
            record Read(MessageRecord message, @Nullable OutgoingMessage way, Optional<MessageRecord> answered) {}
            Read read = guard.<Read, PartylineException>transact(tx -> {
                MessageRecord message = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                        .filter(m -> m.expires() > clock.instant().toEpochMilli())
                        .orElseThrow(() -> noMessage(id));
                if (message.burn() && !message.outgoing()) {
                    // Erased before it is shown: after a crash in between it is lost, but never shown twice.
                    MessageRecords.delete(tx, id);
                    marks.receipt(tx, message);
                } else {
                    marks.mark(tx, message);
                }
                return new Read(
                        message,
                        OutgoingRecords.find(tx, id).orElse(null),
                        counts.references(tx).answered(message));
            });
            return new Views(people, heights)
                    .message(
                            withWay(read.message(), read.way()),
                            Optional.ofNullable(read.way()).map(OutgoingMessage::shown),
                            true,
                            read.answered());
        });
        marks.publish();
        return found;
    }
}
