package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/**
 * Opens sessions, answers those who open them, and ends them (PROTOCOL 6). Everything here is part of the caller's
 * transaction; what changes in memory waits in {@link After} until it is on the disk. Runs under the engine's lock.
 */
final class Pairing {
    /** Answers come as long as the handshake can be read, and are as long on the way. */
    static final Duration OFFER_LIFE = Duration.ofHours(72);
    /** What the session itself sends is of use for this long. */
    static final Duration CONTROL_LIFE = Duration.ofDays(7);

    static final Duration HANDSHAKE_LIFE = Duration.ofHours(24);
    /** A handshake is not repeated before this (PROTOCOL 6). */
    static final Duration SOONEST_RETRY = Duration.ofHours(1);
    /** How long a handshake is remembered, so that nobody can use it again: longer than any key of ours is used. */
    private static final Duration INIT_MEMORY = Duration.ofDays(400);

    private static final int MOST_OFFERS = 3;
    /** Handshakes of one contact that are answered in an hour: each answer costs a transaction. */
    static final int MOST_ANSWERS = 12;

    private final Core core;
    private final SessionVoice voice;
    private final SessionChains chains;
    private final Callers callers;
    private final KeyNews news;

    Pairing(Core core, SessionVoice voice, SessionChains chains, Callers callers, KeyNews news) {
        this.core = core;
        this.voice = voice;
        this.chains = chains;
        this.callers = callers;
        this.news = news;
    }

    /**
     * Makes a handshake and queues it. Does nothing when a session stands or an answer is awaited.
     *
     * @throws NoSuchThingException when the contact's card is not known, or no suite may be used
     */
    void open(StoreTransaction tx, Memory memory, After after, Correspondent contact)
            throws StoreException, NoSuchThingException {
        SessionState session = SessionState.get(tx, contact.id());
        if (!session.isOpen() && !session.isOpening()) {
            offer(tx, memory, after, contact, session);
        }
    }

    /** Makes another handshake, with fresh keys. The ones before can still be answered. */
    void offer(StoreTransaction tx, Memory memory, After after, Correspondent contact, SessionState session)
            throws StoreException, NoSuchThingException {
        // A contact that was not told of our newest keys knows those before.
        Face face = memory.face(contact.persona());
        offer(tx, memory, after, contact, session, contact.entry.told() || face.old == null ? face.keys : face.old);
    }

    /** Opens with the keys that are about to be the old ones, to a contact that is to be told of the new ones. */
    void offerAsUntold(StoreTransaction tx, Memory memory, After after, Correspondent contact, SessionState session)
            throws StoreException, NoSuchThingException {
        offer(tx, memory, after, contact, session, memory.face(contact.persona()).keys);
    }

    private void offer(
            StoreTransaction tx,
            Memory memory,
            After after,
            Correspondent contact,
            SessionState session,
            IdentityKeys keys)
            throws StoreException, NoSuchThingException {
        if (contact.entry.isStranger()) {
            throw new NoSuchThingException("the card of '" + contact.name()
                    + "' is not known: ask for it, and add it with partyline:contact-add");
        }
        Set<AeadId> offer = new LinkedHashSet<>(core.suites.allowed());
        if (offer.isEmpty()) {
            throw new NoSuchThingException("every cipher suite is denied: allow one with partyline:suite-allow");
        }
        Instant now = core.now();
        try (Handshakes.Initiation made = core.handshakes.initiate(
                contact.network(), keys, contact.identity().orElseThrow(), offer, core.random)) {
            Records.Incoming entry = new Records.Incoming(
                    (int) Core.next(tx, "chain"),
                    contact.id(),
                    Records.Kind.REPLY,
                    core.chains.sessionId(made.replyChainKey()),
                    made.replySuite().code(),
                    "",
                    now.getEpochSecond(),
                    null,
                    made.state().expose().clone(),
                    now.plus(OFFER_LIFE).toEpochMilli());
            ReceiveChain chain = core.chains.receive(made.replyChainKey(), now);
            ChainPackets.putChain(tx, entry, chain);
            after.follow(core, memory, new Track(entry, chain));
            chains.dropOffers(tx, memory, after, contact.id(), MOST_OFFERS - 1, Long.MAX_VALUE);
            voice.say(tx, memory, after, contact, PacketType.HANDSHAKE_INIT, made.body(), HANDSHAKE_LIFE);
        } catch (HandshakeRefusedException e) {
            throw new NoSuchThingException(
                    "the card of '" + contact.name() + "' cannot be used: " + e.getMessage() + "; ask for a new one");
        }
        if (!session.isOpen()) {
            session.state = Sessions.State.OPENING;
            session.initiator = true;
            session.since = now.toEpochMilli();
        }
        session.offered = now.toEpochMilli();
        session.hurry = false;
        session.put(tx);
    }

