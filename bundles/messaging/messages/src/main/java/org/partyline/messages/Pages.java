package org.partyline.messages;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.conversation.PersonaRecord;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.mailbox.FragmentRecord;
import org.partyline.engine.mailbox.MessageRecord;
import org.partyline.engine.mailbox.MessageRecords;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.mailbox.PropagationRecords;
import org.partyline.engine.mailbox.Views;
import org.partyline.engine.store.Keys;
import org.partyline.engine.store.Tables;

/** Reads a part of what is kept, for a screen. */
final class Pages {
    /** Each sender's words in the order they were said; a sender's timestamps never go back. */
    static final Comparator<MessageRecord> ORDER = Comparator.comparingLong(MessageRecord::sent)
            .thenComparingLong(MessageRecord::chainOpened)
            .thenComparingInt(MessageRecord::chain)
            // Ours leave in the order of their numbers, on whichever chain.
            .thenComparingInt(message -> message.outgoing() ? -1 : message.sequence())
            .thenComparingLong(MessageRecord::id);

    private final Core core;

    Pages(Core core) {
        this.core = core;
    }

    List<Long> order(Messages.Query query) throws PartylineException {
        return core.<List<Long>, PartylineException>open(memory ->
                core.store.<List<Long>, PartylineException>transact(tx -> {
                    Views views = new Views(memory);
                    long now = core.now().toEpochMilli();
                    return candidates(tx, memory, query).stream()
                            .filter(message -> message.expires() > now && MessageService.matches(views, query, message))
                            .sorted(ORDER)
                            .map(MessageRecord::id)
                            .toList();
                }));
    }

    /** Those of the one conversation that is asked for, where it is one: the others are not even opened. */
    private static List<MessageRecord> candidates(StoreTransaction tx, Unlocked memory, Messages.Query query)
            throws PartylineException {
        if (query.persona().isEmpty()
                || query.channel().isPresent() == query.contact().isPresent()) {
            return Tables.all(tx, MessageRecord.TABLE, MessageRecord.class);
        }
        PersonaRecord persona = Core.persona(tx, query.persona());
        Conversation conversation = query.contact().isPresent()
                ? Core.contact(memory, persona, query.contact().get())
                : Core.member(memory, persona, query.channel().get());
        return Tables.read(tx.list(MessageRecord.TABLE, Keys.of(conversation.id())), MessageRecord.class);
    }

    List<Messages.Shown> shown(List<Long> ids) throws PartylineException {
        return core.<List<Messages.Shown>, PartylineException>open(memory ->
                core.store.<List<Messages.Shown>, PartylineException>transact(tx -> {
                    Views views = new Views(memory);
                    long now = core.now().toEpochMilli();
                    List<Messages.Shown> all = new ArrayList<>(ids.size());
                    for (long id : ids) {
                        Optional<MessageRecord> found = Tables.find(
                                        tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                                .filter(message -> message.expires() > now);
                        if (found.isPresent()) {
                            all.add(shown(tx, views, found.get()));
                        }
                    }
                    return all;
                }));
    }

    private static Messages.Shown shown(StoreTransaction tx, Views views, MessageRecord message) throws StoreException {
        if (!message.shown()) {
            MessageRecords.put(tx, message.asShown());
        }
        Optional<OutgoingMessage> way = message.outgoing() ? OutgoingRecords.find(tx, message.id()) : Optional.empty();
        return new Messages.Shown(
                views.message(
                        MessageService.withWay(message, way.orElse(null)), way.map(OutgoingMessage::state), false),
                way.map(views::outgoing),
                way.isPresent() ? nodes(tx, way.get()) : 0);
    }

    /** How many nodes show the transaction that the fewest show. */
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
        return core.<List<Messages.Pieces>, PartylineException>open(memory ->
                core.store.<List<Messages.Pieces>, PartylineException>transact(tx -> {
                    Views views = new Views(memory);
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
