package org.partyline.sealing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.continuity.KeyUsed;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.MessageCutter;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.recognition.OwnLocators;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sealing.MessageSealer;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.sealing.SessionOpening;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals messages to a contact: handshakes under its inbox, answers on the reply chain, all others on the session's
 * chain (PROTOCOL 6). Needs no key derivation: everything is done under the state lock.
 */
public final class SessionSealer implements MessageSealer {
    private static final Logger LOG = LoggerFactory.getLogger(SessionSealer.class);
    /** A packet that left shortly before the other side sealed one may not have reached it by then. */
    private static final Duration TRAVEL = Duration.ofMinutes(1);

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final ReadingServices reading;
    private final MessageCutter cutter;
    private final Sealing sealing;
    private final HandshakeManager handshakeManager;
    private final SessionChains chains;
    private final KeyUpdates updates;
    private final IdentityRotation rotations;
    private final Controls controls;
    private final Exchanges exchanges;
    private final OwnLocators own;
    private final Predicate<Network> settled;
    private final Bus bus;
    private final PacketSizes sizes;
    private final Outbox outbox;

    SessionSealer(
            StateGuard guard,
            Clock clock,
            ReadingServices reading,
            Sealing sealing,
            SessionParts session,
            Outbox outbox) {
        this.sizes = sealing.sizes();
        this.bus = session.bus();
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.reading = reading;
        this.cutter = sealing.cutter();
        this.sealing = sealing;
        this.outbox = outbox;
        this.handshakeManager = session.handshakes();
        this.chains = session.chains();
        this.updates = session.updates();
        this.rotations = session.rotations();
        this.controls = session.controls();
        this.exchanges = session.exchanges();
        this.own = session.own();
        this.settled = session.settled();
    }

    /** The result of sealing a message. */
    private static final class Made {
        final List<byte[]> packets = new ArrayList<>();
        final List<String> views = new ArrayList<>();
        int sequence = -1;
        /** The chain's id. */
        byte[] name = new byte[0];
    }

    @Override
    public boolean seals(Conversation conversation) {
        return conversation instanceof ContactConversation;
    }

    @Override
    public SendPlan outlook(Conversation conversation, Draft draft, SizeRange room, String carrier)
            throws PayloadTooLargeException {
        return SendPlan.of(cutter.plan(room, draft, PacketLabel.RATCHET));
    }

    @Override
    public SessionOpening open(StoreTransaction tx, AfterCommit after, Conversation conversation)
            throws StoreException, NoSuchThingException {
        ContactConversation contact = (ContactConversation) conversation;
        boolean begins = !SessionState.get(tx, contact.id()).isOpening();
        if (reading.isPossible()) {
            handshakeManager.open(tx, after, contact);
        }
        SessionState session = SessionState.get(tx, contact.id());
        return new SessionOpening(
                begins && session.isOpening(), session.isOpen() ? holdsFor(contact, session) : waitsFor(contact));
    }

    private static String holdsFor(ContactConversation contact, SessionState session) {
        return contact.entry.requiresPostQuantum() && !session.isProtected()
                ? "the session with '" + contact.name()
                        + "' is not protected against quantum computers yet: wait for its key exchange, or pay for "
                        + "it with"
                        + " partyline:session-protect " + contact.name()
                : "";
    }

    private static String waitsFor(ContactConversation contact) {
        return "it waits for '" + contact.name() + "' to accept a session; their server must be running";
    }

    @Override
    public Optional<SendPlan> opening(Conversation conversation) throws PayloadTooLargeException, StoreException {
        SessionState session = guard.transact(tx -> SessionState.get(tx, conversation.id()));
        if (session.isOpen() || session.isOpening()) {
            return Optional.empty();
        }
        SizeRange room = sizes.room(conversation.persona(), conversation.network(), false, "");
        Draft handshake =
                bare(PacketType.HANDSHAKE_INIT, clock.instant().getEpochSecond(), new byte[Handshakes.INIT_LENGTH]);
        return Optional.of(SendPlan.of(cutter.plan(room, handshake, PacketLabel.SEALED)));
    }

