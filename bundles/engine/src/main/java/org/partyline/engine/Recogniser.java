package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PacketView;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells our packets from strangers' and opens them: the locator table first, then one HMAC for each beacon, and only for a
 * packet that a member made, a key derivation (PROTOCOL 2). Runs under the engine's lock.
 */
final class Recogniser {
    /** How long a packet that matched nothing, or that waits for a suite, is kept (PROTOCOL 5). */
    static final Duration PATIENCE = Duration.ofHours(24);

    /** A sealed packet's locator is remembered for longer than its day's beacon is kept. */
    private static final Duration SEEN = Duration.ofDays(4);

    /** An offer comes in several packets, and anybody with the card can send many. */
    private static final Duration FORBIDDEN_PAUSE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(Recogniser.class);

    private final Core core;
    private final Inbox inbox;
    private final Outbox outbox;
    private final PacketOpener opener;
    private final LegacyWarning legacyWarning;
    private final Pairing pairing;
    private final KeyUpdates updates;
    private final Controls controls;
    private Instant forbiddenAudited = Instant.EPOCH;

    Recogniser(
            Core core,
            Inbox inbox,
            Outbox outbox,
            PacketOpener opener,
            Pairing pairing,
            KeyUpdates updates,
            Controls controls,
            LegacyWarning legacyWarning) {
        this.core = core;
        this.inbox = inbox;
        this.outbox = outbox;
        this.opener = opener;
        this.pairing = pairing;
        this.updates = updates;
        this.controls = controls;
        this.legacyWarning = legacyWarning;
    }

    private enum Verdict {
        OPENED,
        PARKED,
        REFUSED,
        FORGED,
        STRANGER
    }

    /** Handles a payload, and then those that it made readable. */
    void handle(Memory memory, Candidate candidate) throws StoreException {
        process(memory, candidate);
        handleWaiting(memory);
    }

    /** Handles what became readable. A payload leaves the queue only when it was handled: the disk may refuse. */
    void handleWaiting(Memory memory) throws StoreException {
        for (Candidate next = memory.again.peek(); next != null; next = memory.again.peek()) {
            try {
                process(memory, next);
            } catch (RuntimeException e) {
                LOG.error("a packet could not be handled", e);
            }
            memory.again.poll();
        }
    }

    private void process(Memory memory, Candidate candidate) throws StoreException {
        PacketId id = candidate.id();
        outbox.sighting(memory, id, candidate);
        inbox.sighting(memory, id, candidate);
        if (memory.wasHandled(id) || memory.wasRefused(id, candidate.inBlock().isPresent())) {
            return;
        }
        if (!Packets.isCandidate(candidate.payload())) {
            legacy(memory, candidate, id);
            memory.setHandled(id);
            return;
        }
        ownPacketOfOthers(memory, candidate, id);
        switch (recognise(memory, candidate, id)) {
            case OPENED -> {
                memory.setHandled(id);
                memory.removeUnmatched(id);
            }
            case PARKED -> {
                park(candidate, id);
                memory.setHandled(id);
                memory.removeUnmatched(id);
            }
            // Its time may be right by a block's clock though it is wrong by ours, so the two are told apart.
            case REFUSED -> memory.setRefused(id, candidate.inBlock().isPresent());
            case FORGED -> memory.setHandled(id);
            case STRANGER -> {
                if (memory.sent(id) == null) {
                    remember(memory, candidate, id);
                }
            }
        }
    }

    /** A packet of ours that we have not made: see {@link Pairing#expectOwn}. */
    private void ownPacketOfOthers(Memory memory, Candidate candidate, PacketId id) throws StoreException {
        int owner = memory.sent(id) == null ? memory.ownedBy(Packets.hint(candidate.payload())) : -1;
        Memory.Contact contact = owner < 0 ? null : memory.contact(owner);
        if (contact != null && contact.network().code() == candidate.network()) {
            pairing.doubled(memory, contact);
        }
    }

