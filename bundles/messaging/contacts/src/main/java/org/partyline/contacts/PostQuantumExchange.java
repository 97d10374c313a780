package org.partyline.contacts;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.kernel.AbsentException;
import org.partyline.messaging.kernel.AfterCommit;
import org.partyline.messaging.kernel.SecurityLog;
import org.partyline.messaging.kernel.Unlocked;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the post-quantum key exchanges of sessions (PROTOCOL 6.2): begins, answers, repeats and ends them, and tells {@link SessionKeyUpdates}
 * when a key update can take their secret in. Without a {@link Kem} sessions go on as they are. Runs under the kernel's lock.
 */
final class PostQuantumExchange implements Exchanges {
    /** What stands before a piece: code, id, offset. */
    private static final int HEADER = 1 + 2 + 2;

    private static final Duration PATIENCE = Duration.ofHours(24);
    private static final int MOST_RESENDS = 3;
    /** The other side sends its part four times within four days: after this nothing more will come. */
    private static final Duration STALLED = Duration.ofDays(5);

    private static final Duration SOONEST = Duration.ofHours(24);
    /** Who answers does not know exactly when the other side began. */
    private static final Duration SOONEST_ANSWER = Duration.ofHours(20);

    private static final Duration RENEWED = Duration.ofDays(30);
    /** The initiator proposes; the other side does where that did not happen. */
    private static final Duration RESPONDER_WAITS = Duration.ofHours(24);
    /** A key update that found no slot with room for it leaves as any other. */
    private static final Duration SLOT_PATIENCE = Duration.ofHours(1);

    private static final int MOST_FAILURES = 2;

    private static final Logger LOG = LoggerFactory.getLogger(PostQuantumExchange.class);

    private final OperatorSettings settings;
    private final SecurityLog security;
    private final SessionProtocol protocol;
    private final Kem kem;
    private final SessionControlSender controlSender;
    private final PacketSizes sizes;
    private final MessageCutter cutter;

    PostQuantumExchange(
            OperatorSettings settings,
            SecurityLog security,
            SessionProtocol protocol,
            Kem kem,
            SessionControlSender controlSender,
            PacketSizes sizes,
            MessageCutter cutter) {
        this.settings = settings;
        this.security = security;
        this.protocol = protocol;
        this.kem = kem;
        this.controlSender = controlSender;
        this.sizes = sizes;
        this.cutter = cutter;
    }

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

    /** Makes a key pair. Leaves the session to be put. */
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

    // ---- sending in the place of decoys

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

    /** The next piece of our part that has room; empty: all were sent, or there is no answer yet. */
    private static Optional<Ride> piece(KemExchange exchange, int most) {
        byte[] ours = exchange.ours();
        boolean waits = exchange.sentAll != 0
                || ours == null
                || exchange.proposer && exchange.secret != null
                || !exchange.proposer && exchange.secret == null;
        if (waits || most <= HEADER) {
            return Optional.empty();
        }
        int length = Math.min(most - HEADER, ours.length - exchange.sent);
        return Optional.of(new Ride(PacketType.CONTROL, pieceOf(exchange, exchange.sent, length)));
    }

    private static byte[] pieceOf(KemExchange exchange, int offset, int length) {
        return ByteBuffer.allocate(HEADER + length)
                .put(exchange.proposer ? ControlCodes.KEM_KEY : ControlCodes.KEM_ANSWER)
                .put(exchange.id)
                .putShort((short) offset)
                .put(exchange.ours(), offset, length)
                .array();
    }

    /** Queues what waits for slots of cover traffic. @param name of the packet among those of the exchange */
    private void ride(StoreTransaction tx, ContactConversation contact, int name) throws StoreException {
        Instant expires = protocol.clock().instant().plus(RENEWED);
        CargoRecord.queue(
                tx, contact.id(), CargoRecord.EXCHANGE, "exchange " + name, PacketType.CONTROL, new byte[0], expires);
    }

    private static boolean isRiding(StoreTransaction tx, int contact) throws StoreException {
        return CargoRecord.of(tx, contact).stream()
                .anyMatch(cargo -> cargo.rank() == CargoRecord.EXCHANGE && cargo.packet() == null);
    }

