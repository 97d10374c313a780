package org.partyline.contacts;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Kem;
import org.partyline.api.crypto.KemKeyException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.PostQuantumMode;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageCutter;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.KemExchange;
import org.partyline.messaging.sessions.KemExchange.Added;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.SecurityLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the post-quantum key exchanges of sessions (PROTOCOL 6.2): starts, answers, repeats and ends them, and informs
 * {@link SessionKeyUpdates} when a key update can include their secret. Without a {@link Kem}, sessions continue
 * unprotected. Runs under the state lock.
 */
final class PostQuantumExchange implements Exchanges {
    /** The length of code, id and offset before a fragment. */
    private static final int HEADER = 1 + 2 + 2;

    private static final Duration PATIENCE = Duration.ofHours(24);
    private static final int MOST_RESENDS = 3;
    /** The other side sends its part four times within four days; after five, nothing more will arrive. */
    private static final Duration STALLED = Duration.ofDays(5);

    private static final Duration SOONEST = Duration.ofHours(24);
    /** The answerer knows only roughly when the proposer began. */
    private static final Duration SOONEST_ANSWER = Duration.ofHours(20);

    private static final Duration RENEWED = Duration.ofDays(30);
    /** The initiator proposes; if it has not within this time, the other side does. */
    private static final Duration RESPONDER_WAITS = Duration.ofHours(24);
    /** A key update that found no slot with enough room within this time is sent like any other packet. */
    private static final Duration SLOT_PATIENCE = Duration.ofHours(1);

    private static final int MOST_FAILURES = 2;

    private static final Logger LOG = LoggerFactory.getLogger(PostQuantumExchange.class);

    private final People people;
    private final OperatorSettings settings;
    private final SecurityLog security;
    private final SessionProtocol protocol;
    private final Kem kem;
    private final SessionControlSender controlSender;
    private final PacketSizes sizes;
    private final MessageCutter cutter;

    PostQuantumExchange(
            People people,
            OperatorSettings settings,
            SecurityLog security,
            SessionProtocol protocol,
            Kem kem,
            SessionControlSender controlSender,
            PacketSizes sizes,
            MessageCutter cutter) {
        this.people = people;
        this.settings = settings;
        this.security = security;
        this.protocol = protocol;
        this.kem = kem;
        this.controlSender = controlSender;
        this.sizes = sizes;
        this.cutter = cutter;
    }

    /**
     * The data of one step; all its changes belong to this transaction. The caller of a method with this parameter
     * stores the session.
     */
    private record Turn(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session) {}

    private long now() {
        return protocol.clock().millis();
    }

    private boolean isOver(long since, Duration time) {
        return now() >= since + time.toMillis();
    }

    private PostQuantumMode mode() {
        return settings.get().sessions().postQuantum();
    }

    // ---- beginning

    /** Whether it is our turn to propose. */
    private boolean isTime(ContactConversation contact, SessionState session) {
        if (!session.isOpen()
                || mode() == PostQuantumMode.OFF
                || mode() == PostQuantumMode.COVER && contact.paysApart()
                || !session.initiator && !isOver(session.since, RESPONDER_WAITS)) {
            return false;
        }
        return session.exchanged == 0 || isOver(session.exchanged, session.isProtected() ? RENEWED : SOONEST);
    }

    /** Creates a key pair. The caller stores the session. */
    private KemExchange propose(StoreTransaction tx, ContactConversation contact, SessionState session, boolean paid)
            throws StoreException {
        byte[] seed = new byte[Kem.SEED_LENGTH];
        protocol.random().nextBytes(seed);
        try (SecretBytes secret = SecretBytes.wrap(seed)) {
            byte[] key = kem.encapsulationKey(secret);
            KemExchange exchange = new KemExchange();
            exchange.contact = contact.id();
            exchange.proposer = true;
            exchange.id = protocol.handshakes().exchangeId(key);
            exchange.begun = now();
            exchange.paid = paid;
            exchange.seed = secret.expose().clone();
            exchange.key = key;
            exchange.ciphertext = new byte[Kem.CIPHERTEXT_LENGTH];
            exchange.arrived = new byte[0];
            exchange.put(tx);
            session.exchanged = exchange.begun;
            return exchange;
        }
    }

    // ---- sending instead of decoys