    private Verdict recognise(Memory memory, Candidate candidate, PacketId id) throws StoreException {
        List<int[]> expected = new ArrayList<>(1);
        memory.locators.find(
                Packets.hint(candidate.payload()), (chain, position) -> expected.add(new int[] {chain, position}));
        Verdict verdict = Verdict.STRANGER;
        for (int[] match : expected) {
            Memory.Track track = memory.track(match[0]);
            Memory.Conversation conversation = memory.conversation(track.entry.membership());
            if (conversation.network().code() == candidate.network()) {
                verdict = strongest(verdict, onChain(memory, conversation, track, match[1], candidate, id));
            }
        }
        if (verdict != Verdict.STRANGER) {
            return verdict;
        }
        Memory.Beacon beacon = memory.match(candidate.payload());
        if (beacon == null || beacon.network.code() != candidate.network()) {
            return Verdict.STRANGER;
        }
        if (beacon.letterbox != null) {
            return handshake(memory, beacon, candidate, id);
        }
        return Math.abs(beacon.day - candidate.day()) > 1 ? Verdict.STRANGER : sealed(memory, beacon, candidate, id);
    }

    /** Where the packet was not opened. */
    private static Verdict verdict(PacketOpener.Attempt attempt) {
        if (attempt.refused()) {
            return Verdict.REFUSED;
        }
        return attempt.missing() ? Verdict.PARKED : Verdict.STRANGER;
    }

    private static Verdict strongest(Verdict one, Verdict other) {
        return one.ordinal() <= other.ordinal() ? one : other;
    }

    // ---- chains (PROTOCOL 5)

    private Verdict onChain(
            Memory memory,
            Memory.Conversation conversation,
            Memory.Track track,
            int position,
            Candidate candidate,
            PacketId id)
            throws StoreException {
        SecretBytes secret;
        try {
            secret = track.chain.secret(position);
        } catch (NoSuchElementException e) {
            return Verdict.STRANGER;
        }
        try (secret) {
            PacketKey key = new PacketKey(
                    secret, PacketOpener.label(track), PacketOpener.locator(candidate, 8), candidate.onNetwork());
            PacketOpener.Attempt attempt = opener.open(candidate, key, opener.suites(track));
            if (attempt.opened() == null) {
                return verdict(attempt);
            }
            if (track.entry.kind() == Records.Kind.REPLY
                    && !pairing.isAnswer(
                            memory,
                            (Memory.Contact) conversation,
                            track.entry,
                            attempt.opened().content())) {
                return Verdict.FORGED;
            }
            use(memory, conversation, track, position, candidate, id, key, attempt.opened());
            return Verdict.OPENED;
        }
    }

    private void use(
            Memory memory,
            Memory.Conversation conversation,
            Memory.Track track,
            int position,
            Candidate candidate,
            PacketId id,
            PacketKey key,
            OpenedPacket opened)
            throws StoreException {
        Records.Incoming entry = track.entry;
        List<long[]> added = new ArrayList<>();
        List<long[]> dropped = new ArrayList<>();
        ReceiveChain moved;
        try (SecretBytes state = track.chain.encode()) {
            moved = core.chains.decodeReceive(state.expose());
        }
        List<SecretBytes> salts = salts(moved, position, opened.content());
        moved.use(
                position,
                core.now(),
                (at, hint) -> added.add(new long[] {at, hint}),
                (at, hint) -> dropped.add(new long[] {at, hint}));
        String view = conversation instanceof Memory.Member member
                ? opener.view(
                        member, opened, Optional.of(entry.session()), OptionalInt.of(position), member.entry.salt())
                : core.codec.json(PacketOpener.viewOf(
                        opened, Optional.of(entry.session()), OptionalInt.of(position), Optional.empty(), new byte[0]));
        Inbox.Source source = new Inbox.Source(
                conversation,
                candidate,
                id,
                entry.nickname(),
                entry.number(),
                entry.opened(),
                position,
                view,
                signer(memory, conversation, opened, key));
        Optional<Records.Message> message;
        try (After after = new After()) {
            // What the session does next comes after the chain's own step.
            after.then(() -> moved(memory, track, candidate, position, moved, added, dropped));
            try {
                // The key's use and what it opened are one transaction: after a crash both happened, or neither.
                message = core.store.transact(tx -> {
                    putChain(tx, entry, moved);
                    tx.delete(Records.UNMATCHED, id.hash());
                    tx.delete(Records.PARKED, id.hash());
                    Inbox.Arrival arrival = inbox.accept(tx, source, opened.content());
                    if (conversation instanceof Memory.Contact contact) {
                        session(
                                tx,
                                memory,
                                after,
                                contact,
                                track,
                                source,
                                arrival,
                                opened.content().timestamp(),
                                salts);
                    }
                    return arrival.message();
                });
            } catch (StoreException | RuntimeException e) {
                moved.close();
                throw e;
            }
            after.commit();
        } finally {
            salts.forEach(SecretBytes::close);
        }
        inbox.arrived(memory, source, message);
    }