    /** A piece of ours is sealed, and so will be sent. */
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
            if (exchange.sent == exchange.ours().length) {
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

    // ---- sending for a price

    /** Queues what is left of our part, each piece in the largest packet that the path carries. */
    private void pay(
            StoreTransaction tx, Unlocked memory, AfterCommit after, ContactConversation contact, KemExchange exchange)
            throws StoreException {
        int most = cutter.longestControl(room(contact).most()) - HEADER;
        byte[] ours = exchange.ours();
        if (most <= 0 || ours == null) {
            return;
        }
        for (OutgoingMessage outgoing : OutgoingRecords.of(tx, contact.id())) {
            if (outgoing.isExchange() && outgoing.state() == State.QUEUED) {
                return;
            }
        }
        for (int offset = exchange.sent; offset < ours.length; offset += most) {
            byte[] piece = pieceOf(exchange, offset, Math.min(most, ours.length - offset));
            controlSender.say(tx, memory, after, contact, PacketType.CONTROL, piece, HandshakeLimits.CONTROL_LIFE);
        }
    }

    /** The largest packets that the path carries; that cover traffic wants none to be small is seen to when they are sealed. */
    private SizeRange room(ContactConversation contact) {
        return new SizeRange(0, sizes.maxBucket(contact.network()));
    }

    /**
     * What {@link #protect} would have us send: the sizes of its packets in bytes, with the key update that ends the exchange.
     *
     * @throws NoSuchThingException when that is nothing
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
            throw new NoSuchThingException("the session with '" + contact.name() + "' is protected already");
        }
        if (session.exchanged != 0 && !isOver(session.exchanged, SOONEST)) {
            throw new NoSuchThingException("the last exchange with '" + contact.name()
                    + "' began less than 24 hours ago: try again after "
                    + Instant.ofEpochMilli(session.exchanged).plus(SOONEST).truncatedTo(ChronoUnit.SECONDS));
        }
    }

    private List<Integer> packets(ContactConversation contact, int bytes, boolean update) throws PartylineException {
        SizeRange room = room(contact);
        int most = cutter.longestControl(room.most()) - HEADER;
        if (most <= 0) {
            throw new NoSuchThingException(
                    "no node relays packets to '" + contact.name() + "' now: see partyline:node-list");
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

    /** Begins an exchange that is paid for, or goes on with the one that is open in packets that are. */
    void protect(StoreTransaction tx, Unlocked memory, AfterCommit after, ContactConversation contact)
            throws PartylineException {
        memory.personas.requireWriting(contact.persona());
        SessionState session = SessionState.get(tx, contact.id());
        Optional<KemExchange> found = KemExchange.find(tx, contact.id());
        if (found.isEmpty()) {
            requireMayBegin(contact, session);
        }
        try (KemExchange exchange = found.isPresent() ? found.get() : propose(tx, contact, session, true)) {
            exchange.paid = true;
            dropRiding(tx, contact);
            exchange.put(tx);
            // A proposer sends its key until the secret is known, the other side its answer from then on.
            if (exchange.sentAll == 0 && exchange.proposer == (exchange.secret == null)) {
                pay(tx, memory, after, contact, exchange);
            }
            askUpdate(tx, memory, after, contact, session, exchange);
        }
        session.put(tx);
    }

    private static void dropRiding(StoreTransaction tx, ContactConversation contact) throws StoreException {
        for (CargoRecord cargo : CargoRecord.of(tx, contact.id())) {
            if (cargo.rank() == CargoRecord.EXCHANGE && cargo.packet() == null) {
                cargo.delete(tx);
            }
        }
    }

    /** Whether a session is protected, and how far the exchange is that is under way. */
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

    // ---- what arrives

    /**
     * A piece of the other side's part.
     *
     * @param id of the exchange
     * @param sealed when it was, in milliseconds
     */
    private record Piece(byte[] id, int offset, byte[] bytes, long sealed) {}

    /** A piece of the other side's has arrived on a session. */
    void arrived(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord track,
            Inbox.Other control)
            throws StoreException {
        byte[] body = control.body();
        SessionState session = SessionState.get(tx, contact.id());
        if (body.length <= HEADER || !session.isOpen() || track.number() < session.firstTrack) {
            return;
        }
        byte[] id = Arrays.copyOfRange(body, 1, 3);
        Piece piece = new Piece(
                id,
                offset(body),
                Arrays.copyOfRange(body, HEADER, body.length),
                Math.min(now(), control.timestamp() * 1000));
        if (body[0] == ControlCodes.KEM_ANSWER) {
            answer(tx, memory, after, contact, session, piece);
        } else {
            key(tx, memory, after, contact, session, piece);
        }
        session.put(tx);
    }

    private void key(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            Piece piece)
            throws StoreException {
        if (session.hasEnded(piece.id)) {
            return;
        }
        Optional<KemExchange> found = KemExchange.find(tx, contact.id());
        if (found.isPresent() && !gives(tx, memory, after, contact, session, found.get(), piece)) {
            return;
        }
        found = KemExchange.find(tx, contact.id());
        if (found.isEmpty()
                && (mode() == PostQuantumMode.OFF
                        || session.exchanged != 0 && piece.sealed < session.exchanged + SOONEST_ANSWER.toMillis())) {
            return;
        }
        try (KemExchange exchange = found.isPresent() ? found.get() : proposed(contact, session, piece)) {
            exchange.heard = now();
            if (exchange.secret == null && !exchange.isArrived()) {
                gather(tx, memory, after, contact, session, exchange, piece);
            } else if (!exchange.agrees(piece.offset, piece.bytes)) {
                contradicted(tx, memory, after, contact, session, exchange);
            } else {
                again(tx, memory, after, contact, exchange, piece);
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

    /** Whether an exchange that is open is the one of an id, or gives way to it. */
    private boolean gives(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            KemExchange exchange,
            Piece piece)
            throws StoreException {
        try (exchange) {
            if (!exchange.proposer && Arrays.equals(exchange.id, piece.id)) {
                return true;
            }
            boolean answered = exchange.secret != null || exchange.heard != 0;
            boolean way = exchange.proposer
                    // Both proposed at once: the initiator's stands.
                    ? !session.initiator && !answered
                    // The other side gave up the one before.
                    : !session.peerTagged && piece.sealed >= exchange.begun + SOONEST_ANSWER.toMillis();
            if (way) {
                end(tx, memory, after, contact, session, exchange);
                session.exchanged = 0;
            }
            return way;
        }
    }

    /** Takes a piece of the key; once it is whole, answers it. */
    private void gather(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            KemExchange exchange,
            Piece piece)
            throws StoreException {
        Added added = exchange.add(piece.offset, piece.bytes);
        if (added == Added.CONTRADICTS || added == Added.TOO_LONG) {
            contradicted(tx, memory, after, contact, session, exchange);
            return;
        }
        exchange.put(tx);
        if (exchange.isArrived()) {
            encapsulate(tx, memory, after, contact, session, exchange);
        }
    }

    private void encapsulate(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            KemExchange exchange)
            throws StoreException {
        if (!Arrays.equals(protocol.handshakes().exchangeId(exchange.key), exchange.id)) {
            security.record(
                    "post-quantum-key-refused", "the encapsulation key of a contact has not the id that came with it");
            end(tx, memory, after, contact, session, exchange);
            return;
        }
        try (Kem.Encapsulated made = kem.encapsulate(exchange.key, protocol.random())) {
            exchange.secret = made.secret().expose().clone();
            exchange.ciphertext = made.ciphertext();
            exchange.arrived = new byte[0];
            exchange.put(tx);
            send(tx, memory, after, contact, exchange);
        } catch (KemKeyException e) {
            security.record("post-quantum-key-refused", "the encapsulation key of a contact: " + e.getMessage());
            end(tx, memory, after, contact, session, exchange);
        } catch (AbsentException e) {
            LOG.debug("an encapsulation key waits: {}", e.getMessage());
        }
    }

    private void send(
            StoreTransaction tx, Unlocked memory, AfterCommit after, ContactConversation contact, KemExchange exchange)
            throws StoreException {
        if (exchange.paid) {
            pay(tx, memory, after, contact, exchange);
        } else if (!contact.paysApart() && !isRiding(tx, contact.id())) {
            ride(tx, contact, exchange.packets);
        }
    }

    /** The key, which is here, arrives once more: where all of it does, the answer may be lost. */
    private void again(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            KemExchange exchange,
            Piece piece)
            throws StoreException {
        if (exchange.secret == null) {
            return;
        }
        exchange.add(piece.offset, piece.bytes);
        if (exchange.isArrived() && exchange.sentAll != 0 && exchange.resends < MOST_RESENDS) {
            exchange.arrived = new byte[0];
            resend(exchange);
            send(tx, memory, after, contact, exchange);
        }
        exchange.put(tx);
    }

    private static void resend(KemExchange exchange) {
        exchange.resends++;
        exchange.sent = 0;
        exchange.sentAll = 0;
    }

    private void answer(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            Piece piece)
            throws StoreException {
        Optional<KemExchange> found = KemExchange.find(tx, contact.id());
        if (found.isEmpty() || !found.get().proposer || !Arrays.equals(found.get().id, piece.id)) {
            return;
        }
        try (KemExchange exchange = found.get()) {
            if (exchange.secret != null) {
                // A key update with its tag may be on the way: what the other side holds by now is not changed by a
                // piece.
                return;
            }
            exchange.heard = now();
            Added added = exchange.add(piece.offset, piece.bytes);
            if (added == Added.CONTRADICTS || added == Added.TOO_LONG) {
                contradicted(tx, memory, after, contact, session, exchange);
                return;
            }
            exchange.put(tx);
            if (exchange.isArrived()) {
                decapsulate(tx, memory, after, contact, session, exchange);
            }
        }
    }

    private void decapsulate(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            KemExchange exchange)
            throws StoreException {
        try (SecretBytes seed = SecretBytes.wrap(exchange.seed);
                SecretBytes secret = kem.decapsulate(seed, exchange.ciphertext)) {
            exchange.secret = secret.expose().clone();
        } catch (AbsentException e) {
            LOG.debug("the answer to an encapsulation key waits: {}", e.getMessage());
            return;
        }
        exchange.seed = null;
        withdraw(tx, memory, after, contact);
        askUpdate(tx, memory, after, contact, session, exchange);
    }

    private void contradicted(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            KemExchange exchange)
            throws StoreException {
        security.record("post-quantum-aborted", "a piece of a contact's key exchange does not fit those before it");
        end(tx, memory, after, contact, session, exchange);
    }

    // ---- key updates

    /** Whether a key update of ours is to take the secret in, and none is unanswered. */
    private boolean wantsUpdate(SessionState session, KemExchange exchange) {
        boolean ours = exchange.proposer ? exchange.secret != null : exchange.secret != null && session.peerTagged;
        return ours && !session.updateQueued && session.ownPrivate == null;
    }

    /**
     * Lets a key update leave that takes the secret in, if it is time. Leaves the session to be put.
     *
     * @param exchange is put
     */
    private void askUpdate(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            KemExchange exchange)
            throws StoreException {
        if (wantsUpdate(session, exchange)) {
            if (exchange.updateDue == 0) {
                exchange.updateDue = now();
            }
            if (exchange.paid || contact.paysApart() || isOver(exchange.updateDue, SLOT_PATIENCE)) {
                controlSender.sayUpdate(tx, memory, after, contact, session);
            } else if (!isRiding(tx, contact.id())) {
                ride(tx, contact, exchange.packets);
            }
        }
        exchange.put(tx);
    }

    /** The other side's key update is here, with the right tag: ours is to follow. Leaves the session to be put. @return whether it will */
    boolean answerUpdate(
            StoreTransaction tx, Unlocked memory, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        Optional<KemExchange> found = session.peerTagged ? KemExchange.find(tx, contact.id()) : Optional.empty();
        if (found.isEmpty()) {
            return false;
        }
        try (KemExchange exchange = found.get()) {
            exchange.updateDue = 0;
            askUpdate(tx, memory, after, contact, session, exchange);
            return true;
        }
    }

    /** What a new KEY_UPDATE of ours says behind its key; null: nothing. @param ephemeral its key */
    byte[] tag(StoreTransaction tx, SessionState session, byte[] ephemeral) throws StoreException {
        Optional<KemExchange> found = KemExchange.find(tx, session.contact);
        if (found.isEmpty()) {
            return null;
        }
        try (KemExchange exchange = found.get()) {
            boolean may = exchange.secret != null && (exchange.proposer || session.peerTagged);
            if (!may) {
                return null;
            }
            return tag(exchange, ephemeral);
        }
    }

    private byte[] tag(KemExchange exchange, byte[] ephemeral) {
        try (SecretBytes secret = SecretBytes.copyOf(exchange.secret)) {
            byte[] tag = protocol.handshakes().exchangeTag(secret, ephemeral);
            return ByteBuffer.allocate(exchange.id.length + tag.length)
                    .put(exchange.id)
                    .put(tag)
                    .array();
        }
    }

    /** Whether a KEY_UPDATE of the other side carries the id and the right tag of the exchange that is open. */
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
            boolean ours = exchange.secret != null && Arrays.equals(tag, 0, 2, exchange.id, 0, 2);
            boolean right = ours
                    && MessageDigest.isEqual(tag, tag(exchange, Arrays.copyOf(body, Handshakes.KEY_UPDATE_LENGTH)));
            if (ours && !right) {
                security.record("post-quantum-tag-refused", "a contact's key update has not the tag of its exchange");
            }
            return right;
        }
    }

    /** The secret of an exchange, and the hash of what both sides saw of it. */
    record Share(SecretBytes secret, byte[] hash) implements AutoCloseable {
        /** As {@link SessionState#lastSecret} keeps it. */
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

    /** What a pair of key updates takes in; null: it is a plain one. The caller's to close. */
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
                    SecretBytes.copyOf(exchange.secret),
                    protocol.handshakes().exchangeHash(exchange.key, exchange.ciphertext));
        }
    }

