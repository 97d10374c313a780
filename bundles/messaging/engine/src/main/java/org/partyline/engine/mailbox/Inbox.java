package org.partyline.engine.mailbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.partyline.api.engine.Messages;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.RefusedContentException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Memory;
import org.partyline.engine.scan.Candidate;
import org.partyline.engine.scan.PacketId;
import org.partyline.engine.store.Cbor;
import org.partyline.engine.store.Records;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what arrives: whole messages, and pieces until a message is whole. */
public final class Inbox {
    /** Most messages of a channel that may wait for their pieces (PROTOCOL 7). */
    public static final int MOST_INCOMPLETE = 64;

    /** Pieces wait so long for the others where their sender set no time to live. */
    private static final Duration PIECES_KEPT = Duration.ofHours(24);

    private static final int MOST_TRANSACTIONS = 64;
    private static final Duration NOTICE_LIFE = Duration.ofDays(30);
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private final Core core;

    public Inbox(Core core) {
        this.core = core;
    }

    /**
     * An opened packet and where it came from.
     *
     * @param conversation where it belongs
     * @param chain the chain's number, or -1
     * @param chainOpened when the chain began, in the sender's time
     * @param sequence position on the chain, or -1
     * @param view its JSON view
     * @param signer as in a {@link Records.Message}
     */
    public record Source(
            Conversation conversation,
            Candidate candidate,
            PacketId id,
            String sender,
            int chain,
            long chainOpened,
            int sequence,
            String view,
            int signer) {}

    /**
     * What came of a packet.
     *
     * @param message a text that is whole now
     * @param other what the session is to handle: whole, not a text
     */
    public record Arrival(Optional<Records.Message> message, Optional<Other> other) {
        static final Arrival NOTHING = new Arrival(Optional.empty(), Optional.empty());

        static Arrival of(Optional<Records.Message> message) {
            return new Arrival(message, Optional.empty());
        }
    }

    /** A whole message that is no text. @param whole whether it came in one packet */
    public record Other(PacketType type, long timestamp, byte[] body, boolean whole) {
        /** Does not show the body. */
        @Override
        public String toString() {
            return "Other[" + type + "]";
        }
    }

    /** Stores what a packet says; gives what is whole now, if anything is. Part of the caller's transaction. */
    public Arrival accept(StoreTransaction tx, Source source, Content content) throws StoreException {
        return switch (content.type()) {
            case TEXT -> Arrival.of(text(tx, source, content));
            case FRAGMENT -> fragment(tx, source, content);
            case CONTROL, KEY_UPDATE, HANDSHAKE_INIT, HANDSHAKE_RESP ->
                new Arrival(
                        Optional.empty(),
                        Optional.of(new Other(content.type(), content.timestamp(), content.body(), true)));
            case DECOY, OPENER, LEGACY -> Arrival.NOTHING;
        };
    }

    /** News of a conversation, shown among its messages. Part of the caller's transaction. */
    public Records.Message notice(StoreTransaction tx, Conversation conversation, String text) throws StoreException {
        Instant now = core.now();
        Records.Message message = new Records.Message(
                Core.next(tx, "message"),
                conversation.id(),
                false,
                "",
                false,
                false,
                text,
                -1,
                now.getEpochSecond(),
                -1,
                now.getEpochSecond(),
                now.toEpochMilli(),
                now.plus(NOTICE_LIFE).toEpochMilli(),
                -1,
                false,
                List.of(),
                List.of(),
                List.of(),
                true,
                Records.Signer.NOBODY,
                "");
        put(tx, message);
        return message;
    }

    private Optional<Records.Message> text(StoreTransaction tx, Source source, Content content) throws StoreException {
        return insert(
                tx,
                source,
                content.burn(),
                new String(content.body(), StandardCharsets.UTF_8),
                content.timestamp(),
                content.ttlMinutes(),
                false,
                new Carried(
                        source.sequence(),
                        List.of(source.id().hash()),
                        List.of(source.candidate().transaction()),
                        List.of(source.view()),
                        locator(source)),
                source.signer());
    }