    /** Ends the handshakes of ours that wait to be sent. */
    private void withdrawInits(StoreTransaction tx, Memory memory, After after, int contact) throws StoreException {
        voice.withdraw(
                tx,
                memory,
                after,
                contact,
                outgoing -> outgoing.type() == PacketType.HANDSHAKE_INIT.code(),
                "the other side opened the session");
    }

    /** A handshake has arrived in an inbox. */
    void init(StoreTransaction tx, Memory memory, After after, Letterbox letterbox, Inbox.Other init)
            throws StoreException {
        if (init.type() != PacketType.HANDSHAKE_INIT) {
            return;
        }
        Face face = memory.face(letterbox.persona());
        IdentityKeys keys = letterbox.old ? face.old : face.keys;
        if (keys == null) {
            return;
        }
        Handshakes.Acceptance accepted;
        try {
            accepted = core.handshakes.accept(letterbox.network(), keys, init.body(), usable(), core.random);
        } catch (HandshakeRefusedException e) {
            core.audit("handshake-refused", e.getMessage());
            return;
        }
        try (accepted) {
            // Everybody who has our card can open the packet and seal what is inside once more, with any time.
            byte[] once = Records.key(
                    letterbox.persona(),
                    PacketId.of(letterbox.network().code(), init.body()).hash());
            if (tx.contains(Records.SEEN, once)) {
                core.audit("handshake-replayed", "a handshake that was used before came once more");
                return;
            }
            if (Instant.ofEpochSecond(init.timestamp()).toEpochMilli() <= face.restored) {
                remember(tx, letterbox, once);
                openInstead(tx, memory, after, letterbox, accepted.peerPublic());
                return;
            }
            Correspondent contact = callers.identify(tx, memory, after, letterbox, accepted.peerPublic());
            if (contact == null) {
                return;
            }
            remember(tx, letterbox, once);
            SessionState session = SessionState.get(tx, contact.id());
            if (ownStands(memory, contact, session, init.timestamp())) {
                if (session.isOpening()) {
                    session.hurry = true;
                    session.put(tx);
                }
                return;
            }
            if (!session.mayAnswer(core.now(), MOST_ANSWERS)) {
                session.put(tx);
                core.audit("handshake-flood", "one contact opened too many sessions within an hour");
                return;
            }
            begin(tx, memory, after, contact, keys.identity(), session, accepted, init.timestamp());
            if (letterbox.old) {
                news.tell(tx, memory, after, contact, false);
            }
        }
    }

    private void remember(StoreTransaction tx, Letterbox letterbox, byte[] once) throws StoreException {
        tx.put(
                Records.SEEN,
                once,
                Records.key(letterbox.persona()),
                new byte[] {1},
                core.now().plus(INIT_MEMORY));
    }

    /**
     * A handshake was made before these keys came in from a backup. It may have been answered where they were before: a second
     * answer would ride on the same keys as the first. A contact who still waits for one is offered a session of ours.
     */
    private void openInstead(StoreTransaction tx, Memory memory, After after, Letterbox letterbox, byte[] agreement)
            throws StoreException {
        Optional<Correspondent> contact = Callers.find(memory, letterbox, agreement);
        if (contact.isEmpty() || contact.get().entry.isStranger()) {
            return;
        }
        try {
            open(tx, memory, after, contact.get());
        } catch (NoSuchThingException e) {
            core.audit("session-waits", "a restored session cannot be opened yet");
        }
    }