    @Override
    public Optional<Ride> next(StoreTransaction tx, ContactConversation contact, SessionState session, int most)
            throws StoreException {
        if (!session.isOpen() || contact.paysApart()) {
            return Optional.empty();
        }
        Optional<KemExchange> found = KemExchange.find(tx, contact.id());
        if (found.isEmpty()) {
            if (!isTime(contact, session) || most <= HEADER) {
                return Optional.empty();
            }
            try (KemExchange begun = propose(tx, contact, session, false)) {
                return piece(begun, most);
            } catch (AbsentException e) {
                return Optional.empty();
            }
        }
        try (KemExchange exchange = found.get()) {
            if (exchange.paid) {
                return Optional.empty();
            }
            if (wantsUpdate(session, exchange)) {
                return most >= Handshakes.PROTECTED_UPDATE_LENGTH
                        ? Optional.of(new Ride(PacketType.KEY_UPDATE, new byte[0]))
                        : Optional.empty();
            }
            return piece(exchange, most);
        }
    }

    /** The next fragment of our part that fits; empty if all were sent, or there is no answer to send yet. */
    private static Optional<Ride> piece(KemExchange exchange, int most) {
        byte[] ours = exchange.ours();
        boolean waits = exchange.sentAll != 0 || ours == null || exchange.proposer && exchange.secret != null;
        if (waits || most <= HEADER) {
            return Optional.empty();
        }
        int length = Math.min(most - HEADER, Objects.requireNonNull(ours).length - exchange.sent);
        return Optional.of(new Ride(PacketType.CONTROL, pieceOf(exchange, exchange.sent, length)));
    }

    private static byte[] pieceOf(KemExchange exchange, int offset, int length) {
        return ByteBuffer.allocate(HEADER + length)
                .put(exchange.proposer ? ControlCodes.KEM_KEY : ControlCodes.KEM_ANSWER)
                .put(exchange.id)
                .putShort((short) offset)
                .put(Objects.requireNonNull(exchange.ours(), "there is an answer"), offset, length)
                .array();
    }

    /**
     * Requests a slot of cover traffic, unless the next packet waits for one.
     *
     * @param packets how many packets of the exchange were sealed
     */
    private void ride(StoreTransaction tx, ContactConversation contact, int packets) throws StoreException {
        Instant expires = protocol.clock().instant().plus(RENEWED);
        CargoRecord.queue(
                tx,
                contact.id(),
                CargoRecord.EXCHANGE,
                "exchange " + packets,
                PacketType.CONTROL,
                new byte[0],
                expires);
    }

    /** Records that a fragment of ours was sealed, and so will be sent. */
    void sealed(StoreTransaction tx, ContactConversation contact, byte[] body) throws StoreException {
        Optional<KemExchange> found = KemExchange.find(tx, contact.id());
        if (found.isEmpty() || !Arrays.equals(body, 1, 3, found.get().id, 0, 2)) {
            return;
        }
        try (KemExchange exchange = found.get()) {
            int end = offset(body) + body.length - HEADER;
            exchange.sent = Math.max(exchange.sent, end);
            exchange.pieceLength = Math.max(exchange.pieceLength, body.length - HEADER);
            exchange.packets++;
            if (exchange.sent == Objects.requireNonNull(exchange.ours(), "a piece of it was sealed").length) {
                exchange.sentAll = now();
            } else if (!exchange.paid) {
                ride(tx, contact, exchange.packets);
            }
            exchange.put(tx);
        }
    }

    private static int offset(byte[] body) {
        return Short.toUnsignedInt(ByteBuffer.wrap(body).getShort(3));
    }

    // ---- paid sending

    /** Queues the rest of our part, each fragment in the largest packet that the nodes relay. */
    private void pay(Turn turn, KemExchange exchange) throws StoreException {
        int most = cutter.longestControl(room(turn.contact).most()) - HEADER;
        byte[] ours = Objects.requireNonNull(exchange.ours(), "there is something to send");
        if (most <= 0) {
            return;
        }
        for (OutgoingMessage outgoing : OutgoingRecords.of(turn.tx, turn.contact.id())) {
            if (outgoing.isExchange() && outgoing.state() == State.QUEUED) {
                return;
            }
        }
        for (int offset = exchange.sent; offset < ours.length; offset += most) {
            byte[] piece = pieceOf(exchange, offset, Math.min(most, ours.length - offset));
            controlSender.say(
                    turn.tx, turn.after, turn.contact, PacketType.CONTROL, piece, HandshakeLimits.CONTROL_LIFE);
        }
    }