    /** A pair of key updates is complete. Leaves the session to be put. @param tagged whether ours carried the tag @param mixed whether the pair took the secret in */
    void updated(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            boolean tagged,
            boolean mixed)
            throws StoreException {
        Optional<KemExchange> found = KemExchange.find(tx, contact.id());
        if (found.isEmpty() || !tagged && !found.get().proposer) {
            return;
        }
        try (KemExchange exchange = found.get()) {
            if (mixed) {
                if (session.protectedSince == 0) {
                    session.protectedSince = now();
                    controlSender.retry(after);
                }
                end(tx, memory, after, contact, session, exchange);
                return;
            }
            exchange.failures += tagged ? 1 : 0;
            if (exchange.failures >= MOST_FAILURES) {
                security.record(
                        "post-quantum-failed",
                        "a contact did not take in the secret of a key exchange twice: another is begun later");
                end(tx, memory, after, contact, session, exchange);
                return;
            }
            exchange.updateDue = 0;
            askUpdate(tx, memory, after, contact, session, exchange);
        }
    }

    // ---- the end, and what is due

    private void end(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            KemExchange exchange)
            throws StoreException {
        session.endExchange(exchange.id);
        KemExchange.erase(tx, contact.id());
        dropRiding(tx, contact);
        withdraw(tx, memory, after, contact);
    }