    /** The suites that may be used, those that are here first. */
    private List<AeadId> usable() {
        List<AeadId> allowed = core.suites.allowed();
        LinkedHashSet<AeadId> order = new LinkedHashSet<>();
        allowed.stream().filter(id -> core.suites.suite(id).isPresent()).forEach(order::add);
        order.addAll(allowed);
        return List.copyOf(order);
    }

    /**
     * Whether what we have stands against a handshake of the other side: it is an old one, it was made before the other side
     * answered ours, or both opened at once and our sender id is the lower one.
     */
    private static boolean ownStands(Memory memory, Correspondent contact, SessionState session, long initTimestamp) {
        if (session.isOpen()) {
            return initTimestamp <= (session.initiator ? session.respTime : session.initTime);
        }
        if (session.isOpening() && contact.identity().isPresent()) {
            byte[] own = memory.face(contact.persona()).keys.identity().senderId();
            byte[] theirs = contact.identity().get().senderId();
            return Arrays.compareUnsigned(own, theirs) < 0;
        }
        return false;
    }

    private void begin(
            StoreTransaction tx,
            Memory memory,
            After after,
            Correspondent contact,
            PublicIdentity own,
            SessionState session,
            Handshakes.Acceptance accepted,
            long initTimestamp)
            throws StoreException {
        chains.dropOffers(tx, memory, after, contact.id(), 0, Long.MAX_VALUE);
        withdrawInits(tx, memory, after, contact.id());
        withdrawAnswers(tx, memory, after, contact.id());
        PublicIdentity initiator = contact.identity().orElseThrow();
        try (SecretBytes send =
                        core.handshakes.sessionChainKey(contact.network(), accepted.sendSeed(), initiator, own);
                SecretBytes receive =
                        core.handshakes.sessionChainKey(contact.network(), accepted.receiveSeed(), initiator, own)) {
            stand(tx, memory, after, contact, session, accepted.chosen(), send, receive);
        }
        session.initiator = false;
        session.initTime = initTimestamp;
        session.replyChain = accepted.replyChainKey().expose().clone();
        session.replySuite = accepted.replySuite().code();
        session.put(tx);
        voice.say(tx, memory, after, contact, PacketType.HANDSHAKE_RESP, accepted.response(), HANDSHAKE_LIFE);
        requeueUnread(tx, memory, after, contact);
    }

    /** An answer to a handshake that another has replaced is of no use any more. */
    private void withdrawAnswers(StoreTransaction tx, Memory memory, After after, int contact) throws StoreException {
        voice.withdraw(
                tx,
                memory,
                after,
                contact,
                outgoing -> outgoing.type() == PacketType.HANDSHAKE_RESP.code()
                        || outgoing.type() == PacketType.KEY_UPDATE.code(),
                "a newer session took its place");
    }

    /** Sealed messages of which nothing has left ride on the new session: nobody may be left to read the old one. */
    private void requeueUnread(StoreTransaction tx, Memory memory, After after, Correspondent contact)
            throws StoreException {
        for (OutgoingMessage outgoing :
                Core.read(tx.list(Records.OUTGOING, Records.key(contact.id())), OutgoingMessage.class)) {
            if (outgoing.state() == State.SEALED && !outgoing.isHandshake() && !outgoing.left()) {
                OutgoingMessage queued = outgoing.with(List.of()).with(State.QUEUED, "");
                Outbox.put(tx, queued);
                after.then(() -> {
                    memory.removeSent(queued.id());
                    core.release.accept(outgoing);
                    voice.tell(memory, queued);
                });
            }
        }
    }