    @Override
    public boolean isOpen(Conversation conversation) throws StoreException {
        return guard.transact(tx -> SessionState.get(tx, conversation.id())).isOpen();
    }

    @Override
    public @Nullable OutgoingMessage seal(Conversation conversation, long id)
            throws MessageWaitsException, StoreException {
        return guard.<Optional<OutgoingMessage>, MessageWaitsException>open(() -> sealQueued(conversation.id(), id))
                .orElse(null);
    }

    private Optional<OutgoingMessage> sealQueued(int conversation, long id)
            throws StoreException, MessageWaitsException {
        reading.require();
        ContactConversation contact = people.conversations.contact(conversation);
        if (contact == null) {
            return Optional.empty();
        }
        record Read(OutgoingMessage outgoing, @Nullable MessageRecord message, SizeRange room) {}
        Optional<Read> found = guard.look(() -> guard.transact(tx -> {
            Optional<OutgoingMessage> outgoing = OutgoingRecords.find(tx, id);
            return outgoing.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Read(
                            outgoing.get(),
                            MessageRecords.find(tx, id).orElse(null),
                            sizes.room(contact, outgoing.get())));
        }));
        if (found.isEmpty()
                || found.get().outgoing().state() != State.QUEUED
                || found.get().outgoing().isText() && found.get().message() == null) {
            return Optional.empty();
        }
        Read read = found.get();
        SizeRange room = read.room();
        if (room.most() == 0) {
            throw new MessageWaitsException("it waits for a node that relays OP_RETURN outputs of 64 bytes");
        }
        try {
            return store(read.outgoing(), read.message(), contact, room);
        } catch (NeedsSession e) {
            openFor(contact);
            throw MessageWaitsException.onHold(waitsFor(contact));
        }
    }

    /**
     * Seals a queued message to a contact, and stores it.
     *
     * @param message with its text; null for the session's own messages
     * @return the sealed message; empty if it is no longer of use
     */
    private Optional<OutgoingMessage> store(
            OutgoingMessage outgoing, @Nullable MessageRecord message, ContactConversation contact, SizeRange room)
            throws StoreException, MessageWaitsException {
        boolean answers = outgoing.type() == PacketType.HANDSHAKE_RESP.code();
        if (answers || own.isDoubtful(contact.id()) && outgoing.type() != PacketType.HANDSHAKE_INIT.code()) {
            if (!settled.test(contact.network())) {
                throw new MessageWaitsException(
                        "it waits until the latest blocks and the mempool are read, which show whether the session "
                                + "was used since these files were written");
            }
            own.trust(contact.id());
        }
        try (AfterCommit after = new AfterCommit()) {
            Optional<OutgoingMessage> sealed = guard.<Optional<OutgoingMessage>, MessageWaitsException>transact(tx -> {
                Optional<OutgoingMessage> now = OutgoingRecords.find(tx, outgoing.id());
                if (now.isEmpty() || now.get().state() != State.QUEUED) {
                    return Optional.empty();
                }
                return Optional.of(seal(tx, after, now.get(), message, contact, room));
            });
            after.commit();
            sealed.ifPresent(one -> outbox.remember(List.of(one)));
            return sealed;
        }
    }

    private OutgoingMessage seal(
            StoreTransaction tx,
            AfterCommit after,
            OutgoingMessage outgoing,
            @Nullable MessageRecord message,
            ContactConversation contact,
            SizeRange room)
            throws StoreException, MessageWaitsException {
        PacketType type = PacketType.ofCode(outgoing.type()).orElseThrow();
        SessionState session = SessionState.get(tx, contact.id());
        long last = contact.lastTimestamp();
        if (type == PacketType.HANDSHAKE_INIT) {
            // It is later than anything we sent before: otherwise, it would seem to have been made before an answer of
            // ours. It is also of a later second than the one in which an old copy was found: otherwise, another
            // persona of this store would take it for a message from before.
            long found = Instant.ofEpochMilli(people.personas.require(contact.persona()).restored)
                    .getEpochSecond();
            last = Math.max(last, found) + 1;
        }
        long timestamp = PacketMaker.timestamp(clock.instant(), last);
        Made made = switch (type) {
            case HANDSHAKE_INIT -> init(contact, outgoing, timestamp, room);
            case HANDSHAKE_RESP -> resp(contact, session, outgoing, timestamp, room);
            case KEY_UPDATE -> update(tx, after, contact, session, timestamp, room);
            default -> onChain(tx, after, contact, session, outgoing, message, timestamp, room);
        };
        if (made == null) {
            rotations.unsaid(tx, after, contact, outgoing);
            return outbox.update(
                    tx,
                    outgoing,
                    outgoing.ended(
                            MessageEvent.RECALLED,
                            outgoing.isRemark()
                                    ? "the keys of the message no longer exist: its reader could not verify it"
                                    : "its session no longer exists"));
        }
        if (type != PacketType.HANDSHAKE_INIT) {
            put(tx, after, session);
        }
        bus.publishWithin(new KeyUsed(tx, after), "vault");
        List<OutgoingPart> parts = made.packets.stream().map(OutgoingPart::of).toList();
        List<byte[]> ids = made.packets.stream()
                .map(packet -> PacketId.of(contact.network().code(), packet).hash())
                .toList();
        if (type == PacketType.HANDSHAKE_RESP) {
            chains.answered(tx, after, contact.id(), made.name, ids.get(0));
        }
        boolean opens = opensChain(session, type);
        OutgoingMessage sealed = outbox.update(
                tx, outgoing, outgoing.sealed(parts, timestamp, opens, chain(session, type, opens, made)));
        if (message != null) {
            MessageRecords.put(
                    tx,
                    message.sealed(made.sequence, timestamp, timestamp, ids, made.views)
                            .named(made.packets.get(0), made.name)
                            .withChain(session.receiveChain));
        }
        stamp(tx, after, contact, timestamp);
        return sealed;
    }

    private void put(StoreTransaction tx, AfterCommit after, SessionState session) throws StoreException {
        session.put(tx);
        after.then(() -> chains.expectOwn(session));
    }

    private static void stamp(StoreTransaction tx, AfterCommit after, ContactConversation contact, long timestamp)
            throws StoreException {
        // The record as stored now: it may have been changed in this transaction.
        ContactRecord stored = Tables.find(tx, ContactRecord.TABLE, Keys.of(contact.id()), ContactRecord.class)
                .orElse(contact.entry);
        ContactEntries.put(tx, stored.withTimestamp(timestamp));
        after.then(() -> contact.entry = contact.entry.withTimestamp(timestamp));
    }

    @Override
    public Optional<byte[]> cargo(
            StoreTransaction tx, AfterCommit after, Conversation conversation, CargoRecord cargo, int size)
            throws StoreException, MessageWaitsException {
        reading.require();
        ContactConversation contact = (ContactConversation) conversation;
        SessionState session = SessionState.get(tx, contact.id());
        if (!session.isOpen() || own.isDoubtful(contact.id())) {
            return Optional.empty();
        }
        long timestamp = PacketMaker.timestamp(clock.instant(), contact.lastTimestamp());
        PacketType type = PacketType.ofCode(cargo.type()).orElseThrow();
        byte[] body = cargo.body();
        if (cargo.rank() == CargoRecord.EXCHANGE) {
            Optional<Exchanges.Ride> ride = exchanges.next(tx, contact, session, cutter.longestControl(size));
            if (ride.isEmpty()) {
                return Optional.empty();
            }
            type = ride.get().type();
            body = type == PacketType.KEY_UPDATE
                    ? updates.body(tx, session)
                    : ride.get().body();
        }
        SizeRange room = new SizeRange(size, size);
        Draft draft = bare(type, timestamp, body);
        if (!cutter.fitsOne(room, draft, PacketLabel.RATCHET)) {
            return Optional.empty();
        }
        List<PlannedPacket> plan = plan(draft, PacketLabel.RATCHET, room);
        Made made = step(contact, session, plan, null, type == PacketType.KEY_UPDATE);
        if (type == PacketType.KEY_UPDATE) {
            updates.sealed(tx, after, contact, session);
        } else {
            controls.sealed(tx, after, contact, body);
            if (cargo.rank() == CargoRecord.EXCHANGE) {
                // A KEY_UPDATE that is due waits for the next message, since it would be a packet in excess of the
                // cover traffic.
                session.pieces++;
            } else {
                updates.queueIfDue(tx, after, contact, session);
            }
        }
        put(tx, after, session);
        bus.publishWithin(new KeyUsed(tx, after), "vault");
        stamp(tx, after, contact, timestamp);
        return Optional.of(made.packets.get(0));
    }

    /** Returns whether the other side reads our chain once it has this packet, and is not known to have it. */
    private static boolean opensChain(SessionState session, PacketType type) {
        return session.isOpen()
                && (type == PacketType.HANDSHAKE_RESP || type == PacketType.KEY_UPDATE && session.oldChain != null);
    }

    /**
     * Returns the chain that a message opens, or uses while the other side is not known to read it, as 16 hex digits;
     * otherwise empty.
     */
    private static String chain(SessionState session, PacketType type, boolean opens, Made made) {
        if (opens) {
            return HexFormat.of().formatHex(session.name);
        }
        boolean known = session.accepted == 0 && session.oldChain == null;
        return !session.isOpen() || known || type == PacketType.HANDSHAKE_INIT || type == PacketType.KEY_UPDATE
                ? ""
                : HexFormat.of().formatHex(made.name);
    }

    private static Draft draft(
            PacketType type, OutgoingMessage outgoing, long timestamp, Optional<byte[]> sender, byte[] body) {
        return new Draft(
                type,
                outgoing.burn(),
                timestamp,
                outgoing.ttlMinutes() == 0 ? OptionalInt.empty() : OptionalInt.of(outgoing.ttlMinutes()),
                sender,
                Optional.empty(),
                body,
                outgoing.sign());
    }

    private static Draft bare(PacketType type, long timestamp, byte[] body) {
        return new Draft(type, false, timestamp, OptionalInt.empty(), Optional.empty(), Optional.empty(), body, false);
    }

    private List<PlannedPacket> plan(Draft draft, PacketLabel label, SizeRange room) throws MessageWaitsException {
        try {
            return cutter.planToSeal(room, draft, label);
        } catch (PayloadTooLargeException e) {
            throw new MessageWaitsException("it waits for a node that carries it: " + e.getMessage());
        }
    }

    private @Nullable Made init(ContactConversation contact, OutgoingMessage outgoing, long timestamp, SizeRange room)
            throws MessageWaitsException {
        AeadSuite suite = sealing.suites()
                .sealingOffers()
                .orElseThrow(() -> new MessageWaitsException(sealing.suites().whyNoneSeals()));
        byte[] inboxSecret = contact.entry.inboxSecret();
        if (contact.entry.isStranger() || inboxSecret == null) {
            return null;
        }
        Made made = new Made();
        try (SecretBytes inbox = SecretBytes.copyOf(inboxSecret);
                SecretBytes root = sealing.handshakes().inboxRoot(inbox, contact.network());
                SecretBytes beacon = sealing.handshakes().inboxBeacon(root)) {
            Draft draft = bare(PacketType.HANDSHAKE_INIT, timestamp, outgoing.says(null));
            for (PlannedPacket planned : plan(draft, PacketLabel.SEALED, room)) {
                byte[] locator = sealing.channelKeys().newLocator(beacon, sealing.random());
                try (SecretBytes secret = sealing.handshakes().inboxPacketSecret(root, locator)) {
                    PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, contact.network());
                    add(made, planned, key, suite, Optional.empty(), OptionalInt.empty(), null);
                }
            }
        }
        return made;
    }

    private @Nullable Made resp(
            ContactConversation contact, SessionState session, OutgoingMessage outgoing, long timestamp, SizeRange room)
            throws MessageWaitsException {
        if (session.replyChain == null) {
            return null;
        }
        // The other side opens the answer with the lowest suite it offered, whatever our policy prefers: the text
        // inside is sealed by the handshake itself.
        String name = sealing.suites().name(session.replySuite);
        AeadSuite suite = sealing.suites()
                .installed(name)
                .orElseThrow(() ->
                        new MessageWaitsException("it waits for the cipher suite " + name + " (partyline:suite-list)"));
        List<PlannedPacket> plan =
                plan(bare(PacketType.HANDSHAKE_RESP, timestamp, outgoing.says(null)), PacketLabel.REPLY, room);
        if (plan.size() != 1) {
            throw new MessageWaitsException("it waits for a node that relays OP_RETURN outputs of 80 bytes");
        }
        Made made = new Made();
        try (SecretBytes chainKey = SecretBytes.wrap(session.replyChain);
                SendChain chain = sealing.chains().send(chainKey, clock.instant())) {
            made.name = sealing.chains().sessionId(chainKey);
            // If another server has answered, its key was used (PROTOCOL 2.2).
            int place = chains.answerPlace(contact.id(), made.name, leastPlace(contact));
            for (int i = 0; i < place; i++) {
                chain.step().secret().close();
            }
            SendChain.Step step = chain.step();
            try (SecretBytes secret = step.secret()) {
                PacketKey key = new PacketKey(secret, PacketLabel.REPLY, step.locator(), contact.network());
                add(made, plan.get(0), key, suite, Optional.empty(), OptionalInt.of(place), null);
            }
        }
        session.replyChain = null;
        return made;
    }

    /**
     * The first position that our answer to a handshake may have. Everyone who has our card can send a handshake once
     * more, with any time. If keys are from a backup or from files that may be an old copy, it may have been answered
     * before, unseen. Such an answer is on one of the first positions, or on a random one. The last expected ones
     * remain for answers that are seen.
     */
    private int leastPlace(ContactConversation contact) {
        return people.personas.require(contact.persona()).restored == 0
                ? 0
                : 1 + sealing.random().nextInt(Chains.WINDOW - 8);
    }

    private @Nullable Made update(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            long timestamp,
            SizeRange room)
            throws StoreException, MessageWaitsException {
        if (session.isOpen() && session.againQueued && session.oldChain != null) {
            return again(contact, session, timestamp, room);
        }
        if (!session.isOpen() || !session.updateQueued) {
            return null;
        }
        Made made = step(contact, session, planUpdate(updates.body(tx, session), timestamp, room), null, true);
        updates.sealed(tx, after, contact, session);
        return made;
    }

    private List<PlannedPacket> planUpdate(byte[] body, long timestamp, SizeRange room) throws MessageWaitsException {
        List<PlannedPacket> plan = plan(bare(PacketType.KEY_UPDATE, timestamp, body), PacketLabel.RATCHET, room);
        if (plan.size() != 1) {
            throw new MessageWaitsException("it waits for a node that relays OP_RETURN outputs of 80 bytes");
        }
        return plan;
    }

    /** Repeats our last key on the chain that the other side still reads. */
    private Made again(ContactConversation contact, SessionState session, long timestamp, SizeRange room)
            throws MessageWaitsException {
        byte[] said = Objects.requireNonNull(session.lastPublic, "a key to say once more");
        byte[] chain = Objects.requireNonNull(session.oldChain, "the chain of before");
        byte[] name = Objects.requireNonNull(session.oldName, "the chain of before");
        List<PlannedPacket> plan = planUpdate(said, timestamp, room);
        Made made = new Made();
        session.oldChain = step(contact, session.suite, made, chain, name, plan, null);
        session.againQueued = false;
        session.again++;
        session.lastSealed = clock.instant().toEpochMilli();
        return made;
    }

    private @Nullable Made onChain(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            OutgoingMessage outgoing,
            @Nullable MessageRecord message,
            long timestamp,
            SizeRange room)
            throws StoreException, MessageWaitsException {
        if (outgoing.isFarewell()) {
            return farewell(contact, session, outgoing, timestamp, room);
        }
        if (outgoing.control() == ControlCodes.ROTATE && isAnnouncing(tx, outgoing)) {
            throw new MessageWaitsException("it waits until a block has the new keys that were announced before");
        }
        boolean text = outgoing.isText();
        // On any other chain, its readers would not accept it (PROTOCOL 6.1).
        Optional<String> only =
                RemarkRecord.find(tx, outgoing.id()).map(RemarkRecord::session).filter(name -> !name.isEmpty());
        if (only.isPresent()
                && !(session.isOpen() && only.get().equals(HexFormat.of().formatHex(session.name)))) {
            return null;
        }
        if (!session.isOpen()) {
            if (!outgoing.isWritten()) {
                return null;
            }
            throw session.isOpening() ? MessageWaitsException.onHold(waitsFor(contact)) : new NeedsSession();
        }
        if (outgoing.isWritten() && !holdsFor(contact, session).isEmpty()) {
            throw MessageWaitsException.onHold(holdsFor(contact, session));
        }
        PersonaKeys personaKeys = people.personas.require(contact.persona());
        byte[] body = outgoing.says(message);
        Optional<byte[]> sender =
                outgoing.sign() ? Optional.of(personaKeys.keys.identity().senderId()) : Optional.empty();
        PacketType type = PacketType.ofCode(outgoing.type()).orElseThrow();
        Draft draft = draft(type, outgoing, timestamp, sender, body);
        Made made = step(contact, session, plan(draft, PacketLabel.RATCHET, room), personaKeys, false);
        if (!text && body[0] == ControlCodes.CLOSE) {
            handshakeManager.ended(tx, after, contact.id(), session);
            return made;
        }
        if (text) {
            session.sent++;
        } else {
            controls.sealed(tx, after, contact, body);
        }
        if (outgoing.isWritten()) {
            session.onChain++;
            PersonaKeyRecords.countMessage(tx, after, personaKeys);
        } else if (outgoing.isExchange()) {
            session.pieces++;
        }
        updates.queueIfDue(tx, after, contact, session);
        return made;
    }

    /**
     * Whether earlier new keys are in no block yet. They sign the next ones: a reader that found those first would not
     * accept them.
     */
    private static boolean isAnnouncing(StoreTransaction tx, OutgoingMessage next) throws StoreException {
        return OutgoingRecords.of(tx, next.membership()).stream()
                .anyMatch(other -> other.control() == ControlCodes.ROTATE
                        && other.id() < next.id()
                        && !other.state().isSettled());
    }

    /** Makes the last packet of a replaced session; null if its chain was erased. */
    private @Nullable Made farewell(
            ContactConversation contact, SessionState session, OutgoingMessage outgoing, long timestamp, SizeRange room)
            throws MessageWaitsException {
        byte[] former = session.formerChain;
        byte[] name = session.formerName;
        if (former == null || name == null) {
            return null;
        }
        byte[] body = outgoing.says(null);
        if (body[0] == ControlCodes.CLOSE && body[1] == ControlCodes.CLOSE_UNUSED) {
            // Only our queue distinguishes the two (PROTOCOL 6.1).
            body = new byte[] {ControlCodes.CLOSE};
        }
        List<PlannedPacket> plan = plan(bare(PacketType.CONTROL, timestamp, body), PacketLabel.RATCHET, room);
        Made made = new Made();
        byte[] after = step(contact, session.formerSuite, made, former, name, plan, null);
        Arrays.fill(after, (byte) 0);
        session.forgetFormer();
        return made;
    }

    /** No session exists or is being opened. */
    private static final class NeedsSession extends MessageWaitsException {
        private static final long serialVersionUID = 1L;

        NeedsSession() {
            super("it waits for a session");
        }
    }

    /** Opens a session because something waits for one. */
    private void openFor(ContactConversation contact) throws StoreException, MessageWaitsException {
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> handshakeManager.open(tx, after, contact));
            after.commit();
        } catch (NoSuchThingException e) {
            // This server only reads, or another one has the session: the exception's message says what to do.
            throw MessageWaitsException.onHold(e.getMessage());
        }
    }

    /** Ends a session that cannot go on without the abandoned message. Its contact may lack new keys, too. */
    @Override
    public void abandon(OutgoingMessage outgoing) throws StoreException {
        if (outgoing.carriesSession() || outgoing.control() == ControlCodes.ROTATE) {
            guard.perform(() -> giveUp(outgoing));
        }
    }

    /** Does the same for a message that an absent contact cannot read. */
    void missed(OutgoingMessage outgoing) {
        try {
            abandon(outgoing);
        } catch (StoreException | AbsentException e) {
            LOG.warn("a session that its contact may lack is not ended: {}", AbsentException.reason(e));
        }
    }

    private void giveUp(OutgoingMessage outgoing) throws StoreException {
        ContactConversation contact = people.conversations.contact(outgoing.membership());
        if (contact == null) {
            return;
        }
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> {
                SessionState session = SessionState.get(tx, contact.id());
                if (outgoing.carriesSession() && needs(session, outgoing)) {
                    handshakeManager.lost(tx, after, contact);
                }
                if (!isRead(session, outgoing)) {
                    rotations.unsaid(tx, after, contact, outgoing);
                }
            });
            after.commit();
        }
    }

    /** Whether the other side has written since a message left, and so was not absent. */
    private static boolean isRead(SessionState session, OutgoingMessage outgoing) {
        long left =
                outgoing.parts().stream().mapToLong(OutgoingPart::left).max().orElse(Long.MAX_VALUE);
        return outgoing.isOut() && Math.max(left / 1000, outgoing.stamped()) + TRAVEL.toSeconds() < session.heard;
    }

    /** Whether a session depends on a message: not on an answer that has left, once the other side has written. */
    private static boolean needs(SessionState session, OutgoingMessage outgoing) {
        return !outgoing.isOut()
                || session.accepted != 0
                        && session.name != null
                        && outgoing.session().equals(HexFormat.of().formatHex(session.name));
    }

    /**
     * Seals planned packets on the session's chain, and advances its state.
     *
     * @param salted whether to keep the salt of a KEY_UPDATE
     */
    private Made step(
            ContactConversation contact,
            SessionState session,
            List<PlannedPacket> plan,
            @Nullable PersonaKeys signer,
            boolean salted)
            throws MessageWaitsException {
        Made made = new Made();
        byte[] before = Objects.requireNonNull(session.chain, "an open session has a chain");
        byte[] name = Objects.requireNonNull(session.name, "an open session has a chain");
        byte[] moved = step(contact, session.suite, made, before, name, plan, signer);
        session.chain = moved;
        if (salted) {
            try (SendChain chain = sealing.chains().decodeSend(moved);
                    SecretBytes salt = chain.rekeySalt()) {
                session.ownSalt = salt.expose().clone();
            }
        }
        return made;
    }

    /** The same on any chain. @param state is wiped @return the next state */
    private byte[] step(
            ContactConversation contact,
            int suiteCode,
            Made made,
            byte[] state,
            byte[] name,
            List<PlannedPacket> plan,
            @Nullable PersonaKeys signer)
            throws MessageWaitsException {
        String suiteName = sealing.suites().name(suiteCode);
        AeadSuite suite = sealing.suites()
                .suite(suiteName)
                .orElseThrow(() -> new MessageWaitsException(
                        "it waits for the cipher suite " + suiteName + ", which the session with '" + contact.name()
                                + "' uses: it is stopped or denied (partyline:suite-list)"));
        try (SendChain chain = sealing.chains().decodeSend(state)) {
            made.sequence = chain.position();
            made.name = name.clone();
            for (PlannedPacket planned : plan) {
                SendChain.Step step = chain.step();
                try (SecretBytes secret = step.secret()) {
                    PacketKey key = new PacketKey(secret, PacketLabel.RATCHET, step.locator(), contact.network());
                    add(made, planned, key, suite, Optional.of(name), OptionalInt.of(step.position()), signer);
                }
            }
            try (SecretBytes after = chain.encode()) {
                Arrays.fill(state, (byte) 0);
                return after.expose().clone();
            }
        }
    }

    private void add(
            Made made,
            PlannedPacket planned,
            PacketKey key,
            AeadSuite suite,
            Optional<byte[]> session,
            OptionalInt sequence,
            @Nullable PersonaKeys signer) {
        PacketMaker.Sealed sealed = PacketMaker.sealOne(sealing, planned, key, suite, signer);
        made.packets.add(sealed.packet());
        OpenedPacket opened = sealed.opened();
        made.views.add(
                sealing.codec().json(PacketOpener.viewOf(opened, session, sequence, Optional.empty(), new byte[0])));
    }
}
