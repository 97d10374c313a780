package org.partyline.testkit.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.engine.Messages;
import org.partyline.api.packet.Content;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Tables;

/** Stores texts, forwards other contents, and does not assemble fragments: it only counts them. */
public final class PlainInbox implements Inbox {
    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final OperatorSettings settings;
    private final EventHub events;
    /** The fragments that arrived, in order. */
    public final List<Content> pieces = new CopyOnWriteArrayList<>();
    /** The reports of skipped positions, in order. */
    public final List<Skipped> gaps = new CopyOnWriteArrayList<>();
    /** The repeated sightings of packets, in order. */
    public final List<Candidate> sightings = new CopyOnWriteArrayList<>();

    PlainInbox(StateGuard guard, Clock clock, OperatorSettings settings, EventHub events) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.settings = settings;
        this.events = events;
    }

    @Override
    public Arrival accept(StoreTransaction tx, Source source, Content content) throws StoreException {
        return switch (content.type()) {
            case FRAGMENT -> {
                pieces.add(content);
                yield Arrival.PIECE;
            }
            case TEXT -> Arrival.of(Optional.of(kept(tx, source, content, text(content.body()))));
            case OPENER, DECOY -> Arrival.NOTHING;
            default ->
                new Arrival(
                        Optional.empty(),
                        Optional.of(new Other(content.type(), content.timestamp(), content.body(), true)));
        };
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private MessageRecord kept(StoreTransaction tx, Source source, Content content, String text) throws StoreException {
        return put(
                tx,
                record(tx, source.conversation(), text)
                        .sender(source.sender())
                        .burn(content.burn())
                        .chain(source.chain())
                        .chainOpened(source.chainOpened())
                        .sequence(source.sequence())
                        .sent(content.timestamp())
                        .packets(List.of(source.id().hash()))
                        .transactions(List.of(source.candidate().transaction()))
                        .views(List.of(source.view()))
                        .signer(source.signer())
                        .session(source.session())
                        .locator(HexFormat.of().formatHex(source.candidate().payload(), 1, 1 + Locator.WHOLE))
                        .build());
    }

    private MessageRecordBuilder record(StoreTransaction tx, Conversation conversation, String text)
            throws StoreException {
        long now = clock.instant().toEpochMilli();
        return MessageRecordBuilder.builder()
                .id(Tables.next(tx, "message"))
                .membership(conversation.id())
                .sender("")
                .text(text)
                .chain(-1)
                .sequence(-1)
                .sent(now / 1000)
                .arrived(now)
                .expires(now + settings.get().sending().defaultTtl().toMillis())
                .block(-1)
                .packets(List.of())
                .transactions(List.of())
                .views(List.of())
                .locator("")
                .annotations(Annotations.NONE);
    }

    private static MessageRecord put(StoreTransaction tx, MessageRecord message) throws StoreException {
        MessageRecords.add(tx, message);
        return message;
    }

    @Override
    public MessageRecord notice(StoreTransaction tx, Conversation conversation, String text) throws StoreException {
        return put(tx, record(tx, conversation, text).notice(true).build());
    }

    @Override
    public void gaps(StoreTransaction tx, AfterCommit after, ReceiveChainRecord chain, Skipped skipped) {
        gaps.add(skipped);
    }

    @Override
    public Optional<MessageRecord> legacy(StoreTransaction tx, Source source, String text, long timestamp)
            throws StoreException {
        return Optional.of(put(
                tx,
                record(tx, source.conversation(), text)
                        .sender(source.sender())
                        .legacy(true)
                        .sent(timestamp)
                        .packets(List.of(source.id().hash()))
                        .transactions(List.of(source.candidate().transaction()))
                        .build()));
    }

    @Override
    public void arrived(Source source, Arrival arrival) {
        Optional<Messages.Event> event = arrival.message().map(message -> {
            return new Messages.Event(
                    Optional.of(new Views(people).message(message, Optional.empty(), false)), Optional.empty());
        });
        if (source.chain() >= 0) {
            events.arrived(source.chain(), source.sequence(), event);
        } else {
            event.ifPresent(events::publish);
        }
    }

    @Override
    public void sighting(PacketId id, Candidate candidate) {
        sightings.add(candidate);
    }

    /** Returns the messages in order of arrival, as stored. */
    public List<MessageRecord> messages() throws StoreException {
        return guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)).stream()
                .filter(message -> !message.outgoing() && !message.notice())
                .toList();
    }

    /** Returns the texts in order of arrival, as stored. */
    public List<String> texts() throws StoreException {
        return messages().stream().map(MessageRecord::text).toList();
    }
}