    /** Both chains of a new session; the chain that was read before is read for a day more. */
    private void stand(
            StoreTransaction tx,
            Memory memory,
            After after,
            Correspondent contact,
            SessionState session,
            AeadId suite,
            SecretBytes sendKey,
            SecretBytes receiveKey)
            throws StoreException {
        Instant now = core.now();
        chains.retire(tx, memory, after, contact.id());
        withdrawEnds(tx, memory, after, contact.id());
        session.forgetKeys();
        session.state = Sessions.State.OPEN;
        session.since = now.toEpochMilli();
        session.suite = suite.code();
        chains.begin(tx, memory, after, contact, session, sendKey, receiveKey);
        session.firstTrack = session.receiveTrack;
        after.then(() -> memory.trust(contact.id()));
        // What waited for the session can go.
        after.then(core.kickAll);
    }

    /** The end of a session that stood before must not end the next one. */
    private void withdrawEnds(StoreTransaction tx, Memory memory, After after, int contact) throws StoreException {
        voice.withdraw(
                tx,
                memory,
                after,
                contact,
                outgoing -> outgoing.type() == PacketType.CONTROL.code() && outgoing.body()[0] == Controls.CLOSE,
                "a newer session took its place");
    }

    /** The answer to a handshake of ours has arrived. */
    void resp(
            StoreTransaction tx,
            Memory memory,
            After after,
            Correspondent contact,
            Records.Incoming offer,
            Inbox.Other resp)
            throws StoreException {
        if (resp.type() != PacketType.HANDSHAKE_RESP || !resp.whole()) {
            return;
        }
        SessionState session = SessionState.get(tx, contact.id());
        if (session.isOpen() && session.initiator && session.initTime > offer.opened()) {
            return;
        }
        Face face = memory.face(contact.persona());
        Handshakes.Completion done = complete(face, contact, offer, resp.body());
        if (done == null) {
            return;
        }
        try (done) {
            stand(tx, memory, after, contact, session, done.chosen(), done.sendChainKey(), done.receiveChainKey());
        }
        session.initiator = true;
        session.initTime = offer.opened();
        session.respTime = resp.timestamp();
        session.put(tx);
        chains.dropOffers(tx, memory, after, contact.id(), 0, offer.opened());
        requeueUnread(tx, memory, after, contact);
        if (!contact.entry.told()) {
            news.tell(tx, memory, after, contact, false);
        }
    }

    /**
     * Whether what came on the chain of an answer is the other side's answer. The chain's key is in the handshake, which
     * everybody reads who has the other side's card: nothing else is let in, and what is not let in uses nothing up.
     */
    boolean isAnswer(Memory memory, Correspondent contact, Records.Incoming offer, Content content) {
        if (content.type() != PacketType.HANDSHAKE_RESP) {
            core.audit("handshake-refused", "something else came where the answer to a handshake was awaited");
            return false;
        }
        Handshakes.Completion done = complete(memory.face(contact.persona()), contact, offer, content.body());
        if (done == null) {
            return false;
        }
        done.close();
        return true;
    }

    /** Ends the handshake with the keys it was begun with: ours may have been rotated since. */
    private Handshakes.Completion complete(Face face, Correspondent contact, Records.Incoming offer, byte[] body) {
        String why = "";
        for (IdentityKeys keys : Arrays.asList(face.keys, face.old)) {
            if (keys == null) {
                continue;
            }
            try (SecretBytes state = SecretBytes.copyOf(offer.handshake())) {
                return core.handshakes.complete(
                        contact.network(), state, keys, contact.identity().orElseThrow(), body);
            } catch (HandshakeRefusedException e) {
                why = e.getMessage();
            }
        }
        core.audit("handshake-refused", "the answer to a handshake: " + why);
        return null;
    }