    /** The largest packets that the nodes relay. Cover traffic may require larger ones, which the sealer handles. */
    private SizeRange room(ContactConversation contact) {
        return new SizeRange(0, sizes.maxBucket(contact.network()));
    }

    /**
     * The sizes of the packets that {@link #protect} would send, in bytes, including the key update that completes the
     * exchange.
     *
     * @throws NoSuchThingException if it would send nothing
     */
    List<Integer> packets(StoreTransaction tx, ContactConversation contact, SessionState session)
            throws PartylineException {
        Optional<KemExchange> found = KemExchange.find(tx, contact.id());
        if (found.isEmpty()) {
            requireMayBegin(contact, session);
            return packets(contact, Kem.KEY_LENGTH, true);
        }
        try (KemExchange exchange = found.get()) {
            int whole = exchange.proposer ? Kem.KEY_LENGTH : Kem.CIPHERTEXT_LENGTH;
            boolean sent = exchange.sentAll != 0 || exchange.proposer && exchange.secret != null;
            return packets(contact, sent ? 0 : whole - exchange.sent, session.ownPrivate == null);
        }
    }

    private void requireMayBegin(ContactConversation contact, SessionState session) throws NoSuchThingException {
        if (!session.isOpen()) {
            throw new NoSuchThingException("there is no open session with '" + contact.name()
                    + "': open one with partyline:session-open " + contact.name());
        }
        if (session.isProtected() && !isOver(session.exchanged, RENEWED)) {
            throw new NoSuchThingException("the session with '" + contact.name() + "' is already protected");
        }
        if (session.exchanged != 0 && !isOver(session.exchanged, SOONEST)) {
            throw new NoSuchThingException("the last exchange with '" + contact.name()
                    + "' started less than 24 hours ago: try again after "
                    + Instant.ofEpochMilli(session.exchanged).plus(SOONEST).truncatedTo(ChronoUnit.SECONDS));
        }
    }

    private List<Integer> packets(ContactConversation contact, int bytes, boolean update) throws PartylineException {
        SizeRange room = room(contact);
        int most = cutter.longestControl(room.most()) - HEADER;
        if (most <= 0) {
            throw new NoSuchThingException(
                    "no node can relay packets to '" + contact.name() + "' now: see partyline:node-list");
        }
        List<Integer> all = new ArrayList<>();
        for (int left = bytes; left > 0; left -= most) {
            all.add(cutter.controlSize(room, HEADER + Math.min(most, left)));
        }
        if (update) {
            all.add(cutter.controlSize(room, Handshakes.PROTECTED_UPDATE_LENGTH));
        }
        return all;
    }