    /** Stores a version-1 message. */
    public Optional<Records.Message> legacy(StoreTransaction tx, Source source, String text, long timestamp)
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
                Records.Signer.NOBODY);
    }

    private record Carried(
            int sequence, List<byte[]> packets, List<byte[]> transactions, List<String> views, String locator) {}

    private static String locator(Source source) {
        return HexFormat.of().formatHex(source.candidate().payload(), 1, 1 + Packets.CHAIN_LOCATOR);
    }

    private Optional<Records.Message> insert(
            StoreTransaction tx,
            Source source,
            boolean burn,
            String text,
            long timestamp,
            OptionalInt ttlMinutes,
            boolean legacy,
            Carried carried,
            int signer)
            throws StoreException {
        Instant expires = expiry(timestamp, ttlMinutes);
        if (!expires.isAfter(core.now())) {
            return Optional.empty();
        }
        Candidate candidate = source.candidate();
        Records.Message message = new Records.Message(
                Core.next(tx, "message"),
                source.conversation().id(),
                false,
                source.sender(),
                legacy,
                burn,
                text,
                source.chain(),
                source.chain() < 0 ? timestamp : source.chainOpened(),
                carried.sequence(),
                timestamp,
                candidate.arrived(),
                expires.toEpochMilli(),
                candidate.inBlock().map(block -> block.height()).orElse(-1),
                false,
                carried.packets(),
                carried.transactions(),
                carried.views(),
                false,
                signer,
                carried.locator());
        put(tx, message);
        return Optional.of(message);
    }

    private Instant expiry(long timestamp, OptionalInt ttlMinutes) {
        return ttlMinutes.isPresent()
                ? Instant.ofEpochSecond(timestamp + 60L * ttlMinutes.getAsInt())
                : core.now().plus(core.settings.get().sending().defaultTtl());
    }

    public static void put(StoreTransaction tx, Records.Message message) throws StoreException {
        tx.put(
                Records.MESSAGES,
                Records.key(message.id()),
                Records.key(message.membership()),
                Cbor.write(message),
                Instant.ofEpochMilli(message.expires()));
    }

    private Arrival fragment(StoreTransaction tx, Source source, Content content) throws StoreException {
        FragmentHeader header = content.fragment().orElseThrow();
        // Pieces that leave at points of cover traffic take hours: what is whole is kept for the usual time, pieces for
        // longer.
        Instant expires = content.ttlMinutes().isPresent()
                ? expiry(content.timestamp(), content.ttlMinutes())
                : core.now().plus(PIECES_KEPT);
        if (!expires.isAfter(core.now())) {
            return Arrival.NOTHING;
        }
        // A chain has one sender. Sealed pieces name none, so there the message id alone tells messages apart.
        byte[] group =
                Records.key(source.conversation().id(), Records.key((long) source.chain() << 16 | header.messageId()));
        List<Records.Fragment> held = Core.read(tx.list(Records.FRAGMENTS, group), Records.Fragment.class);
        boolean disagrees = held.stream().anyMatch(piece -> piece.count() != header.count());
        boolean duplicate = held.stream().anyMatch(piece -> piece.index() == header.index());
        if (disagrees || duplicate) {
            return Arrival.NOTHING;
        }
        if (held.isEmpty()) {
            makeRoom(tx, source.conversation().id());
        }
        Records.Fragment piece = new Records.Fragment(
                header.index(),
                header.count(),
                header.messageId(),
                content.burn(),
                content.timestamp(),
                content.ttlMinutes().orElse(0),
                content.body(),
                source.sender(),
                source.chain(),
                source.chainOpened(),
                source.sequence(),
                source.candidate().arrived(),
                source.candidate().inBlock().map(block -> block.height()).orElse(-1),
                source.id().hash(),
                source.candidate().transaction(),
                source.view(),
                source.signer(),
                locator(source));
        if (held.size() + 1 < header.count()) {
            tx.put(Records.FRAGMENTS, pieceKey(group, header.index()), group, Cbor.write(piece), expires);
            return Arrival.NOTHING;
        }
        List<Records.Fragment> whole = new ArrayList<>(held);
        whole.add(piece);
        whole.sort((a, b) -> Integer.compare(a.index(), b.index()));
        for (Records.Fragment one : held) {
            tx.delete(Records.FRAGMENTS, pieceKey(group, one.index()));
        }
        return join(tx, source, whole);
    }

    private static byte[] pieceKey(byte[] group, int index) {
        byte[] key = java.util.Arrays.copyOf(group, group.length + 1);
        key[group.length] = (byte) index;
        return key;
    }

    private Arrival join(StoreTransaction tx, Source source, List<Records.Fragment> pieces) throws StoreException {
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
            draft = core.fragmenter.join(contents);
        } catch (RefusedContentException e) {
            LOG.warn("a message in pieces was refused: {}", e.getMessage());
            return Arrival.NOTHING;
        }
        if (draft.type() != PacketType.TEXT) {
            return new Arrival(
                    Optional.empty(),
                    Optional.of(new Other(draft.type(), draft.timestamp(), draft.body(), pieces.size() == 1)));
        }
        int signer = pieces.get(0).signer();
        boolean agree = pieces.stream().allMatch(piece -> piece.signer() == signer);
        return Arrival.of(insert(
                tx,
                source,
                draft.burn(),
                new String(draft.body(), StandardCharsets.UTF_8),
                draft.timestamp(),
                draft.ttlMinutes(),
                false,
                new Carried(
                        pieces.get(0).sequence(),
                        pieces.stream().map(Records.Fragment::packet).toList(),
                        pieces.stream().map(Records.Fragment::transaction).toList(),
                        pieces.stream().map(Records.Fragment::view).toList(),
                        pieces.get(0).locator()),
                agree ? signer : Records.Signer.WRONG));
    }

    /** Drops the oldest incomplete message of a channel when there are too many. */
    private void makeRoom(StoreTransaction tx, int membership) throws StoreException {
        Map<String, List<byte[]>> incomplete = new LinkedHashMap<>();
        for (StoredRecord entry : tx.list(Records.FRAGMENTS)) {
            byte[] key = entry.key();
            if (java.nio.ByteBuffer.wrap(key).getLong() == membership) {
                String group = java.util.HexFormat.of().formatHex(key, 0, key.length - 1);
                incomplete.computeIfAbsent(group, name -> new ArrayList<>()).add(key);
            }
        }
        if (incomplete.size() >= MOST_INCOMPLETE) {
            for (byte[] key : incomplete.values().iterator().next()) {
                tx.delete(Records.FRAGMENTS, key);
            }
        }
    }

    /** After the commit: remembers the message's packets and tells of it. */
    public void arrived(Memory memory, Source source, Optional<Records.Message> message) {
        Optional<Messages.Event> event = Optional.empty();
        if (message.isPresent()) {
            message.get()
                    .packets()
                    .forEach(id ->
                            memory.addReceived(new PacketId(id), message.get().id()));
            core.nodes.countFound(source.candidate().node());
            event = Optional.of(new Messages.Event(
                    Optional.of(new Views(memory).message(message.get(), Optional.empty(), false)), Optional.empty()));
        }
        if (source.sequence() >= 0) {
            core.events.arrived(source.chain(), source.sequence(), event);
        } else {
            event.ifPresent(core.events::tell);
        }
    }

    /** A packet that is in messages of ours stands in a block. */
    public void sighting(Memory memory, PacketId id, Candidate candidate) throws StoreException {
        Set<Long> messages = memory.received(id);
        if (messages.isEmpty() || candidate.inBlock().isEmpty() || !core.nodes.tellsBlocks(candidate.node())) {
            return;
        }
        int height = candidate.inBlock().get().height();
        core.store.transact(tx -> {
            for (long number : new HashSet<>(messages)) {
                Optional<Records.Message> found =
                        Core.find(tx, Records.MESSAGES, Records.key(number), Records.Message.class);
                if (found.isPresent() && found.get().block() < height) {
                    put(tx, found.get().with(height, withTransaction(found.get(), candidate.transaction())));
                }
            }
            return null;
        });
    }

    private static List<byte[]> withTransaction(Records.Message message, byte[] transaction) {
        boolean known = message.transactions().stream().anyMatch(t -> java.util.Arrays.equals(t, transaction));
        if (known || message.transactions().size() >= MOST_TRANSACTIONS) {
            return message.transactions();
        }
        List<byte[]> all = new ArrayList<>(message.transactions());
        all.add(transaction);
        return all;
    }
}