    /** Ends a session: tells the other side, if there is one. */
    void close(StoreTransaction tx, Memory memory, After after, Correspondent contact) throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        chains.dropOffers(tx, memory, after, contact.id(), 0, Long.MAX_VALUE);
        withdrawInits(tx, memory, after, contact.id());
        if (session.isOpen()) {
            voice.say(tx, memory, after, contact, PacketType.CONTROL, new byte[] {Controls.CLOSE}, CONTROL_LIFE);
        } else if (session.isOpening()) {
            session.state = Sessions.State.CLOSED;
            session.since = core.now().toEpochMilli();
            session.put(tx);
        }
    }

    /** The keys of a session are erased; what was sent to us on it is read for a day more. */
    void ended(StoreTransaction tx, Memory memory, After after, int contact, SessionState session)
            throws StoreException {
        chains.retire(tx, memory, after, contact);
        news.withdraw(tx, memory, after, contact);
        session.forgetKeys();
        session.state = Sessions.State.CLOSED;
        session.since = core.now().toEpochMilli();
        after.then(() -> chains.expectOwn(memory, session));
    }

    /** One of our next packets was met on the network: its key was used. No other key of the session is used. */
    void doubled(Memory memory, Correspondent contact) throws StoreException {
        try (After after = new After()) {
            core.store.transact(tx -> {
                SessionState session = SessionState.get(tx, contact.id());
                withdrawAnswers(tx, memory, after, contact.id());
                ended(tx, memory, after, contact.id(), session);
                voice.notice(
                        tx,
                        memory,
                        after,
                        contact,
                        "this session was used by a server with the same files (were they put back?): it is opened anew");
                Instant soonest = Instant.ofEpochMilli(session.offered).plus(SOONEST_RETRY);
                if (!contact.entry.isStranger() && core.now().isAfter(soonest)) {
                    reopen(tx, memory, after, contact, session);
                }
                session.put(tx);
                return null;
            });
            after.commit();
        }
        core.audit(
                "session-doubled", "a session's keys were used by another server, or before its files were put back");
    }

    /** Opens a new session in the place of one that cannot be gone on with. */
    void reopen(StoreTransaction tx, Memory memory, After after, Correspondent contact, SessionState session)
            throws StoreException {
        if (contact.entry.isStranger()) {
            return;
        }
        try {
            offer(tx, memory, after, contact, session);
        } catch (NoSuchThingException e) {
            core.audit("session-lost", "a session cannot be gone on with, and no new one can be opened");
        }
    }

    /**
     * Something that the session cannot go on without could not leave in time: the session ends here, and the next message
     * opens a new one.
     */
    void lost(StoreTransaction tx, Memory memory, After after, Correspondent contact) throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        if (session.isOpen()) {
            ended(tx, memory, after, contact.id(), session);
            session.put(tx);
            voice.notice(
                    tx, memory, after, contact, "the session could not be kept up: the next message opens a new one");
        }
    }

    /** Repeats a handshake that was not answered for some hours. To be called now and then. */
    void repeat(StoreTransaction tx, Memory memory, After after, Correspondent contact) throws StoreException {
        Optional<SessionState> found = SessionState.find(tx, contact.id());
        if (found.isEmpty()) {
            return;
        }
        SessionState session = found.get();
        Instant now = core.now();
        Duration patience = session.hurry ? SOONEST_RETRY : core.settings.get().handshakeRetry();
        if (session.isOpening()
                && now.isAfter(Instant.ofEpochMilli(session.offered).plus(patience))
                && (session.hurry || isWanted(tx, contact.id()))) {
            try {
                offer(tx, memory, after, contact, session);
            } catch (NoSuchThingException e) {
                core.audit("session-waits", "a handshake cannot be repeated: " + suiteReason());
            }
        }
    }

    private String suiteReason() {
        return core.suites.allowed().isEmpty() ? "every cipher suite is denied" : "the card is not known";
    }

    /** Whether something waits for the session. */
    private static boolean isWanted(StoreTransaction tx, int contact) throws StoreException {
        for (OutgoingMessage outgoing :
                Core.read(tx.list(Records.OUTGOING, Records.key(contact)), OutgoingMessage.class)) {
            if (!outgoing.state().isFinal()
                    && !outgoing.isHandshake()
                    && outgoing.parts().isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