    /**
     * What a KEY_UPDATE needs of its position, and of those that were skipped before it, the nearest first: it may say once more what was
     * lost at one of them. Nothing for any other packet.
     */
    private static List<SecretBytes> salts(ReceiveChain chain, int position, Content content) {
        if (content.type() != PacketType.KEY_UPDATE) {
            return List.of();
        }
        List<Integer> skipped = new ArrayList<>();
        chain.forEachExpected((at, hint) -> {
            if (at < position) {
                skipped.add(at);
            }
        });
        skipped.sort(Comparator.reverseOrder());
        List<SecretBytes> salts = new ArrayList<>(List.of(chain.rekeySalt(position)));
        skipped.stream().limit(KeyUpdates.MOST_COPIES - 1L).forEach(at -> salts.add(chain.rekeySalt(at)));
        return salts;
    }

    private void moved(
            Memory memory,
            Memory.Track track,
            Candidate candidate,
            int position,
            ReceiveChain chain,
            List<long[]> added,
            List<long[]> dropped) {
        int number = track.entry.number();
        memory.locators.remove(Packets.hint(candidate.payload()), number, position);
        for (long[] gone : dropped) {
            memory.locators.remove(gone[1], number, (int) gone[0]);
        }
        memory.put(new Memory.Track(track.entry, chain));
        for (long[] next : added) {
            memory.expect(number, (int) next[0], next[1]);
        }
    }

    /** What came on a session's chain or a reply chain, to the session. Part of the caller's transaction. */
    private void session(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
            Memory.Track track,
            Inbox.Source source,
            Inbox.Arrival arrival,
            long timestamp,
            List<SecretBytes> salts)
            throws StoreException {
        if (track.entry.kind() == Records.Kind.SESSION) {
            updates.heard(tx, memory, after, contact, track.entry, timestamp);
        }
        if (arrival.message().isPresent()) {
            SessionState session = SessionState.get(tx, contact.id());
            session.received++;
            session.put(tx);
            controls.sendReceipt(tx, memory, after, contact, source.candidate().payload());
        }
        if (arrival.other().isEmpty()) {
            return;
        }
        Inbox.Other other = arrival.other().get();
        if (track.entry.kind() == Records.Kind.REPLY) {
            pairing.resp(tx, memory, after, contact, track.entry, other);
        } else if (other.type() == PacketType.KEY_UPDATE && other.whole()) {
            updates.arrived(tx, memory, after, contact, track.entry, source.sequence(), other, salts);
        } else if (other.type() == PacketType.CONTROL) {
            controls.arrived(tx, memory, after, contact, track.entry, other);
        }
    }

    /** Who signed a packet, as in a {@link Records.Message}. */
    private int signer(Memory memory, Memory.Conversation conversation, OpenedPacket opened, PacketKey key) {
        Content content = opened.content();
        if (content.signature().isEmpty()) {
            return Records.Signer.NOBODY;
        }
        byte[] input = core.codec.signatureInput(content, key);
        boolean named = false;
        for (Memory.Contact contact : memory.contacts()) {
            boolean candidate = contact.persona() == conversation.persona()
                    && contact.identity().isPresent()
                    && (content.senderId().isEmpty()
                            ? contact.id() == conversation.id()
                            : Arrays.equals(
                                    contact.identity().get().senderId(),
                                    content.senderId().get()));
            if (candidate) {
                named = true;
                if (core.identities.verify(
                        contact.identity().get(), input, content.signature().get())) {
                    return contact.id();
                }
            }
        }
        return named ? Records.Signer.WRONG : Records.Signer.UNKNOWN;
    }

    // ---- handshakes (PROTOCOL 6)