    private void withdraw(StoreTransaction tx, Unlocked memory, AfterCommit after, ContactConversation contact)
            throws StoreException {
        controlSender.withdraw(
                tx, memory, after, contact.id(), OutgoingMessage::isExchange, "the key exchange goes on without it");
    }

    /** Does what is due by time. */
    void keep(StoreTransaction tx, Unlocked memory, AfterCommit after, ContactConversation contact)
            throws StoreException {
        Optional<SessionState> found = SessionState.find(tx, contact.id());
        if (found.isEmpty() || !found.get().isOpen() || memory.personas.isCopy(contact.persona())) {
            return;
        }
        SessionState session = found.get();
        Optional<KemExchange> open = KemExchange.find(tx, contact.id());
        if (open.isEmpty()) {
            begin(tx, memory, after, contact, session);
            return;
        }
        try (KemExchange exchange = open.get()) {
            keep(tx, memory, after, contact, session, exchange);
        }
        session.put(tx);
    }

    private void begin(
            StoreTransaction tx, Unlocked memory, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        if (!isTime(contact, session)) {
            return;
        }
        if (mode() == PostQuantumMode.COVER) {
            // The key is made when a slot comes: where no cover traffic runs, none ever does.
            if (!isRiding(tx, contact.id())) {
                ride(tx, contact, 0);
            }
            return;
        }
        try (KemExchange begun = propose(tx, contact, session, true)) {
            session.put(tx);
            pay(tx, memory, after, contact, begun);
        } catch (AbsentException e) {
            LOG.debug("a session waits for its key exchange: {}", e.getMessage());
        }
    }