    /** Begins an exchange in paid packets, or continues one in such packets. */
    void protect(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws PartylineException {
        people.personas.requireWriting(contact.persona());
        SessionState session = SessionState.get(tx, contact.id());
        Turn turn = new Turn(tx, after, contact, session);
        Optional<KemExchange> found = KemExchange.find(tx, contact.id());
        if (found.isEmpty()) {
            requireMayBegin(contact, session);
        }
        try (KemExchange exchange = found.isPresent() ? found.get() : propose(tx, contact, session, true)) {
            exchange.paid = true;
            dropRiding(tx, contact);
            // The proposer sends its key until the secret is known; the answerer sends its answer from then on.
            if (exchange.sentAll == 0 && exchange.proposer == (exchange.secret == null)) {
                pay(turn, exchange);
            }
            askUpdate(turn, exchange);
        }
        session.put(tx);
    }

    /** Whether an exchange is in progress. */
    boolean isOpen(StoreTransaction tx, ContactConversation contact) throws StoreException {
        Optional<KemExchange> found = KemExchange.find(tx, contact.id());
        found.ifPresent(KemExchange::close);
        return found.isPresent();
    }

    private static void dropRiding(StoreTransaction tx, ContactConversation contact) throws StoreException {
        for (CargoRecord cargo : CargoRecord.of(tx, contact.id())) {
            if (cargo.rank() == CargoRecord.EXCHANGE && cargo.packet() == null) {
                cargo.delete(tx);
            }
        }
    }

    /** Whether a session is protected, and the progress of an exchange. */
    static Sessions.Protection protection(StoreTransaction tx, SessionState session) throws StoreException {
        Optional<Instant> since =
                session.isProtected() ? Optional.of(Instant.ofEpochMilli(session.protectedSince)) : Optional.empty();
        Optional<KemExchange> open = KemExchange.find(tx, session.contact);
        if (open.isEmpty()) {
            return new Sessions.Protection(since, 0, 0);
        }
        try (KemExchange exchange = open.get()) {
            return new Sessions.Protection(since, exchange.packetsDone(), exchange.packetsInAll());
        }
    }

    // ---- received packets

    /**
     * A fragment of the other side's key or ciphertext.
     *
     * @param id the exchange's id
     * @param sealed when it was sealed, in milliseconds
     */
    private record Piece(byte[] id, int offset, byte[] bytes, long sealed) {}

    /** Processes a fragment of the other side. */
    void arrived(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            Inbox.Other control)
            throws StoreException {
        byte[] body = control.body();
        SessionState session = SessionState.get(tx, contact.id());
        if (body.length <= HEADER || !session.isOpen() || chain.number() < session.firstChain) {
            return;
        }
        byte[] id = Arrays.copyOfRange(body, 1, 3);
        Piece piece = new Piece(
                id,
                offset(body),
                Arrays.copyOfRange(body, HEADER, body.length),
                Math.min(now(), control.timestamp() * 1000));
        Turn turn = new Turn(tx, after, contact, session);
        if (body[0] == ControlCodes.KEM_ANSWER) {
            answer(turn, piece);
        } else {
            key(turn, piece);
        }
        session.put(tx);
    }

    private void key(Turn turn, Piece piece) throws StoreException {
        if (turn.session.hasEnded(piece.id)) {
            return;
        }
        Optional<KemExchange> found = KemExchange.find(turn.tx, turn.contact.id());
        if (found.isPresent() && !gives(turn, found.get(), piece)) {
            return;
        }
        found = KemExchange.find(turn.tx, turn.contact.id());
        if (found.isEmpty()
                && (mode() == PostQuantumMode.OFF
                        || turn.session.exchanged != 0
                                && piece.sealed < turn.session.exchanged + SOONEST_ANSWER.toMillis())) {
            return;
        }
        try (KemExchange exchange = found.isPresent() ? found.get() : proposed(turn.contact, turn.session, piece)) {
            exchange.heard = now();
            if (exchange.secret == null && !exchange.isArrived()) {
                gather(turn, exchange, piece);
            } else if (!exchange.agrees(piece.offset, piece.bytes)) {
                contradicted(turn, exchange);
            } else {
                again(turn, exchange, piece);
            }
        }
    }

    private KemExchange proposed(ContactConversation contact, SessionState session, Piece piece) {
        KemExchange exchange = new KemExchange();
        exchange.contact = contact.id();
        exchange.id = piece.id;
        exchange.begun = piece.sealed;
        exchange.paid = mode() == PostQuantumMode.PAY;
        exchange.key = new byte[Kem.KEY_LENGTH];
        exchange.arrived = new byte[0];
        session.exchanged = exchange.begun;
        return exchange;
    }

    /** Whether the present exchange is the one of a fragment, or must yield to it. */
    private boolean gives(Turn turn, KemExchange exchange, Piece piece) throws StoreException {
        try (exchange) {
            if (!exchange.proposer && Arrays.equals(exchange.id, piece.id)) {
                return true;
            }
            boolean answered = exchange.heard != 0;
            boolean way = exchange.proposer
                    // Both proposed at once: the initiator's proposal wins.
                    ? !turn.session.initiator && !answered
                    // The other side gave up the previous one.
                    : !turn.session.peerTagged && piece.sealed >= exchange.begun + SOONEST_ANSWER.toMillis();
            if (way) {
                end(turn, exchange);
                turn.session.exchanged = 0;
            }
            return way;
        }
    }

    /** Adds a fragment to the key, and answers once the key is complete. */
    private void gather(Turn turn, KemExchange exchange, Piece piece) throws StoreException {
        Added added = exchange.add(piece.offset, piece.bytes);
        if (added == Added.CONTRADICTS || added == Added.TOO_LONG) {
            contradicted(turn, exchange);
            return;
        }
        exchange.put(turn.tx);
        if (exchange.isArrived()) {
            encapsulate(turn, exchange);
        }
    }

    private void encapsulate(Turn turn, KemExchange exchange) throws StoreException {
        if (!Arrays.equals(protocol.handshakes().exchangeId(exchange.key), exchange.id)) {
            security.record("post-quantum-key-refused", "the id of a contact's encapsulation key is wrong");
            end(turn, exchange);
            return;
        }
        try (Kem.Encapsulated made = kem.encapsulate(exchange.key, protocol.random())) {
            exchange.secret = made.secret().expose().clone();
            exchange.ciphertext = made.ciphertext();
            exchange.arrived = new byte[0];
            exchange.put(turn.tx);
            send(turn, exchange);
        } catch (KemKeyException e) {
            security.record("post-quantum-key-refused", "the encapsulation key of a contact: " + e.getMessage());
            end(turn, exchange);
        } catch (AbsentException e) {
            LOG.debug("an encapsulation key waits: {}", e.reason());
        }
    }

    private void send(Turn turn, KemExchange exchange) throws StoreException {
        if (exchange.paid) {
            pay(turn, exchange);
        } else if (!turn.contact.paysApart()) {
            ride(turn.tx, turn.contact, exchange.packets);
        }
    }

    /** The key arrives again. If all of it does, the answer may have been lost, and is sent again. */
    private void again(Turn turn, KemExchange exchange, Piece piece) throws StoreException {
        exchange.add(piece.offset, piece.bytes);
        if (exchange.isArrived() && exchange.sentAll != 0 && exchange.resends < MOST_RESENDS) {
            exchange.arrived = new byte[0];
            resend(exchange);
            send(turn, exchange);
        }
        exchange.put(turn.tx);
    }

    private static void resend(KemExchange exchange) {
        exchange.resends++;
        exchange.sent = 0;
        exchange.sentAll = 0;
    }

    private void answer(Turn turn, Piece piece) throws StoreException {
        Optional<KemExchange> found = KemExchange.find(turn.tx, turn.contact.id());
        if (found.isEmpty() || !found.get().proposer || !Arrays.equals(found.get().id, piece.id)) {
            return;
        }
        try (KemExchange exchange = found.get()) {
            if (exchange.secret != null) {
                // A key update with its tag may be in flight: a fragment does not change what the other side has by
                // now.
                return;
            }
            exchange.heard = now();
            Added added = exchange.add(piece.offset, piece.bytes);
            if (added == Added.CONTRADICTS || added == Added.TOO_LONG) {
                contradicted(turn, exchange);
                return;
            }
            exchange.put(turn.tx);
            if (exchange.isArrived()) {
                decapsulate(turn, exchange);
            }
        }
    }

    private void decapsulate(Turn turn, KemExchange exchange) throws StoreException {
        try (SecretBytes seed = SecretBytes.wrap(Objects.requireNonNull(exchange.seed, "the secret is not known yet"));
                SecretBytes secret = kem.decapsulate(
                        seed, Objects.requireNonNull(exchange.ciphertext, "a proposer has room for the answer"))) {
            exchange.secret = secret.expose().clone();
        } catch (AbsentException e) {
            LOG.debug("the answer to an encapsulation key waits: {}", e.reason());
            return;
        }
        exchange.seed = null;
        withdraw(turn);
        askUpdate(turn, exchange);
    }

    private void contradicted(Turn turn, KemExchange exchange) throws StoreException {
        security.record("post-quantum-aborted", "a piece of a contact's key exchange contradicts an earlier one");
        end(turn, exchange);
    }

    // ---- key updates

    /** Whether it is our turn to send a key update that includes the secret, and none of ours is unanswered. */
    private boolean wantsUpdate(SessionState session, KemExchange exchange) {
        boolean ours = exchange.proposer ? exchange.secret != null : exchange.secret != null && session.peerTagged;
        return ours && !session.updateQueued && session.ownPrivate == null;
    }

    /**
     * Sends a key update that includes the secret, if it is time. The caller stores the session.
     *
     * @param exchange is stored
     */
    private void askUpdate(Turn turn, KemExchange exchange) throws StoreException {
        if (wantsUpdate(turn.session, exchange)) {
            if (exchange.updateDue == 0) {
                exchange.updateDue = now();
            }
            if (exchange.paid || turn.contact.paysApart() || isOver(exchange.updateDue, SLOT_PATIENCE)) {
                controlSender.sayUpdate(turn.tx, turn.after, turn.contact, turn.session);
            } else {
                ride(turn.tx, turn.contact, exchange.packets);
            }
        }
        exchange.put(turn.tx);
    }

    /**
     * Answers a key update with the right tag by one of ours. The caller stores the session. @return whether one will
     * follow
     */
    boolean answerUpdate(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        Optional<KemExchange> found = session.peerTagged ? KemExchange.find(tx, contact.id()) : Optional.empty();
        if (found.isEmpty()) {
            return false;
        }
        try (KemExchange exchange = found.get()) {
            exchange.updateDue = 0;
            askUpdate(new Turn(tx, after, contact, session), exchange);
            return true;
        }
    }

    /** The id and tag after the key in a new KEY_UPDATE of ours; null if none. @param ephemeral its key */
    byte @Nullable [] tag(StoreTransaction tx, SessionState session, byte[] ephemeral) throws StoreException {
        Optional<KemExchange> found = KemExchange.find(tx, session.contact);
        if (found.isEmpty()) {
            return null;
        }
        try (KemExchange exchange = found.get()) {
            boolean may = exchange.proposer || session.peerTagged;
            return may && exchange.secret != null ? tag(exchange, exchange.secret, ephemeral) : null;
        }
    }

    private byte[] tag(KemExchange exchange, byte[] shared, byte[] ephemeral) {
        try (SecretBytes secret = SecretBytes.copyOf(shared)) {
            byte[] tag = protocol.handshakes().exchangeTag(secret, ephemeral);
            return ByteBuffer.allocate(exchange.id.length + tag.length)
                    .put(exchange.id)
                    .put(tag)
                    .array();
        }
    }

    /** Whether a KEY_UPDATE of the other side carries the id and the right tag of the present exchange. */
    boolean isTagged(StoreTransaction tx, SessionState session, byte[] body) throws StoreException {
        if (body.length != Handshakes.PROTECTED_UPDATE_LENGTH) {
            return false;
        }
        Optional<KemExchange> found = KemExchange.find(tx, session.contact);
        if (found.isEmpty()) {
            return false;
        }
        try (KemExchange exchange = found.get()) {
            byte[] tag = Arrays.copyOfRange(body, Handshakes.KEY_UPDATE_LENGTH, body.length);
            if (exchange.secret == null || !Arrays.equals(tag, 0, 2, exchange.id, 0, 2)) {
                return false;
            }
            byte[] key = Arrays.copyOf(body, Handshakes.KEY_UPDATE_LENGTH);
            boolean right = MessageDigest.isEqual(tag, tag(exchange, exchange.secret, key));
            if (!right) {
                security.record("post-quantum-tag-refused", "the tag of a contact's key update is wrong");
            }
            return right;
        }
    }

    /** The secret of an exchange, and the hash of the key and ciphertext that both sides saw. */
    record Share(SecretBytes secret, byte[] hash) implements AutoCloseable {
        /** Encodes this for {@link SessionState#lastSecret}. */
        byte[] encode() {
            return ByteBuffer.allocate(secret.length() + hash.length)
                    .put(secret.expose())
                    .put(hash)
                    .array();
        }

        static Share decode(byte[] encoded) {
            return new Share(
                    SecretBytes.wrap(Arrays.copyOf(encoded, Kem.SECRET_LENGTH)),
                    Arrays.copyOfRange(encoded, Kem.SECRET_LENGTH, encoded.length));
        }

        @Override
        public void close() {
            secret.close();
        }
    }

    /** The secret that a pair of key updates includes; null for a plain pair. The caller closes it. */
    @Nullable
    Share share(StoreTransaction tx, SessionState session) throws StoreException {
        if (session.ownTag == null || !session.peerTagged) {
            return null;
        }
        Optional<KemExchange> found = KemExchange.find(tx, session.contact);
        if (found.isEmpty()) {
            return null;
        }
        try (KemExchange exchange = found.get()) {
            return new Share(
                    SecretBytes.copyOf(Objects.requireNonNull(exchange.secret, "both tags were made with it")),
                    protocol.handshakes()
                            .exchangeHash(
                                    exchange.key,
                                    Objects.requireNonNull(exchange.ciphertext, "the secret was made with it")));
        }
    }

    /**
     * Records that a pair of key updates is complete. The caller stores the session. @param tagged whether ours carried
     * the tag @param mixed whether the pair included the secret
     */
    void updated(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            boolean tagged,
            boolean mixed)
            throws StoreException {
        Optional<KemExchange> found = KemExchange.find(tx, contact.id());
        if (found.isEmpty()) {
            return;
        }
        Turn turn = new Turn(tx, after, contact, session);
        try (KemExchange exchange = found.get()) {
            if (mixed) {
                if (session.protectedSince == 0) {
                    session.protectedSince = now();
                    controlSender.retry(after);
                }
                end(turn, exchange);
                return;
            }
            exchange.failures += tagged ? 1 : 0;
            if (exchange.failures >= MOST_FAILURES) {
                security.record(
                        "post-quantum-failed",
                        "a contact failed twice to use the secret of a key exchange: another exchange starts later");
                end(turn, exchange);
                return;
            }
            exchange.updateDue = 0;
            askUpdate(turn, exchange);
        }
    }

    // ---- the end, and due work

    private void end(Turn turn, KemExchange exchange) throws StoreException {
        turn.session.endExchange(exchange.id);
        KemExchange.erase(turn.tx, turn.contact.id());
        dropRiding(turn.tx, turn.contact);
        withdraw(turn);
    }

    private void withdraw(Turn turn) throws StoreException {
        controlSender.withdraw(
                turn.tx,
                turn.after,
                turn.contact.id(),
                OutgoingMessage::isExchange,
                "the key exchange continues without it");
    }

    /** Repeats, begins or ends what is due. */
    void keep(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        if (!session.isOpen() || people.personas.isCopy(contact.persona())) {
            return;
        }
        Turn turn = new Turn(tx, after, contact, session);
        Optional<KemExchange> open = KemExchange.find(tx, contact.id());
        if (open.isEmpty()) {
            begin(turn);
            return;
        }
        try (KemExchange exchange = open.get()) {
            if (exchange.clockWentBack(now())) {
                exchange.put(tx);
            }
            keep(turn, exchange);
        }
        session.put(tx);
    }

    private void begin(Turn turn) throws StoreException {
        if (!isTime(turn.contact, turn.session)) {
            return;
        }
        if (mode() == PostQuantumMode.COVER) {
            // The key is created in its slot; without cover traffic, there is none.
            ride(turn.tx, turn.contact, 0);
            return;
        }
        try (KemExchange begun = propose(turn.tx, turn.contact, turn.session, true)) {
            turn.session.put(turn.tx);
            pay(turn, begun);
        } catch (AbsentException e) {
            LOG.debug("a session waits for its key exchange: {}", e.reason());
        }
    }

    private void keep(Turn turn, KemExchange exchange) throws StoreException {
        boolean inFlight = turn.session.ownTag != null || turn.session.peerTagged;
        if (inFlight) {
            askUpdate(turn, exchange);
            return;
        }
        long last = Math.max(exchange.begun, Math.max(exchange.heard, exchange.sentAll));
        boolean off = mode() == PostQuantumMode.OFF && !exchange.paid;
        if (off || isOver(last, STALLED)) {
            if (!off) {
                security.record("post-quantum-stalled", "a key exchange with a contact made no progress for five days");
            }
            end(turn, exchange);
            return;
        }
        boolean whole = exchange.isArrived();
        if (exchange.secret == null && whole) {
            // The bundle was stopped when the last fragment arrived.
            if (exchange.proposer) {
                decapsulate(turn, exchange);
            } else {
                encapsulate(turn, exchange);
            }
            return;
        }
        if (exchange.proposer && exchange.secret != null) {
            askUpdate(turn, exchange);
            return;
        }
        if (exchange.ours() == null) {
            return;
        }
        boolean unheard = exchange.proposer ? exchange.heard == 0 : true;
        if (exchange.sentAll != 0 && unheard && isOver(exchange.sentAll, PATIENCE)) {
            if (exchange.resends >= MOST_RESENDS) {
                security.record(
                        "post-quantum-unanswered", "a contact did not answer a key exchange: another one starts later");
                end(turn, exchange);
                return;
            }
            resend(exchange);
        }
        if (exchange.sentAll == 0) {
            send(turn, exchange);
        }
        exchange.put(turn.tx);
    }
}