    private Verdict handshake(Memory memory, Memory.Beacon beacon, Candidate candidate, PacketId id)
            throws StoreException {
        Memory.Letterbox letterbox = beacon.letterbox;
        byte[] locator = PacketOpener.locator(candidate, Packets.SEALED_LOCATOR);
        byte[] seen = Records.key(letterbox.id(), locator);
        if (core.store.transact(tx -> tx.contains(Records.SEEN, seen))) {
            return Verdict.OPENED;
        }
        try (SecretBytes secret = core.handshakes.inboxPacketSecret(beacon.root, locator)) {
            PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, candidate.onNetwork());
            PacketOpener.Attempt attempt = opener.open(candidate, key, opener.everySuite());
            if (attempt.opened() == null) {
                if (attempt.missing()) {
                    auditForbidden(id);
                }
                return verdict(attempt) == Verdict.STRANGER ? Verdict.FORGED : verdict(attempt);
            }
            OpenedPacket opened = attempt.opened();
            String view = core.codec.json(
                    PacketOpener.viewOf(opened, Optional.empty(), OptionalInt.empty(), Optional.empty(), locator));
            Inbox.Source source = new Inbox.Source(
                    letterbox, candidate, id, "", -1, opened.content().timestamp(), -1, view, Records.Signer.NOBODY);
            try (After after = new After()) {
                core.store.transact(tx -> {
                    tx.put(
                            Records.SEEN,
                            seen,
                            Records.ALL,
                            new byte[] {1},
                            later(candidate.reference(), core.now()).plus(SEEN));
                    tx.delete(Records.UNMATCHED, id.hash());
                    tx.delete(Records.PARKED, id.hash());
                    // Only handshakes belong here: a text in an inbox would be a message of nobody.
                    if (isHandshake(opened.content())) {
                        Inbox.Arrival arrival = inbox.accept(tx, source, opened.content());
                        if (arrival.other().isPresent()) {
                            pairing.init(
                                    tx,
                                    memory,
                                    after,
                                    letterbox,
                                    arrival.other().get());
                        }
                    }
                    return null;
                });
                after.commit();
            }
            return Verdict.OPENED;
        }
    }

    /** Who offers a session seals the offer with a suite of it: where policy forbids that one, it forbids the offer. */
    private void auditForbidden(PacketId id) throws StoreException {
        boolean forbids = Arrays.stream(AeadId.values())
                .filter(AeadId::seals)
                .anyMatch(suite -> !core.suites.allowed().contains(suite));
        boolean news = core.store.transact(tx -> !tx.contains(Records.PARKED, id.hash()));
        if (forbids && news && core.now().isAfter(forbiddenAudited.plus(FORBIDDEN_PAUSE))) {
            forbiddenAudited = core.now();
            core.audit(
                    "handshake-refused",
                    "somebody who has a persona's card offers no cipher suite that may be used here: see partyline:suite-list");
        }
    }

    /** An INIT, or a piece of one: the first piece's body begins with the inner type. */
    private static boolean isHandshake(Content content) {
        if (content.type() == PacketType.FRAGMENT) {
            return content.fragment().orElseThrow().index() > 0
                    || content.body().length > 0 && content.body()[0] == PacketType.HANDSHAKE_INIT.code();
        }
        return content.type() == PacketType.HANDSHAKE_INIT;
    }

    static void putChain(StoreTransaction tx, Records.Incoming entry, ReceiveChain chain) throws StoreException {
        try (SecretBytes state = chain.encode()) {
            Core.putSecret(
                    tx,
                    Records.RECEIVE_CHAINS,
                    Records.key(entry.number()),
                    Records.key(entry.membership()),
                    entry.with(state.expose()));
        }
    }

    // ---- sealed packets (PROTOCOL 4)

    private Verdict sealed(Memory memory, Memory.Beacon beacon, Candidate candidate, PacketId id)
            throws StoreException {
        byte[] locator = PacketOpener.locator(candidate, Packets.SEALED_LOCATOR);
        List<Memory.Member> readers = core.store.transact(tx -> {
            List<Memory.Member> fresh = new ArrayList<>();
            for (int number : beacon.members) {
                if (!tx.contains(Records.SEEN, Records.key(number, locator))) {
                    fresh.add(memory.member(number));
                }
            }
            return fresh;
        });
        if (readers.isEmpty()) {
            return Verdict.OPENED;
        }
        KdfParameters parameters = readers.get(0).entry.parameters();
        Optional<KeyDerivation> kdf = core.suites.derivation(parameters.id());
        if (kdf.isEmpty()) {
            return Verdict.PARKED;
        }
        SecretBytes derived;
        try {
            derived = core.channelKeys.sealedSecret(kdf.get(), parameters, beacon.root, locator);
        } catch (IllegalArgumentException e) {
            LOG.warn("a packet waits for more memory: {}", e.getMessage());
            return Verdict.PARKED;
        }
        try (SecretBytes secret = derived) {
            PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, candidate.onNetwork());
            PacketOpener.Attempt attempt = opener.open(candidate, key, opener.everySuite());
            if (attempt.opened() == null) {
                // With a member's locator and no suite left to try it is a copy: not worth another key derivation.
                return verdict(attempt) == Verdict.STRANGER ? Verdict.FORGED : verdict(attempt);
            }
            for (Memory.Member member : readers) {
                acceptSealed(memory, member, beacon, candidate, id, key, attempt.opened());
            }
            return Verdict.OPENED;
        }
    }

    private void acceptSealed(
            Memory memory,
            Memory.Member member,
            Memory.Beacon beacon,
            Candidate candidate,
            PacketId id,
            PacketKey key,
            OpenedPacket opened)
            throws StoreException {
        byte[] locator = key.locator();
        Content content = opened.content();
        String nickname = content.newChain().map(NewChain::nickname).orElse("");
        String view = opener.view(member, opened, Optional.empty(), OptionalInt.empty(), locator);
        Inbox.Source source = new Inbox.Source(
                member,
                candidate,
                id,
                nickname,
                -1,
                content.timestamp(),
                -1,
                view,
                signer(memory, member, opened, key));
        ReceiveChain chain = null;
        byte[] session = null;
        if (content.newChain().isPresent()) {
            try (SecretBytes first = core.channelKeys.advance(beacon.root, 0);
                    SecretBytes chainKey = core.chains.channelChainKey(
                            content.newChain().get().seed(), first, candidate.onNetwork())) {
                session = core.chains.sessionId(chainKey);
                chain = core.chains.receive(chainKey, Instant.ofEpochSecond(content.timestamp()));
            }
        }
        ReceiveChain started = chain;
        byte[] name = session;
        record Kept(Optional<Records.Message> message, Records.Incoming incoming) {}
        Kept kept;
        try {
            kept = core.store.transact(tx -> {
                tx.put(
                        Records.SEEN,
                        Records.key(member.id(), locator),
                        Records.ALL,
                        new byte[] {1},
                        later(candidate.reference(), core.now()).plus(SEEN));
                tx.delete(Records.UNMATCHED, id.hash());
                tx.delete(Records.PARKED, id.hash());
                Records.Incoming incoming = null;
                if (started != null) {
                    incoming = new Records.Incoming(
                            (int) Core.next(tx, "chain"),
                            member.id(),
                            Records.Kind.CHANNEL,
                            name,
                            opened.suite().code(),
                            nickname,
                            content.timestamp(),
                            null,
                            null,
                            0);
                    putChain(tx, incoming, started);
                }
                return new Kept(inbox.accept(tx, source, content).message(), incoming);
            });
        } catch (StoreException e) {
            if (started != null) {
                started.close();
            }
            throw e;
        }
        inbox.arrived(memory, source, kept.message());
        if (kept.incoming() != null) {
            core.events.startLine(kept.incoming().number(), 0);
            memory.follow(new Memory.Track(kept.incoming(), started));
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    // ---- version 1 (PROTOCOL 10)

    private void legacy(Memory memory, Candidate candidate, PacketId id) throws StoreException {
        Optional<LegacyReader> reader = core.legacy.get();
        boolean read = memory.members().stream()
                .anyMatch(m -> m.legacyKey != null && m.entry.network() == candidate.network());
        if (!read || !core.settings.get().allowLegacyV1()) {
            return;
        }
        if (reader.isEmpty()) {
            park(candidate, id);
            return;
        }
        if (!reader.get().isCandidate(candidate.payload())) {
            return;
        }
        for (Memory.Member member : memory.members()) {
            if (member.legacyKey == null || member.entry.network() != candidate.network()) {
                continue;
            }
            Optional<AeadSuite> eax = core.suites.suite(AeadId.AES_256_EAX);
            if (eax.isEmpty()) {
                park(candidate, id);
                return;
            }
            Optional<LegacyReader.LegacyMessage> message =
                    reader.get().open(candidate.payload(), member.legacyKey, eax.get());
            if (message.isPresent()) {
                acceptLegacy(memory, member, candidate, id, message.get());
            }
        }
    }

    private void acceptLegacy(
            Memory memory, Memory.Member member, Candidate candidate, PacketId id, LegacyReader.LegacyMessage message)
            throws StoreException {
        PacketView view = new PacketView(
                1,
                PacketType.LEGACY,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                message.timestamp(),
                AeadId.AES_256_EAX,
                Optional.of(KdfParameters.defaults(KdfId.PBKDF2_SHA256)),
                "mempool_partyline_salt".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                message.nonce(),
                message.ciphertext(),
                message.tag(),
                OptionalLong.empty(),
                Optional.empty());
        Inbox.Source source = new Inbox.Source(
                member,
                candidate,
                id,
                message.sender(),
                -1,
                message.timestamp(),
                -1,
                core.codec.json(view),
                Records.Signer.NOBODY);
        byte[] seen = Records.key(member.id(), id.hash());
        Optional<Records.Message> kept = core.store.transact(tx -> {
            tx.delete(Records.PARKED, id.hash());
            if (tx.contains(Records.SEEN, seen)) {
                return Optional.<Records.Message>empty();
            }
            // Version 1 has no chain to tell a replay by: its hash is kept for as long as a mempool may hold it.
            tx.put(Records.SEEN, seen, Records.ALL, new byte[] {1}, core.now().plus(Duration.ofDays(30)));
            return inbox.legacy(tx, source, message.text(), message.timestamp());
        });
        if (kept.isPresent()) {
            legacyWarning.count(core.now());
            inbox.arrived(memory, source, kept);
        }
    }

    // ---- what all of them need

    private void remember(Memory memory, Candidate candidate, PacketId id) throws StoreException {
        if (memory.isUnmatched(id)) {
            return;
        }
        // In the store too, and there first: the block it stands in may never be read again.
        core.store.transact(tx -> {
            tx.put(
                    Records.UNMATCHED,
                    id.hash(),
                    Records.ALL,
                    Cbor.write(candidate),
                    Instant.ofEpochMilli(candidate.arrived()).plus(PATIENCE));
            return null;
        });
        Candidate oldest = memory.addUnmatched(id, candidate);
        if (oldest != null) {
            core.store.transact(tx -> tx.delete(Records.UNMATCHED, oldest.id().hash()));
        }
    }

    private void park(Candidate candidate, PacketId id) throws StoreException {
        core.store.transact(tx -> {
            tx.put(
                    Records.PARKED,
                    id.hash(),
                    Records.ALL,
                    Cbor.write(candidate),
                    Instant.ofEpochMilli(candidate.arrived()).plus(PATIENCE));
            tx.delete(Records.UNMATCHED, id.hash());
            return null;
        });
    }

    /** Takes up what waited for a suite. */
    void retryParked(Memory memory) throws StoreException {
        List<Candidate> parked = core.store.transact(tx -> Core.all(tx, Records.PARKED, Candidate.class));
        for (Candidate candidate : parked) {
            memory.forgetHandled(candidate.id());
            handle(memory, candidate);
        }
    }

    /** A chain is over once nothing more can come on it. */
    static boolean isOver(Memory.Track track, Instant now) {
        if (track.entry.kind() != Records.Kind.CHANNEL) {
            return track.entry.retires() > 0 && now.toEpochMilli() > track.entry.retires();
        }
        return now.isAfter(track.chain.started().plus(PATIENCE).plus(PATIENCE))
                || track.chain.highest() >= Chains.MAX_MESSAGES - 1
                        && now.isAfter(track.chain.started().plus(PATIENCE));
    }
}
