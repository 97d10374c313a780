package org.partyline.messages;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.mailbox.FragmentRecord;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.References;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Reads parts of conversations for a screen. */
final class Pages {
    private final StateGuard guard;
    private final People people;
    private final MessageCounts counts;
    private final Clock clock;
    private final Bus bus;
    private final ChainTips tips;

    Pages(StateGuard guard, MessageCounts counts, Clock clock, Bus bus, ChainTips tips) {
        this.guard = guard;
        this.people = guard.people();
        this.counts = counts;
        this.clock = clock;
        this.bus = bus;
        this.tips = tips;
    }

    List<Long> order(Messages.Query query) throws PartylineException {
        return guard.<List<Long>, PartylineException>open(() -> guard.<List<Long>, PartylineException>transact(tx -> {
            Views views = new Views(people);
            long now = clock.instant().toEpochMilli();
            return candidates(tx, query).stream()
                    .filter(message -> message.expires() > now && MessageReader.matches(views, query, message))
                    .sorted(MessageOrder.OF_SENDERS)
                    .map(MessageRecord::id)
                    .toList();
        }));
    }

    /** Returns the messages of the one conversation that is asked for, if it is one: the others are not even opened. */
    private List<MessageRecord> candidates(StoreTransaction tx, Messages.Query query) throws PartylineException {
        if (query.persona().isEmpty()
                || query.channel().isPresent() == query.contact().isPresent()) {
            return Tables.all(tx, MessageRecord.TABLE, MessageRecord.class);
        }
        PersonaRecord persona = PersonaRecord.named(tx, query.persona());
        Conversation conversation = query.contact().isPresent()
                ? people.conversations.contact(persona, query.contact().get())
                : people.conversations.member(persona, query.channel().get());
        return Tables.read(tx.list(MessageRecord.TABLE, Keys.of(conversation.id())), MessageRecord.class);
    }

    List<Messages.Shown> shown(List<Long> ids) throws PartylineException {
        Map<Network, Integer> heights = tips.get();
        ShownMarks marks = new ShownMarks(bus, clock.instant());
        List<Messages.Shown> found = guard.<List<Messages.Shown>, PartylineException>open(() ->
                guard.<List<Messages.Shown>, PartylineException>transact(tx -> {
                    Views views = new Views(people, heights);
                    long now = clock.instant().toEpochMilli();
                    References references = counts.references(tx);
                    List<Messages.Shown> all = new ArrayList<>(ids.size());
                    for (long id : ids) {
                        Optional<MessageRecord> kept = Tables.find(
                                        tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                                .filter(message -> message.expires() > now);
                        if (kept.isPresent()) {
                            marks.mark(tx, kept.get());
                            all.add(shown(tx, views, kept.get(), references.answered(kept.get())));
                        }
                    }
                    return all;
                }));
        marks.publish();
        return found;
    }

    private static Messages.Shown shown(
            StoreTransaction tx, Views views, MessageRecord message, Optional<MessageRecord> answered)
            throws StoreException {
        Optional<OutgoingMessage> way = message.outgoing() ? OutgoingRecords.find(tx, message.id()) : Optional.empty();
        return new Messages.Shown(
                views.message(
                        MessageReader.withWay(message, way.orElse(null)),
                        way.map(OutgoingMessage::shown),
                        false,
                        answered),
                way.map(outgoing -> views.outgoing(outgoing, Optional.of(message))),
                way.isPresent() ? nodes(tx, way.get()) : 0);
    }

    /** Returns the smallest number of nodes that report one of the message's transactions. */
    private static int nodes(StoreTransaction tx, OutgoingMessage way) throws StoreException {
        int fewest = way.parts().isEmpty() ? 0 : Integer.MAX_VALUE;
        for (OutgoingPart part : way.parts()) {
            int reported = part.transaction() == null
                    ? 0
                    : PropagationRecords.find(tx, part.transaction()).reported().size();
            fewest = Math.min(fewest, reported);
        }
        return fewest;
    }

    List<Messages.Pieces> incomplete() throws PartylineException {
        return guard.<List<Messages.Pieces>, PartylineException>open(() ->
                guard.<List<Messages.Pieces>, PartylineException>transact(tx -> {
                    Views views = new Views(people);
                    Map<String, Messages.Pieces> found = new LinkedHashMap<>();
                    for (StoredRecord entry : tx.list(FragmentRecord.TABLE)) {
                        byte[] key = entry.key();
                        int conversation = (int) ByteBuffer.wrap(key).getLong();
                        FragmentRecord piece = Tables.read(List.of(entry), FragmentRecord.class)
                                .get(0);
                        found.merge(
                                HexFormat.of().formatHex(key, 0, key.length - 1),
                                new Messages.Pieces(
                                        views.persona(conversation),
                                        views.isDirect(conversation),
                                        views.channel(conversation),
                                        views.isDirect(conversation) ? views.channel(conversation) : piece.sender(),
                                        1,
                                        piece.count()),
                                (one, more) -> new Messages.Pieces(
                                        one.persona(),
                                        one.direct(),
                                        one.channel(),
                                        one.sender(),
                                        one.have() + 1,
                                        one.of()));
                    }
                    return List.copyOf(found.values());
                }));
    }
}
