package org.partyline.mailbox;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.engine.Messages;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.RefusedContentException;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.Author;
import org.partyline.messaging.mailbox.FragmentRecord;
import org.partyline.messaging.mailbox.FragmentRecordBuilder;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageChange;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores incoming messages, and fragments until a message is complete. */
public final class StoredInbox implements Inbox {

    /**
     * How long fragments without a time to live wait for the others: a little longer than their keys are kept, so that
     * missing positions can be assigned to one message.
     */
    private static final Duration PIECES_KEPT = Duration.ofHours(24).plusMinutes(10);

    private static final int MOST_TRANSACTIONS = 64;
    private static final Duration NOTICE_LIFE = Duration.ofDays(30);
    private static final Logger LOG = LoggerFactory.getLogger(StoredInbox.class);

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final OperatorSettings settings;
    private final NodeDirectory nodes;
    private final Fragmenter fragmenter;
    private final EventHub events;
    private final MessageCounts counts;
    private final ArrivedRemarks remarks;
    private final MessageGaps gaps;

    public StoredInbox(
            StateGuard guard,
            MessageCounts counts,
            Clock clock,
            OperatorSettings settings,
            NodeDirectory nodes,
            Fragmenter fragmenter,
            EventHub events) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.settings = settings;
        this.nodes = nodes;
        this.fragmenter = fragmenter;
        this.events = events;
        this.counts = counts;
        this.remarks = new ArrivedRemarks(counts, clock);
        this.gaps = new MessageGaps(
                people, clock, counts, () -> settings.get().sending().defaultTtl(), events);
    }

    @Override
    public Arrival accept(StoreTransaction tx, Source source, Content content) throws StoreException {
        return switch (content.type()) {
            case TEXT -> Arrival.of(text(tx, source, content));
            case FRAGMENT -> fragment(tx, source, content);
            case CONTROL -> control(tx, source, content);
            case KEY_UPDATE, HANDSHAKE_INIT, HANDSHAKE_RESP -> other(content);
            case DECOY, OPENER, LEGACY -> Arrival.NOTHING;
        };
    }

    private static Arrival other(Content content) {
        return new Arrival(
                Optional.empty(), Optional.of(new Other(content.type(), content.timestamp(), content.body(), true)));
    }

    /**
     * Handles a control message in a single packet. Remarks about messages are handled here, across channels and
     * sessions; all others belong to the session.
     */
    private Arrival control(StoreTransaction tx, Source source, Content content) throws StoreException {
        if (!ControlBody.isAboutMessage(content.body())) {
            return other(content);
        }
        return remark(
                tx,
                source,
                content.body(),
                new Whole(content.burn(), content.timestamp(), content.ttlMinutes(), carried(source), source.signer()));
    }

    /** A complete message, without its text. */
    private record Whole(boolean burn, long timestamp, OptionalInt ttlMinutes, Carried carried, int signer) {}

    private Arrival remark(StoreTransaction tx, Source source, byte[] said, Whole whole) throws StoreException {
        Optional<ControlBody> body = ControlBody.parse(said);
        if (body.isEmpty()) {
            LOG.debug("a control message of code {} was ignored", said[0]);
            return Arrival.NOTHING;
        }
        if (body.get() instanceof ControlBody.Reply reply) {
            return Arrival.of(insert(
                    tx,
                    source,
                    whole.burn(),
                    reply.text(),
                    whole.timestamp(),
                    whole.ttlMinutes(),
                    false,
                    whole.carried(),
                    whole.signer(),
                    Annotations.replyTo(reply.target().hex())));
        }
        boolean direct = source.conversation() instanceof ContactConversation;
        Optional<MessageChange> change = remarks.apply(
                tx,
                source,
                new Author(direct, source.session(), whole.signer()),
                body.get(),
                new ArrivedRemarks.Said(whole.timestamp(), whole.carried().sequence()));
        boolean erased = change.filter(what -> what.kind() == Messages.Change.Kind.ERASED)
                .isPresent();
        if (!erased) {
            return new Arrival(Optional.empty(), Optional.empty(), change);
        }
        return new Arrival(Optional.of(recalled(tx, source)), Optional.empty(), change);
    }

    /** The notice that a message was erased at its sender's request. */
    private MessageRecord recalled(StoreTransaction tx, Source source) throws StoreException {
        boolean direct = source.conversation() instanceof ContactConversation;
        return notice(
                tx,
                source.conversation(),
                direct ? source.conversation().name() + " recalled a message" : recalledBy(source.sender()));
    }

    /** A nickname is in quotes: it must not read as if it were our text. */
    private static String recalledBy(String nickname) {
        return nickname.isEmpty()
                ? "an unknown sender recalled a message"
                : "someone with the nickname '" + nickname + "' recalled a message";
    }

    @Override
    public MessageRecord notice(StoreTransaction tx, Conversation conversation, String text) throws StoreException {
        Instant now = clock.instant();
        MessageRecord message = MessageRecordBuilder.builder()
                .id(Tables.next(tx, "message"))
                .membership(conversation.id())
                .outgoing(false)
                .sender("")
                .legacy(false)
                .burn(false)
                .text(text)
                .chain(-1)
                .chainOpened(now.getEpochSecond())
                .sequence(-1)
                .sent(now.getEpochSecond())
                .arrived(now.toEpochMilli())
                .expires(now.plus(NOTICE_LIFE).toEpochMilli())
                .block(-1)
                .shown(false)
                .packets(List.of())
                .transactions(List.of())
                .views(List.of())
                .notice(true)
                .signer(SignerId.NOBODY)
                .locator("")
                .build();
        MessageRecords.put(tx, message);
        return message;
    }

    @Override
    public void gaps(StoreTransaction tx, AfterCommit after, ReceiveChainRecord chain, Skipped skipped)
            throws StoreException {
        gaps.bring(tx, after, chain, skipped);
    }

    private Optional<MessageRecord> text(StoreTransaction tx, Source source, Content content) throws StoreException {
        return insert(
                tx,
                source,
                content.burn(),
                new String(content.body(), StandardCharsets.UTF_8),
                content.timestamp(),
                content.ttlMinutes(),
                false,
                carried(source),
                source.signer(),
                Annotations.NONE);
    }

    /** Returns what one packet carried. */
    private static Carried carried(Source source) {
        return new Carried(
                source.sequence(),
                List.of(source.id().hash()),
                List.of(source.candidate().transaction()),
                List.of(source.view()),
                locator(source));
    }

    @Override
    public Optional<MessageRecord> legacy(StoreTransaction tx, Source source, String text, long timestamp)
            throws StoreException {
        return insert(
                tx,
                source,
                false,
                text,
                timestamp,
                OptionalInt.empty(),
                true,
                new Carried(
                        -1,
                        List.of(source.id().hash()),
                        List.of(source.candidate().transaction()),
                        List.of(source.view()),
                        ""),
                SignerId.NOBODY,
                Annotations.NONE);
    }

    private record Carried(
            int sequence, List<byte[]> packets, List<byte[]> transactions, List<String> views, String locator) {}

    private static String locator(Source source) {
        return HexFormat.of().formatHex(source.candidate().payload(), 1, 1 + Packets.CHAIN_LOCATOR);
    }

    private Optional<MessageRecord> insert(
            StoreTransaction tx,
            Source source,
            boolean burn,
            String text,
            long timestamp,
            OptionalInt ttlMinutes,
            boolean legacy,
            Carried carried,
            int signer,
            Annotations annotations)
            throws StoreException {
        Instant expires = expiry(timestamp, ttlMinutes);
        if (!expires.isAfter(clock.instant())) {
            return Optional.empty();
        }
        Candidate candidate = source.candidate();
        MessageRecord message = MessageRecordBuilder.builder()
                .id(Tables.next(tx, "message"))
                .membership(source.conversation().id())
                .outgoing(false)
                .sender(source.sender())
                .legacy(legacy)
                .burn(burn)
                .text(text)
                .chain(source.chain())
                .chainOpened(source.chain() < 0 ? timestamp : source.chainOpened())
                .sequence(carried.sequence())
                .sent(timestamp)
                .arrived(candidate.arrived())
                .expires(expires.toEpochMilli())
                .block(candidate.inBlock().map(block -> block.height()).orElse(-1))
                .shown(false)
                .packets(carried.packets())
                .transactions(carried.transactions())
                .views(carried.views())
                .notice(false)
                .signer(signer)
                .locator(carried.locator())
                .session(source.session())
                .annotations(annotations)
                .build();
        MessageRecords.add(tx, message);
        Optional<MessageRecord> kept = remarks.early(tx, message, source.conversation() instanceof ContactConversation);
        return Optional.of(kept.isPresent() ? kept.get() : recalled(tx, source));
    }

    private Instant expiry(long timestamp, OptionalInt ttlMinutes) {
        return ttlMinutes.isPresent()
                ? Instant.ofEpochSecond(timestamp + 60L * ttlMinutes.getAsInt())
                : clock.instant().plus(settings.get().sending().defaultTtl());
    }

    private Arrival fragment(StoreTransaction tx, Source source, Content content) throws StoreException {
        FragmentHeader header = content.fragment().orElseThrow();
        // Fragments that leave in slots of cover traffic take hours: a complete message is kept for the usual time,
        // fragments for longer.
        Instant expires = content.ttlMinutes().isPresent()
                ? expiry(content.timestamp(), content.ttlMinutes())
                : clock.instant().plus(PIECES_KEPT);
        if (!expires.isAfter(clock.instant())) {
            return Arrival.NOTHING;
        }
        // A chain has one sender. Sealed fragments name no sender, so there only the message id distinguishes messages.
        byte[] group = Keys.of(source.conversation().id(), Keys.of((long) source.chain() << 16 | header.messageId()));
        List<FragmentRecord> held = Tables.read(tx.list(FragmentRecord.TABLE, group), FragmentRecord.class);
        boolean disagrees = held.stream().anyMatch(piece -> piece.count() != header.count());
        boolean duplicate = held.stream().anyMatch(piece -> piece.index() == header.index());
        if (disagrees || duplicate) {
            return Arrival.NOTHING;
        }
        if (held.isEmpty()) {
            makeRoom(tx, source.conversation().id());
        }
        FragmentRecord piece = FragmentRecordBuilder.builder()
                .index(header.index())
                .count(header.count())
                .messageId(header.messageId())
                .burn(content.burn())
                .timestamp(content.timestamp())
                .ttlMinutes(content.ttlMinutes().orElse(0))
                .body(content.body())
                .sender(source.sender())
                .chain(source.chain())
                .chainOpened(source.chainOpened())
                .sequence(source.sequence())
                .arrived(source.candidate().arrived())
                .packet(source.id().hash())
                .transaction(source.candidate().transaction())
                .view(source.view())
                .signer(source.signer())
                .locator(locator(source))
                .build();
        if (held.size() + 1 < header.count()) {
            tx.put(FragmentRecord.TABLE, pieceKey(group, header.index()), group, Cbor.write(piece), expires);
            return Arrival.PIECE;
        }
        List<FragmentRecord> whole = new ArrayList<>(held);
        whole.add(piece);
        whole.sort((a, b) -> Integer.compare(a.index(), b.index()));
        for (FragmentRecord one : held) {
            tx.delete(FragmentRecord.TABLE, pieceKey(group, one.index()));
        }
        return join(tx, source, whole);
    }

    private static byte[] pieceKey(byte[] group, int index) {
        byte[] key = java.util.Arrays.copyOf(group, group.length + 1);
        key[group.length] = (byte) index;
        return key;
    }

    private Arrival join(StoreTransaction tx, Source source, List<FragmentRecord> pieces) throws StoreException {
        List<Content> contents = pieces.stream()
                .map(piece -> new Content(
                        PacketType.FRAGMENT,
                        piece.burn(),
                        piece.timestamp(),
                        piece.ttlMinutes() == 0 ? OptionalInt.empty() : OptionalInt.of(piece.ttlMinutes()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new FragmentHeader(piece.messageId(), piece.index(), piece.count())),
                        Optional.empty(),
                        piece.body()))
                .toList();
        Draft draft;
        try {
            draft = fragmenter.join(contents);
        } catch (RefusedContentException e) {
            LOG.warn("a fragmented message was rejected: {}", e.getMessage());
            return Arrival.NOTHING;
        }
        int signer = pieces.get(0).signer();
        boolean agree = pieces.stream().allMatch(piece -> piece.signer() == signer);
        Whole whole = new Whole(
                draft.burn(),
                draft.timestamp(),
                draft.ttlMinutes(),
                new Carried(
                        pieces.get(0).sequence(),
                        pieces.stream().map(FragmentRecord::packet).toList(),
                        pieces.stream().map(FragmentRecord::transaction).toList(),
                        pieces.stream().map(FragmentRecord::view).toList(),
                        pieces.get(0).locator()),
                agree ? signer : SignerId.WRONG);
        if (draft.type() == PacketType.CONTROL && ControlBody.isAboutMessage(draft.body())) {
            return remark(tx, source, draft.body(), whole);
        }
        if (draft.type() != PacketType.TEXT) {
            return new Arrival(
                    Optional.empty(),
                    Optional.of(new Other(draft.type(), draft.timestamp(), draft.body(), pieces.size() == 1)));
        }
        return Arrival.of(insert(
                tx,
                source,
                whole.burn(),
                new String(draft.body(), StandardCharsets.UTF_8),
                whole.timestamp(),
                whole.ttlMinutes(),
                false,
                whole.carried(),
                whole.signer(),
                Annotations.NONE));
    }

    /**
     * Drops an incomplete message of a channel if there are too many: the oldest one of the chain that has the most, so
     * that one member cannot displace the messages of others.
     */
    private void makeRoom(StoreTransaction tx, int membership) throws StoreException {
        Map<Long, Map<Long, List<byte[]>>> chains = new LinkedHashMap<>();
        int incomplete = 0;
        for (StoredRecord entry : tx.list(FragmentRecord.TABLE)) {
            ByteBuffer key = ByteBuffer.wrap(entry.key());
            if (key.getLong() == membership) {
                long message = key.getLong();
                List<byte[]> pieces = chains.computeIfAbsent(message >> 16, chain -> new LinkedHashMap<>())
                        .computeIfAbsent(message, id -> new ArrayList<>());
                incomplete += pieces.isEmpty() ? 1 : 0;
                pieces.add(entry.key());
            }
        }
        if (incomplete >= MOST_INCOMPLETE) {
            Map<Long, List<byte[]>> most = Collections.max(chains.values(), Comparator.comparingInt(Map::size));
            for (byte[] key : most.values().iterator().next()) {
                tx.delete(FragmentRecord.TABLE, key);
            }
        }
    }

    @Override
    public void arrived(Source source, Arrival arrival) {
        Optional<Messages.Message> message = Optional.empty();
        if (arrival.message().isPresent()) {
            MessageRecord kept = arrival.message().get();
            nodes.countFound(source.candidate().node());
            message = Optional.of(new Views(people).message(kept, Optional.empty(), false, answered(kept)));
        }
        Optional<Messages.Change> change = arrival.change().map(what -> what.seen(people, answered(what.message())));
        if (arrival.piece()) {
            events.publish(piece(new Views(people), source.conversation().id()));
        }
        Optional<Messages.Event> event = message.isEmpty() && change.isEmpty()
                ? Optional.empty()
                : Optional.of(new Messages.Event(message, Optional.empty(), change));
        if (source.sequence() >= 0) {
            events.arrived(source.chain(), source.sequence(), event);
        } else {
            event.ifPresent(events::publish);
        }
    }

    private static Messages.Event piece(Views views, int conversation) {
        return new Messages.Event(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Messages.Change(
                        Messages.Change.Kind.PIECE,
                        0,
                        views.persona(conversation),
                        views.isDirect(conversation),
                        views.channel(conversation),
                        Optional.empty())));
    }

    /** Returns the message that a message replies to. A reply is shown without it if the store cannot read it. */
    private Optional<MessageRecord> answered(MessageRecord message) {
        if (message.annotations().reply().isEmpty()) {
            return Optional.empty();
        }
        try {
            return guard.transact(tx -> counts.references(tx).answered(message));
        } catch (StoreException e) {
            LOG.warn("the message that another one refers to cannot be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void sighting(PacketId id, Candidate candidate) throws StoreException {
        if (candidate.inBlock().isEmpty() || !nodes.tellsBlocks(candidate.node())) {
            return;
        }
        int height = candidate.inBlock().get().height();
        guard.update(tx -> {
            for (MessageRecord found : MessageRecords.broughtBy(tx, id)) {
                if (found.block() < height) {
                    MessageRecords.put(tx, found.in(height, withTransaction(found, candidate.transaction())));
                }
            }
        });
    }

    private static List<byte[]> withTransaction(MessageRecord message, byte[] transaction) {
        boolean known = message.transactions().stream().anyMatch(t -> java.util.Arrays.equals(t, transaction));
        if (known || message.transactions().size() >= MOST_TRANSACTIONS) {
            return message.transactions();
        }
        List<byte[]> all = new ArrayList<>(message.transactions());
        all.add(transaction);
        return all;
    }
}
