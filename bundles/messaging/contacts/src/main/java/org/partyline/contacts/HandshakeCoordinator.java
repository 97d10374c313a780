package org.partyline.contacts;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.ReceiptRecord;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sessions.AcceptedHandshake;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KemExchange;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.sessions.WaitingHandshake;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Opens sessions, answers handshakes, and closes sessions (PROTOCOL 6). Each method is part of the caller's
 * transaction; changes in memory wait in {@link AfterCommit} until it is on the disk. Runs under the server's lock.
 */
public final class HandshakeCoordinator implements HandshakeManager {
    /** How long a handshake is remembered, so that nobody can replay it: longer than any of our keys is used. */
    private static final Duration INIT_MEMORY = Duration.ofDays(400);

    private static final int MOST_OFFERS = 3;

    /** The maximum age of a handshake that is answered: the answer is valid for as long, and must arrive in time. */
    private static final Duration ANSWERED = HandshakeLimits.OFFER_LIFE.minus(HandshakeLimits.HANDSHAKE_LIFE);

    private final StateGuard guard;
    private final People people;
    private final OperatorSettings settings;
    private final Notices notices;
    private final SessionProtocol protocol;
    private final SessionControlSender controlSender;
    private final StoredSessionChains chains;
    private final InboundPeers inboundPeers;
    private final RotationAnnouncer rotations;
    private final HandshakePrecedence precedence;
    private final Undecided undecided;
    private final ReplacedSessions replaced;

    HandshakeCoordinator(
            StateGuard guard,
            OperatorSettings settings,
            Notices notices,
            SessionProtocol protocol,
            SessionControlSender controlSender,
            StoredSessionChains chains,
            InboundPeers inboundPeers,
            RotationAnnouncer rotations) {
        this.guard = guard;
        this.people = guard.people();
        this.settings = settings;
        this.notices = notices;
        this.protocol = protocol;
        this.precedence = new HandshakePrecedence(people);
        this.undecided = new Undecided(protocol, chains);
        this.replaced = new ReplacedSessions(chains, protocol, controlSender, notices.security());
        this.controlSender = controlSender;
        this.chains = chains;
        this.inboundPeers = inboundPeers;
        this.rotations = rotations;
    }

    @Override
    public void open(StoreTransaction tx, AfterCommit after, ContactConversation contact)
            throws StoreException, NoSuchThingException {
        SessionState session = SessionState.get(tx, contact.id());
        people.personas.requireWriting(contact.persona());
        if (session.isElsewhere()) {
            throw new NoSuchThingException(ReplacedSessions.whyNot(contact));
        }
        if (!session.isOpen() && !session.isOpening()) {
            offer(tx, after, contact, session);
        }
    }

    /**
     * Opens a session that replaces the current one, because the other side has lost it or another server took it over.
     * Messages then wait for the answer.
     */
    void openAgain(StoreTransaction tx, AfterCommit after, ContactConversation contact)
            throws StoreException, NoSuchThingException {
        SessionState session = SessionState.get(tx, contact.id());
        Instant soonest = Instant.ofEpochMilli(session.offered).plus(HandshakeLimits.SOONEST_RETRY);
        if (session.isOpening() && protocol.clock().instant().isBefore(soonest)) {
            throw new NoSuchThingException("a session was offered to '" + contact.name()
                    + "' less than an hour ago, and the answer may still arrive: offer another one after "
                    + soonest.truncatedTo(ChronoUnit.SECONDS));
        }
        replace(tx, after, contact, session);
    }