    private void keep(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            KemExchange exchange)
            throws StoreException {
        boolean inFlight = session.ownTag != null || session.peerTagged;
        if (inFlight) {
            askUpdate(tx, memory, after, contact, session, exchange);
            return;
        }
        long last = Math.max(exchange.begun, Math.max(exchange.heard, exchange.sentAll));
        boolean off = mode() == PostQuantumMode.OFF && !exchange.paid;
        if (off || isOver(last, STALLED)) {
            if (!off) {
                security.record("post-quantum-stalled", "a key exchange with a contact got no further in five days");
            }
            end(tx, memory, after, contact, session, exchange);
            return;
        }
        boolean whole = exchange.isArrived();
        if (exchange.secret == null && whole) {
            // The bundle was stopped when the last piece arrived.
            if (exchange.proposer) {
                decapsulate(tx, memory, after, contact, session, exchange);
            } else {
                encapsulate(tx, memory, after, contact, session, exchange);
            }
            return;
        }
        if (exchange.proposer && exchange.secret != null) {
            askUpdate(tx, memory, after, contact, session, exchange);
            return;
        }
        if (exchange.ours() == null) {
            return;
        }
        boolean unheard = exchange.proposer ? exchange.heard == 0 : true;
        if (exchange.sentAll != 0 && unheard && isOver(exchange.sentAll, PATIENCE)) {
            if (exchange.resends >= MOST_RESENDS) {
                security.record(
                        "post-quantum-unanswered", "a contact did not answer a key exchange: another is begun later");
                end(tx, memory, after, contact, session, exchange);
                return;
            }
            resend(exchange);
        }
        if (exchange.sentAll == 0) {
            send(tx, memory, after, contact, exchange);
        }
        exchange.put(tx);
    }
}