    private void replace(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException, NoSuchThingException {
        if (session.isOpen()) {
            replaced.mark(tx, after, contact, session);
            ended(tx, after, contact.id(), session);
            session.restored = true;
            controlSender.requeueUnread(tx, after, contact);
        }
        offer(tx, after, contact, session);
    }

    /** Makes another handshake, with fresh keys. Earlier ones can still be answered. */
    void offer(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException, NoSuchThingException {
        PersonaKeys keys = people.personas.require(contact.persona());
        // As stored now: this transaction may have found that the contact lacks the present keys.
        ContactRecord stored = Tables.find(tx, ContactRecord.TABLE, Keys.of(contact.id()), ContactRecord.class)
                .orElse(contact.entry);
        offer(tx, after, contact, session, keys.knownTo(new ContactConversation(stored)));
    }

    /** Opens a session with the keys that are about to be replaced, to a contact that is to receive the new ones. */
    void offerAsUntold(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException, NoSuchThingException {
        offer(tx, after, contact, session, people.personas.require(contact.persona()).keys);
    }

    private void offer(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            IdentityKeys keys)
            throws StoreException, NoSuchThingException {
        people.personas.requireWriting(contact.persona());
        if (contact.entry.isStranger()) {
            throw new NoSuchThingException("the card of '" + contact.name()
                    + "' is unknown: ask for it, and add it with partyline:contact-add");
        }
        Set<AeadId> offer = new LinkedHashSet<>(protocol.suites().forSessions());
        if (offer.isEmpty()) {
            throw new NoSuchThingException("every cipher suite is denied: allow one with partyline:suite-allow");
        }
        Instant now = protocol.clock().instant();
        try (Handshakes.Initiation made = protocol.handshakes()
                .initiate(contact.network(), keys, contact.identity().orElseThrow(), offer, protocol.random())) {
            ReceiveChainRecord entry = ReceiveChainRecordBuilder.builder()
                    .number((int) Tables.next(tx, "chain"))
                    .membership(contact.id())
                    .kind(ChainKind.REPLY)
                    .session(protocol.chains().sessionId(made.replyChainKey()))
                    .suite(made.replySuite().code())
                    .nickname("")
                    .opened(now.getEpochSecond())
                    .chain(new byte[0])
                    .handshake(made.state().expose().clone())
                    .retires(now.plus(HandshakeLimits.OFFER_LIFE).toEpochMilli())
                    .build();
            chains.read(tx, after, entry, made.replyChainKey());
            session.shaken(Keys.of(chains.answerHint(made.replyChainKey())));
            chains.dropOffers(tx, after, contact.id(), MOST_OFFERS - 1);
            controlSender.say(
                    tx, after, contact, PacketType.HANDSHAKE_INIT, made.body(), HandshakeLimits.HANDSHAKE_LIFE);
        } catch (HandshakeRefusedException e) {
            throw new NoSuchThingException(
                    "the card of '" + contact.name() + "' cannot be used: " + e.getMessage() + "; ask for a new one");
        }
        if (!session.isOpening() && people.personas.require(contact.persona()).old == null) {
            rotations.reportUnknown(tx, after, contact);
        }
        if (!session.isOpen()) {
            session.state = Sessions.State.OPENING;
            session.initiator = true;
            session.since = now.toEpochMilli();
        }
        session.offered = now.toEpochMilli();
        session.hurry = false;
        session.offerMined = false;
        session.put(tx);
    }

    /** Cancels our handshakes that wait to be sent; returns their number. */
    private int withdrawInits(StoreTransaction tx, AfterCommit after, int contact) throws StoreException {
        return controlSender.withdraw(
                tx,
                after,
                contact,
                outgoing -> outgoing.type() == PacketType.HANDSHAKE_INIT.code(),
                "the other side opened the session");
    }

    @Override
    public void init(
            StoreTransaction tx,
            AfterCommit after,
            ContactInbox contactInbox,
            byte[] body,
            long timestamp,
            long arrived)
            throws StoreException, HandshakeRefusedException {
        PersonaKeys personaKeys = people.personas.require(contactInbox.persona());
        IdentityKeys keys = contactInbox.old ? personaKeys.old : personaKeys.keys;
        if (keys == null) {
            return;
        }
        try (Handshakes.Acceptance accepted = protocol.handshakes()
                .accept(contactInbox.network(), keys, body, protocol.usable(), protocol.random())) {
            // Everyone who has our card can open the packet and seal its content again, with any time.
            byte[] once = Keys.of(
                    contactInbox.persona(),
                    PacketId.of(contactInbox.network().code(), body).hash());
            Optional<byte[]> seen = tx.get(SeenLocators.TABLE, once);
            if (seen.filter(SeenLocators::isOpened).isPresent()) {
                notices.security().record("handshake-replayed", "a handshake was replayed");
                return;
            }
            // It counts as used only once it was acted on, since its first sender need not be its author. Until then,
            // it is no newer than its first arrival, whatever the next sender claims.
            byte[] first = seen.orElse(Keys.of(arrived));
            long made = seen.isEmpty()
                    ? timestamp
                    : Math.min(timestamp, ByteBuffer.wrap(first).getLong());
            boolean acted = answer(
                    tx,
                    after,
                    contactInbox,
                    keys.identity(),
                    accepted,
                    new HandshakePrecedence.Init(body, made, seen.isPresent()));
            tx.put(
                    SeenLocators.TABLE,
                    once,
                    Keys.of(contactInbox.persona()),
                    acted ? new byte[] {1} : first,
                    protocol.clock().instant().plus(INIT_MEMORY));
        }
    }

    /** Answers a handshake, or does what is necessary instead; returns whether anything was done. */
    private boolean answer(
            StoreTransaction tx,
            AfterCommit after,
            ContactInbox contactInbox,
            PublicIdentity own,
            Handshakes.Acceptance accepted,
            HandshakePrecedence.Init init)
            throws StoreException {
        List<ContactConversation> candidates = inboundPeers.showing(contactInbox, accepted.peerPublic());
        // Another server must answer: two answers to one handshake would use the same key.
        if (people.personas.isCopy(contactInbox.persona()) || areElsewhere(tx, candidates)) {
            return false;
        }
        if (Instant.ofEpochSecond(init.timestamp()).toEpochMilli()
                <= people.personas.require(contactInbox.persona()).restored) {
            // The original server of a restored backup may have answered it: a second answer would use the same keys.
            return offerInstead(
                    tx,
                    after,
                    candidates,
                    session -> !session.isOpen() && !session.isOpening() && !session.isElsewhere());
        }
        Instant now = protocol.clock().instant();
        boolean late = now.isAfter(Instant.ofEpochSecond(init.timestamp()).plus(ANSWERED));
        if (candidates.isEmpty() && (late || !settings.get().sessions().strangers())) {
            inboundPeers.keep(tx, contactInbox, accepted.peerPublic(), init.body(), init.timestamp());
            return false;
        }
        if (!candidates.isEmpty() && precedence.ownStands(tx, candidates, own, init)) {
            if (init.again()) {
                notices.security().record("handshake-replayed", "a handshake was replayed");
            } else {
                watchAnswer(tx, after, candidates, accepted);
            }
            return false;
        }
        if (late) {
            // The other side may not read an answer any more, nor messages after it.
            return offerInstead(tx, after, candidates, session -> !session.isOpening() || mayOffer(session, now));
        }
        ContactConversation payer = candidates.isEmpty()
                ? inboundPeers.stranger(tx, after, contactInbox, accepted.peerPublic())
                : InboundPeers.payer(candidates);
        if (payer == null) {
            return false;
        }
        SessionState session = SessionState.get(tx, payer.id());
        if (!session.mayAnswer(protocol.clock().instant(), HandshakeLimits.MOST_ANSWERS)) {
            notices.security().record("handshake-flood", "one contact opened too many sessions within an hour");
            return false;
        }
        AcceptedHandshake entry = undecided.keep(tx, contactInbox, own, accepted, init.timestamp());
        if (candidates.size() == 1) {
            begin(tx, after, payer, session, entry, accepted.replyChainKey());
        } else {
            for (ContactConversation candidate : candidates) {
                undecided.read(tx, after, candidate, entry);
            }
        }
        respond(tx, after, payer, session, accepted);
        watchAnswer(tx, after, candidates, accepted);
        if (candidates.size() == 1 && contactInbox.old) {
            rotations.announce(tx, after, payer, false);
        } else if (candidates.size() == 1) {
            rotations.known(tx, after, payer);
        }
        return true;
    }

    private void watchAnswer(
            StoreTransaction tx,
            AfterCommit after,
            List<ContactConversation> candidates,
            Handshakes.Acceptance accepted)
            throws StoreException {
        // With several candidates, its conversation is not known.
        if (candidates.size() == 1) {
            chains.watchAnswer(
                    tx,
                    after,
                    candidates.get(0),
                    accepted.replyChainKey(),
                    accepted.replySuite().code());
        }
    }

    @Override
    public void known(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        undecided.known(tx, after, contact);
        for (WaitingHandshake waiting : inboundPeers.take(tx, contact)) {
            for (boolean old : new boolean[] {false, true}) {
                try {
                    init(
                            tx,
                            after,
                            new ContactInbox(contact.persona(), contact.network(), old),
                            waiting.body(),
                            waiting.timestamp(),
                            waiting.arrived() / 1000);
                    break;
                } catch (HandshakeRefusedException e) {
                    // It was made for the other keys, or for keys that are erased.
                    notices.security().record("handshake-refused", e.getMessage());
                }
            }
        }
    }

    /**
     * Offers contacts a session of ours instead of answering their handshake.
     *
     * @param which the sessions that are replaced
     * @return whether one was offered
     */
    private boolean offerInstead(
            StoreTransaction tx, AfterCommit after, List<ContactConversation> contacts, Predicate<SessionState> which)
            throws StoreException {
        boolean offered = false;
        for (ContactConversation contact : contacts) {
            SessionState session = SessionState.get(tx, contact.id());
            try {
                if (which.test(session)) {
                    replace(tx, after, contact, session);
                    offered = true;
                }
            } catch (NoSuchThingException e) {
                notices.security().record("session-waits", "an old handshake cannot be replaced by a new one yet");
            }
        }
        return offered;
    }

    /**
     * Starts the session at once, because only one contact can have made the handshake. The caller stores the state.
     */
    private void begin(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            AcceptedHandshake entry,
            SecretBytes answerKey)
            throws StoreException {
        giveWay(tx, after, contact, session, entry, answerKey);
        try (SecretBytes send = undecided.sendKey(entry, contact);
                SecretBytes receive = undecided.receiveKey(entry, contact)) {
            chains.begin(tx, after, contact, session, send, receive);
        }
        stands(after, contact, session);
        session.accepted = entry.number();
        controlSender.requeueUnread(tx, after, contact);
    }

    /** Removes what we have with a contact, in favour of the session that it opened. */
    private void giveWay(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            AcceptedHandshake entry,
            @Nullable SecretBytes answerKey)
            throws StoreException {
        long answerHint = answerKey == null ? 0 : chains.answerHint(answerKey);
        if (session.isOpen()) {
            replaced.mark(tx, after, contact, session);
            replaced.replacedByContact(tx, after, contact, session, answerHint);
        }
        chains.passOver(tx, after, contact.id(), Long.MAX_VALUE, 0, null);
        withdrawInits(tx, after, contact.id());
        withdraw(tx, after, contact.id(), PacketType.KEY_UPDATE);
        // Until it has our answer, the other side may use the previous session.
        makeRoom(
                tx,
                after,
                contact,
                session,
                answerKey == null ? StoredSessionChains.OLD : StoredSessionChains.DOUBTFUL);
        session.suite = entry.suite();
        session.initiator = false;
        session.respTime = Math.max(session.respTime, entry.initTime());
        session.answerHint = answerHint;
    }

    /** Queues the answer to a handshake. Stores the state. */
    private void respond(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation payer,
            SessionState session,
            Handshakes.Acceptance accepted)
            throws StoreException {
        withdraw(tx, after, payer.id(), PacketType.HANDSHAKE_RESP);
        session.forgetAnswer();
        session.replyChain = accepted.replyChainKey().expose().clone();
        session.replySuite = accepted.replySuite().code();
        session.shaken(Keys.of(chains.answerHint(accepted.replyChainKey())));
        session.put(tx);
        controlSender.say(
                tx, after, payer, PacketType.HANDSHAKE_RESP, accepted.response(), HandshakeLimits.HANDSHAKE_LIFE);
    }

    @Override
    public void decided(StoreTransaction tx, AfterCommit after, ContactConversation contact, ReceiveChainRecord chain)
            throws StoreException {
        Optional<AcceptedHandshake> found = undecided.of(tx, chain);
        if (found.isEmpty()) {
            return;
        }
        AcceptedHandshake entry = found.get();
        SessionState session = SessionState.get(tx, contact.id());
        boolean late = session.isOpen() && HandshakePrecedence.isNoLater(session, entry.initTime());
        if (!late) {
            giveWay(tx, after, contact, session, entry, null);
            try (SecretBytes send = undecided.sendKey(entry, contact)) {
                chains.begin(after, session, send, chain.number());
            }
            stands(after, contact, session);
            session.put(tx);
            controlSender.requeueUnread(tx, after, contact);
        }
        // After the previous session was retired: this chain is still read.
        chains.readOn(
                tx,
                after,
                chain,
                late ? protocol.clock().instant().plus(StoredSessionChains.OLD).toEpochMilli() : 0);
        undecided.decide(tx, after, entry.number(), chain.number());
        for (ContactConversation other : people.conversations.contacts()) {
            SessionState mistaken = SessionState.get(tx, other.id());
            if (other.id() != contact.id() && mistaken.isOpen() && mistaken.accepted == entry.number()) {
                boolean sent = mistaken.onChain > 0;
                ended(tx, after, other.id(), mistaken);
                mistaken.put(tx);
                controlSender.requeueUnread(tx, after, other);
                controlSender.notice(
                        tx,
                        after,
                        other,
                        "the session is closed: it was opened by '" + contact.name()
                                + "', whose card shows the same X25519 key"
                                + (sent ? "; nobody can read your messages on it" : ""));
            }
        }
    }

    @Override
    public void confirmed(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            long timestamp)
            throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        if (!session.isOpen() || chain.number() < session.firstChain) {
            return;
        }
        if (session.accepted != 0) {
            undecided.decide(tx, after, session.accepted, -1);
            session.accepted = 0;
            chains.retire(tx, after, contact.id(), StoredSessionChains.OLD, 0, session.firstChain);
        }
        replaced.heard(session, timestamp);
        session.put(tx);
    }

    private static boolean areElsewhere(StoreTransaction tx, List<ContactConversation> candidates)
            throws StoreException {
        for (ContactConversation contact : candidates) {
            if (SessionState.get(tx, contact.id()).isElsewhere()) {
                return true;
            }
        }
        return false;
    }

    private void withdraw(StoreTransaction tx, AfterCommit after, int contact, PacketType type) throws StoreException {
        controlSender.withdraw(
                tx, after, contact, outgoing -> outgoing.type() == type.code(), "replaced by a newer session");
    }

    /** A post-quantum key exchange belongs to its session (PROTOCOL 6.2). */
    private void endExchange(StoreTransaction tx, AfterCommit after, int contact) throws StoreException {
        KemExchange.erase(tx, contact);
        controlSender.withdraw(tx, after, contact, OutgoingMessage::isExchange, "its session no longer exists");
    }

    /**
     * Retires the previous session, whose chain is still read for some time; the session's chains must be started next.
     */
    private void makeRoom(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session, Duration readOn)
            throws StoreException {
        chains.retire(tx, after, contact.id(), readOn, 0, Integer.MAX_VALUE);
        // A message that ends the previous session must not end the next one.
        controlSender.withdraw(tx, after, contact.id(), HandshakeCoordinator::isClose, "replaced by a newer session");
        // Cargo that is not sealed yet uses the new session, since it is about messages that are here.
        CargoRecord.drop(tx, contact.id(), true);
        endExchange(tx, after, contact.id());
        session.forgetKeys();
        session.state = Sessions.State.OPEN;
        session.since = protocol.clock().instant().toEpochMilli();
    }

    /** Called when the session's chains were started. */
    private void stands(AfterCommit after, ContactConversation contact, SessionState session) {
        session.firstChain = session.receiveChain;
        session.restored = false;
        session.elsewhere = 0;
        after.then(() -> chains.trust(contact.id()));
        // Messages that waited for the session can be sent.
        after.then(() -> notices.bus().publish(new Bus.Retry()));
    }

    @Override
    public void resp(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord offer,
            Inbox.Other resp,
            byte[] packet)
            throws StoreException {
        if (resp.type() != PacketType.HANDSHAKE_RESP || !resp.whole()) {
            return;
        }
        SessionState session = SessionState.get(tx, contact.id());
        PersonaKeys personaKeys = people.personas.require(contact.persona());
        Handshakes.Completion done = complete(personaKeys, contact, offer, resp.body());
        if (done == null) {
            return;
        }
        try (done) {
            if (offer.answer() != null) {
                answeredInVain(tx, after, contact, session, offer, done);
                return;
            }
            if (session.isOpen()) {
                replaced.mark(tx, after, contact, session);
            }
            makeRoom(tx, after, contact, session, StoredSessionChains.OLD);
            session.suite = done.chosen();
            chains.begin(tx, after, contact, session, done.sendChainKey(), done.receiveChainKey());
            stands(after, contact, session);
        }
        session.initiator = true;
        session.respTime = Math.max(session.respTime, resp.timestamp());
        ReceiveChainState read = chains.find(offer.number());
        session.answerHint = read == null ? 0 : StoredSessionChains.answerHint(read);
        session.put(tx);
        chains.passOver(tx, after, contact.id(), offer.opened(), offer.number(), packet);
        controlSender.requeueUnread(tx, after, contact);
        if (!contact.entry.told()) {
            rotations.announce(tx, after, contact, false);
        }
    }

    /**
     * Called when a handshake of ours was answered after another session had replaced it, or without one that is open:
     * the server that answered does not know that, and may use its session. It is informed on that session, and its
     * packets there are read. If the handshake was answered before, two servers have the same keys.
     */
    private void answeredInVain(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            ReceiveChainRecord offer,
            Handshakes.Completion done)
            throws StoreException {
        boolean answered = offer.answer() != null && offer.answer().length > 0;
        if (session.isOpen() ? offer.number() >= session.firstChain : answered) {
            return;
        }
        chains.readPassedOver(tx, after, offer, done.chosen(), done.receiveChainKey());
        replaced.passedOver(tx, after, contact, session, done);
        if (answered && !session.copyReported) {
            replaced.contactHasCopy(tx, after, contact, session);
        }
        session.put(tx);
    }

    @Override
    public void answeredByCopy(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, ReceiveChainState handshake)
            throws StoreException {
        // Once, however many answers there are.
        if (handshake.chain.highest() < 0) {
            SessionState session = SessionState.get(tx, contact.id());
            replaced.answeredByCopy(tx, after, contact, session);
            // The session continues until the other side says which one it uses: everyone who has our card can create
            // an answer.
            session.put(tx);
        }
    }

    @Override
    public boolean isAnswer(ContactConversation contact, ReceiveChainRecord offer, Content content) {
        if (content.type() != PacketType.HANDSHAKE_RESP) {
            notices.security()
                    .record("handshake-refused", "another packet arrived instead of the answer to a handshake");
            return false;
        }
        Handshakes.Completion done =
                complete(people.personas.require(contact.persona()), contact, offer, content.body());
        if (done == null) {
            return false;
        }
        done.close();
        return true;
    }

    /**
     * Completes the handshake with the keys it was begun with, since those of either side may have been rotated.
     * @return null if it is refused
     */
    private Handshakes.@Nullable Completion complete(
            PersonaKeys personaKeys, ContactConversation contact, ReceiveChainRecord offer, byte[] body) {
        String why = "";
        byte[] begun = Objects.requireNonNull(offer.handshake(), "it is a handshake of ours");
        List<PublicIdentity> theirs = Stream.concat(contact.identity().stream(), contact.formerIdentity().stream())
                .toList();
        for (IdentityKeys keys : Arrays.asList(personaKeys.keys, personaKeys.old)) {
            if (keys == null) {
                continue;
            }
            for (PublicIdentity peer : theirs) {
                try (SecretBytes state = SecretBytes.copyOf(begun)) {
                    return protocol.handshakes().complete(contact.network(), state, keys, peer, body);
                } catch (HandshakeRefusedException e) {
                    why = e.getMessage();
                }
            }
        }
        notices.security().record("handshake-refused", "the answer to a handshake: " + why);
        return null;
    }

    /** Whether a message informs the other side that the session ends. */
    static boolean isClose(OutgoingMessage outgoing) {
        return outgoing.type() == PacketType.CONTROL.code()
                && outgoing.body() != null
                && outgoing.body()[0] == ControlCodes.CLOSE
                && !outgoing.isFarewell();
    }

    /** Ends a session: informs the other side, if there is one. */
    void close(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        int unsent = withdrawInits(tx, after, contact.id());
        chains.dropUnsent(tx, after, contact.id(), unsent);
        chains.passOver(tx, after, contact.id(), Long.MAX_VALUE, 0, null);
        if (session.isOpen()) {
            controlSender.say(
                    tx,
                    after,
                    contact,
                    PacketType.CONTROL,
                    new byte[] {ControlCodes.CLOSE},
                    HandshakeLimits.CONTROL_LIFE);
        } else if (session.isOpening()) {
            session.restored = false;
            session.state = Sessions.State.CLOSED;
            session.since = protocol.clock().instant().toEpochMilli();
            session.put(tx);
        }
    }

    /** Called when messages must be protected: sealed ones that are not wait again. */
    void hold(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        long since = session.isProtected() ? session.protectedSince : Long.MAX_VALUE;
        controlSender.requeue(
                tx, after, contact, outgoing -> outgoing.isWritten() && outgoing.stamped() * 1000 <= since);
    }

    @Override
    public void ended(StoreTransaction tx, AfterCommit after, int contact, SessionState session) throws StoreException {
        ContactConversation known = people.conversations.contact(contact);
        if (session.isOpen() && known != null) {
            replaced.markClosed(tx, after, known, session);
        }
        // The other side may use an earlier one, if it lacks our answer.
        chains.retire(tx, after, contact, StoredSessionChains.OLD, session.firstChain, Integer.MAX_VALUE);
        forget(tx, after, contact, session);
    }

    /** Erases the keys of a session that has ended, and what is of no use without it; its chains are still read. */
    private void forget(StoreTransaction tx, AfterCommit after, int contact, SessionState session)
            throws StoreException {
        rotations.withdraw(tx, after, contact, ReplacedSessions.unreadSince(session));
        CargoRecord.drop(tx, contact, false);
        ReceiptRecord.drop(tx, contact);
        controlSender.withdraw(
                tx,
                after,
                contact,
                outgoing -> outgoing.control() == ControlCodes.RECEIPT,
                "its session no longer exists");
        endExchange(tx, after, contact);
        session.forgetKeys();
        session.state = Sessions.State.CLOSED;
        session.since = protocol.clock().instant().toEpochMilli();
        after.then(() -> chains.expectOwn(session));
    }

    @Override
    public void doubled(ContactConversation contact) throws StoreException {
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> {
                SessionState session = SessionState.get(tx, contact.id());
                withdraw(tx, after, contact.id(), PacketType.HANDSHAKE_RESP);
                withdraw(tx, after, contact.id(), PacketType.KEY_UPDATE);
                ended(tx, after, contact.id(), session);
                // The other server may have used the keys of what has not left.
                controlSender.requeueUnread(tx, after, contact);
                controlSender.notice(
                        tx,
                        after,
                        contact,
                        "this session was used by a server with the same files (were they restored?): it is opened anew");
                // The next upkeep offers another, if that is not too early.
                session.restored = !contact.entry.isStranger();
                if (session.restored && mayOffer(session, protocol.clock().instant())) {
                    reopen(tx, after, contact, session);
                }
                session.put(tx);
            });
            after.commit();
        }
        notices.security()
                .record(
                        "session-doubled",
                        "a session's keys were used by another server, or before its files were restored");
    }

    /** Opens a new session that replaces an unusable one, which the other side may still use. The caller stores it. */
    void reopen(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        session.restored = !contact.entry.isStranger();
        if (session.isOpen()) {
            rotations.unread(tx, after, contact, Math.max(session.since, session.heard * 1000));
        }
        try {
            offer(tx, after, contact, session);
        } catch (NoSuchThingException e) {
            notices.security().record("session-lost", "a session cannot continue, and no new one can be opened");
        }
    }

    @Override
    public void lost(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        if (session.isOpen()) {
            replaced.markClosed(tx, after, contact, session);
            // The other side is not told, and may have our message after all: its chains are read until the next
            // session begins.
            forget(tx, after, contact.id(), session);
            session.put(tx);
            controlSender.notice(
                    tx, after, contact, "the session could not be continued: the next message opens a new one");
        }
    }

    /** Whether the previous handshake was made so long ago that another one may be. */
    static boolean mayOffer(SessionState session, Instant now) {
        return now.isAfter(Instant.ofEpochMilli(session.offered).plus(HandshakeLimits.SOONEST_RETRY));
    }
}
