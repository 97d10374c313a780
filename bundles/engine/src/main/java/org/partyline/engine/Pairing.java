package org.partyline.engine;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/**
 * Opens sessions, answers those who open them, renews their keys, and ends them (PROTOCOL 6). Everything here is part of
 * the caller's transaction; what changes in memory waits in {@link After} until it is on the disk. Runs under the engine's
 * lock.
 */
final class Pairing {
    /** How long a chain is read after another took its place. */
    static final Duration OLD_CHAIN = Duration.ofHours(24);
    /** Answers come as long as the handshake can be read, and are as long on the way. */
    static final Duration OFFER_LIFE = Duration.ofHours(72);

    /** What the session itself sends is of use for this long. */
    private static final Duration CONTROL_LIFE = Duration.ofDays(7);

    private static final Duration HANDSHAKE_LIFE = Duration.ofHours(24);
    /** A handshake is not repeated before this (PROTOCOL 6). */
    private static final Duration SOONEST_RETRY = Duration.ofHours(1);
    /** How long a handshake is remembered, so that nobody can use it again: longer than any key of ours is used. */
    private static final Duration INIT_MEMORY = Duration.ofDays(400);
    /** A key that is repeated later than this after our answer shows that the answer was lost. */
    private static final Duration ANSWER_LOST = Duration.ofHours(2);
    /** Who is still heard on the old chain so long after our key was said may have missed it. */
    private static final Duration ANSWER_AGAIN = Duration.ofMinutes(10);
    /** Who is not heard at all is told our key once more after this, and after three times as long, and so on. */
    private static final Duration FIRST_AGAIN = Duration.ofHours(1);

    private static final int MOST_AGAIN_UNHEARD = 3;
    private static final int MOST_AGAIN = 8;
    /** After so many a new session is opened instead. */
    private static final int MOST_REPEATS = 2;
    /** Chains that are read at once because a key was repeated. */
    static final int MOST_COPIES = 8;
    /** How long an old chain is read while the other side may still be on it. */
    private static final Duration DOUBTFUL_CHAIN = Duration.ofHours(72);

    private static final int MOST_STRANGERS = 64;
    private static final int MOST_OFFERS = 3;
    /** Handshakes of one contact that are answered in an hour: each answer costs a transaction. */
    static final int MOST_ANSWERS = 12;
    /** Strangers who come in within an hour, for each persona and network. */
    static final int MOST_NEW_STRANGERS = 8;

    static final byte RECEIPT = 1;
    static final byte FORGET = 2;
    static final byte ROTATE = 3;
    static final byte CLOSE = 4;

    private final Core core;
    private final Inbox inbox;

    Pairing(Core core, Inbox inbox) {
        this.core = core;
        this.inbox = inbox;
    }

    // ---- opening

    /**
     * Makes a handshake and queues it. Does nothing when a session stands or an answer is awaited.
     *
     * @throws NoSuchThingException when the contact's card is not known, or no suite may be used
     */
    void open(StoreTransaction tx, Memory memory, After after, Memory.Contact contact)
            throws StoreException, NoSuchThingException {
        SessionState session = SessionState.get(tx, contact.id());
        if (!session.isOpen() && !session.isOpening()) {
            offer(tx, memory, after, contact, session);
        }
    }

    /** Makes another handshake, with fresh keys. The ones before can still be answered. */
    void offer(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, SessionState session)
            throws StoreException, NoSuchThingException {
        // A contact that was not told of our newest keys knows those before.
        Memory.Face face = memory.face(contact.persona());
        offer(tx, memory, after, contact, session, contact.entry.told() || face.old == null ? face.keys : face.old);
    }

    /** Opens with the keys that are about to be the old ones, to a contact that is to be told of the new ones. */
    void offerAsUntold(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, SessionState session)
            throws StoreException, NoSuchThingException {
        offer(tx, memory, after, contact, session, memory.face(contact.persona()).keys);
    }

    private void offer(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
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
                contact.network(), keys.agreementPrivate(), contact.entry.agreement(), offer, core.random)) {
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
            Recogniser.putChain(tx, entry, chain);
            after.follow(core, memory, new Memory.Track(entry, chain));
            dropOffers(tx, memory, after, contact.id(), MOST_OFFERS - 1, Long.MAX_VALUE);
            Records.Outgoing queued = enqueue(tx, contact, PacketType.HANDSHAKE_INIT, made.body(), HANDSHAKE_LIFE);
            after.then(() -> tell(memory, queued));
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

    /** Drops handshakes of ours that were not answered, but for the newest ones and those made after a time. */
    private void dropOffers(
            StoreTransaction tx, Memory memory, After after, int contact, int keep, long madeUntilSecond)
            throws StoreException {
        List<Memory.Track> offers = memory.tracks(contact).stream()
                .filter(track -> track.entry.kind() == Records.Kind.REPLY)
                .filter(track -> track.entry.opened() <= madeUntilSecond)
                .sorted((a, b) -> Integer.compare(b.entry.number(), a.entry.number()))
                .toList();
        for (Memory.Track track : offers.subList(Math.min(keep, offers.size()), offers.size())) {
            tx.delete(Records.RECEIVE_CHAINS, Records.key(track.entry.number()));
            after.then(() -> remove(memory, track));
        }
    }

    private void remove(Memory memory, Memory.Track track) {
        // The chain may have been replaced in the meantime: what stands under its number goes.
        Memory.Track current = memory.track(track.entry.number());
        if (current != null) {
            memory.remove(current);
            core.events.endLine(track.entry.number());
        }
    }

    /** Ends the handshakes of ours that wait to be sent. */
    private void withdrawInits(StoreTransaction tx, Memory memory, After after, int contact) throws StoreException {
        for (Records.Outgoing outgoing :
                Core.read(tx.list(Records.OUTGOING, Records.key(contact)), Records.Outgoing.class)) {
            if (outgoing.type() == PacketType.HANDSHAKE_INIT.code()
                    && !outgoing.state().isFinal()
                    && !outgoing.left()) {
                Records.Outgoing ended = outgoing.with(State.RECALLED, "the other side opened the session");
                Outbox.put(tx, ended);
                after.then(() -> tell(memory, ended));
            }
        }
    }

    /** Queues something that the session itself says. */
    Records.Outgoing enqueue(StoreTransaction tx, Memory.Contact contact, PacketType type, byte[] body, Duration life)
            throws StoreException {
        Instant now = core.now();
        Records.Outgoing queued = new Records.Outgoing(
                Core.next(tx, "message"),
                contact.id(),
                State.QUEUED,
                "",
                now.toEpochMilli(),
                now.plus(life).toEpochMilli(),
                0,
                false,
                0,
                List.of(),
                type.code(),
                body,
                false,
                0,
                core.settings.get().rolling(),
                false);
        Outbox.put(tx, queued);
        return queued;
    }

    private void tell(Memory memory, Records.Outgoing outgoing) {
        core.events.tell(new Messages.Event(Optional.empty(), Optional.of(new Views(memory).outgoing(outgoing))));
        core.kick.run();
    }

    /** Adds a notice to a conversation, and tells of it. */
    private void notice(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, String text)
            throws StoreException {
        Records.Message message = inbox.notice(tx, contact, text);
        after.then(() -> core.events.tell(new Messages.Event(
                Optional.of(new Views(memory).message(message, Optional.empty(), false)), Optional.empty())));
    }

    // ---- being opened to

    /** A handshake has arrived in an inbox. */
    void init(StoreTransaction tx, Memory memory, After after, Memory.Letterbox letterbox, Inbox.Other init)
            throws StoreException {
        if (init.type() != PacketType.HANDSHAKE_INIT) {
            return;
        }
        Memory.Face face = memory.face(letterbox.persona());
        IdentityKeys keys = letterbox.old ? face.old : face.keys;
        if (keys == null) {
            return;
        }
        Handshakes.Acceptance accepted;
        try {
            accepted = core.handshakes.accept(
                    letterbox.network(), keys.agreementPrivate(), init.body(), usable(), core.random);
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
            Memory.Contact contact = initiator(tx, memory, after, letterbox, accepted.peerPublic());
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
            begin(tx, memory, after, contact, session, accepted, init.timestamp());
            if (letterbox.old) {
                tellRotation(tx, memory, after, contact, false);
            }
        }
    }

    private void remember(StoreTransaction tx, Memory.Letterbox letterbox, byte[] once) throws StoreException {
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
    private void openInstead(
            StoreTransaction tx, Memory memory, After after, Memory.Letterbox letterbox, byte[] agreement)
            throws StoreException {
        Optional<Memory.Contact> contact =
                known(memory, letterbox).filter(each -> isOf(each, agreement)).findFirst();
        if (contact.isEmpty() || contact.get().entry.isStranger()) {
            return;
        }
        try {
            open(tx, memory, after, contact.get());
        } catch (NoSuchThingException e) {
            core.audit("session-waits", "a restored session cannot be opened yet");
        }
    }

    private static Stream<Memory.Contact> known(Memory memory, Memory.Letterbox letterbox) {
        return memory.contacts().stream()
                .filter(contact ->
                        contact.persona() == letterbox.persona() && contact.network() == letterbox.network());
    }

    private static boolean isOf(Memory.Contact contact, byte[] agreement) {
        return Arrays.equals(contact.entry.agreement(), agreement);
    }

    /** The suites that may be used, those that are here first. */
    private List<AeadId> usable() {
        List<AeadId> allowed = core.suites.allowed();
        LinkedHashSet<AeadId> order = new LinkedHashSet<>();
        allowed.stream().filter(id -> core.suites.suite(id).isPresent()).forEach(order::add);
        order.addAll(allowed);
        return List.copyOf(order);
    }

    /** Who opened: a contact with this key, or a stranger, who becomes one; null when strangers are refused. */
    private Memory.Contact initiator(
            StoreTransaction tx, Memory memory, After after, Memory.Letterbox letterbox, byte[] agreement)
            throws StoreException {
        List<Memory.Contact> known = known(memory, letterbox).toList();
        for (Memory.Contact contact : known) {
            if (isOf(contact, agreement)) {
                return contact;
            }
        }
        if (!core.settings.get().allowStrangers()) {
            core.audit("stranger-refused", "somebody who is no contact opened a session: allow-strangers is false");
            return null;
        }
        if (known.stream().filter(contact -> contact.entry.isStranger()).count() >= MOST_STRANGERS) {
            core.audit(
                    "stranger-refused",
                    "there are " + MOST_STRANGERS + " strangers already: remove some (partyline:contact-remove)");
            return null;
        }
        long hourAgo = core.now().minus(Duration.ofHours(1)).toEpochMilli();
        if (known.stream()
                        .filter(contact -> contact.entry.isStranger() && contact.entry.added() > hourAgo)
                        .count()
                >= MOST_NEW_STRANGERS) {
            core.audit(
                    "stranger-refused", MOST_NEW_STRANGERS + " strangers came within the last hour: no more for now");
            return null;
        }
        Records.Contact entry = new Records.Contact(
                (int) Core.next(tx, "membership"),
                letterbox.persona(),
                strangerName(known, agreement),
                letterbox.network().code(),
                null,
                agreement,
                null,
                Trust.UNVERIFIED.name(),
                core.now().toEpochMilli(),
                true,
                0);
        put(tx, entry);
        Memory.Contact stranger = new Memory.Contact(entry);
        after.then(() -> memory.add(stranger));
        notice(tx, memory, after, stranger, "somebody who has your card opened a session; who it is, is not verified");
        core.audit("stranger-accepted", "somebody who is no contact opened a session");
        return stranger;
    }

    private static String strangerName(List<Memory.Contact> known, byte[] agreement) {
        String digits = HexFormat.of().formatHex(agreement);
        for (int length = 4; ; length++) {
            String name = "stranger-" + digits.substring(0, length);
            if (length == 20
                    || known.stream().noneMatch(contact -> contact.name().equals(name))) {
                return name;
            }
        }
    }

    static void put(StoreTransaction tx, Records.Contact entry) throws StoreException {
        Core.putSecret(tx, Records.CONTACTS, Records.key(entry.id()), Records.key(entry.persona()), entry);
    }

    /**
     * Whether what we have stands against a handshake of the other side: it is an old one, it was made before the other side
     * answered ours, or both opened at once and our sender id is the lower one.
     */
    private static boolean ownStands(Memory memory, Memory.Contact contact, SessionState session, long initTimestamp) {
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
            Memory.Contact contact,
            SessionState session,
            Handshakes.Acceptance accepted,
            long initTimestamp)
            throws StoreException {
        dropOffers(tx, memory, after, contact.id(), 0, Long.MAX_VALUE);
        withdrawInits(tx, memory, after, contact.id());
        withdrawAnswers(tx, memory, after, contact.id());
        stand(
                tx,
                memory,
                after,
                contact,
                session,
                accepted.chosen(),
                accepted.sendChainKey(),
                accepted.receiveChainKey());
        session.initiator = false;
        session.initTime = initTimestamp;
        session.replyChain = accepted.replyChainKey().expose().clone();
        session.replySuite = accepted.replySuite().code();
        session.put(tx);
        Records.Outgoing answer = enqueue(tx, contact, PacketType.HANDSHAKE_RESP, accepted.response(), HANDSHAKE_LIFE);
        after.then(() -> tell(memory, answer));
        requeueUnread(tx, memory, after, contact);
    }

    /** An answer to a handshake that another has replaced is of no use any more. */
    private void withdrawAnswers(StoreTransaction tx, Memory memory, After after, int contact) throws StoreException {
        for (Records.Outgoing outgoing :
                Core.read(tx.list(Records.OUTGOING, Records.key(contact)), Records.Outgoing.class)) {
            boolean ofTheSession = outgoing.type() == PacketType.HANDSHAKE_RESP.code()
                    || outgoing.type() == PacketType.KEY_UPDATE.code();
            if (ofTheSession && !outgoing.state().isFinal() && !outgoing.left()) {
                Records.Outgoing ended = outgoing.with(State.RECALLED, "a newer session took its place");
                Outbox.put(tx, ended);
                after.then(() -> tell(memory, ended));
            }
        }
    }

    /** Sealed messages of which nothing has left ride on the new session: nobody may be left to read the old one. */
    private void requeueUnread(StoreTransaction tx, Memory memory, After after, Memory.Contact contact)
            throws StoreException {
        for (Records.Outgoing outgoing :
                Core.read(tx.list(Records.OUTGOING, Records.key(contact.id())), Records.Outgoing.class)) {
            if (outgoing.state() == State.SEALED && !outgoing.isHandshake() && !outgoing.left()) {
                Records.Outgoing queued = outgoing.with(List.of()).with(State.QUEUED, "");
                Outbox.put(tx, queued);
                after.then(() -> {
                    memory.removeSent(queued.id());
                    core.release.accept(outgoing);
                    tell(memory, queued);
                });
            }
        }
    }

    // ---- the session that stands

    /** Both chains of a new session; the chain that was read before is read for a day more. */
    private void stand(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
            SessionState session,
            AeadId suite,
            SecretBytes sendKey,
            SecretBytes receiveKey)
            throws StoreException {
        Instant now = core.now();
        retire(tx, memory, after, contact.id());
        withdrawEnds(tx, memory, after, contact.id());
        session.forgetKeys();
        session.state = Sessions.State.OPEN;
        session.since = now.toEpochMilli();
        session.suite = suite.code();
        chains(tx, memory, after, contact, session, sendKey, receiveKey);
        session.firstTrack = session.receiveTrack;
        after.then(() -> memory.trust(contact.id()));
        // What waited for the session can go.
        after.then(core.kickAll);
    }

    /** The end of a session that stood before must not end the next one. */
    private void withdrawEnds(StoreTransaction tx, Memory memory, After after, int contact) throws StoreException {
        for (Records.Outgoing outgoing :
                Core.read(tx.list(Records.OUTGOING, Records.key(contact)), Records.Outgoing.class)) {
            boolean end = outgoing.type() == PacketType.CONTROL.code() && outgoing.body()[0] == CLOSE;
            if (end && !outgoing.state().isFinal() && !outgoing.left()) {
                Records.Outgoing ended = outgoing.with(State.RECALLED, "a newer session took its place");
                Outbox.put(tx, ended);
                after.then(() -> {
                    memory.removeSent(ended.id());
                    core.release.accept(outgoing);
                    tell(memory, ended);
                });
            }
        }
    }

    private void chains(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
            SessionState session,
            SecretBytes sendKey,
            SecretBytes receiveKey)
            throws StoreException {
        Instant now = core.now();
        try (SendChain send = core.chains.sendSession(sendKey, now);
                SecretBytes state = send.encode()) {
            session.chain = state.expose().clone();
        }
        session.name = core.chains.sessionId(sendKey);
        session.rekeyed = now.toEpochMilli();
        session.onChain = 0;
        session.receiveTrack = read(tx, memory, after, contact, session, receiveKey);
        after.then(() -> expectOwn(memory, session));
    }

    /** Reads one more chain of the session; gives its number. */
    private int read(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
            SessionState session,
            SecretBytes receiveKey)
            throws StoreException {
        Instant now = core.now();
        Records.Incoming entry = new Records.Incoming(
                (int) Core.next(tx, "chain"),
                contact.id(),
                Records.Kind.SESSION,
                core.chains.sessionId(receiveKey),
                session.suite,
                "",
                now.getEpochSecond(),
                null,
                null,
                0);
        ReceiveChain chain = core.chains.receive(receiveKey, now);
        Recogniser.putChain(tx, entry, chain);
        after.follow(core, memory, new Memory.Track(entry, chain));
        return entry.number();
    }

    /** Lets the chains that were read go in a day. */
    private void retire(StoreTransaction tx, Memory memory, After after, int contact) throws StoreException {
        retire(tx, memory, after, contact, OLD_CHAIN, Integer.MAX_VALUE);
    }

    /** Lets the chains with a lower number go after some time, where they would be read for longer. */
    private void retire(StoreTransaction tx, Memory memory, After after, int contact, Duration life, int before)
            throws StoreException {
        long until = core.now().plus(life).toEpochMilli();
        for (Records.Incoming entry :
                Core.read(tx.list(Records.RECEIVE_CHAINS, Records.key(contact)), Records.Incoming.class)) {
            if (entry.kind() == Records.Kind.SESSION
                    && entry.number() < before
                    && (entry.retires() == 0 || entry.retires() > until)) {
                Core.putSecret(
                        tx,
                        Records.RECEIVE_CHAINS,
                        Records.key(entry.number()),
                        Records.key(contact),
                        entry.retiring(until));
                after.then(() -> {
                    Memory.Track track = memory.track(entry.number());
                    if (track != null) {
                        memory.put(track.with(track.entry.retiring(until)));
                    }
                });
            }
        }
    }

    /** The answer to a handshake of ours has arrived. */
    void resp(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
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
        Memory.Face face = memory.face(contact.persona());
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
        dropOffers(tx, memory, after, contact.id(), 0, offer.opened());
        requeueUnread(tx, memory, after, contact);
        if (!contact.entry.told()) {
            tellRotation(tx, memory, after, contact, false);
        }
    }

    /**
     * Whether what came on the chain of an answer is the other side's answer. The chain's key is in the handshake, which
     * everybody reads who has the other side's card: nothing else is let in, and what is not let in uses nothing up.
     */
    boolean isAnswer(Memory memory, Memory.Contact contact, Records.Incoming offer, Content content) {
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
    private Handshakes.Completion complete(
            Memory.Face face, Memory.Contact contact, Records.Incoming offer, byte[] body) {
        String why = "";
        for (IdentityKeys keys : Arrays.asList(face.keys, face.old)) {
            if (keys == null) {
                continue;
            }
            try (SecretBytes state = SecretBytes.copyOf(offer.handshake())) {
                return core.handshakes.complete(
                        contact.network(), state, keys.agreementPrivate(), contact.entry.agreement(), body);
            } catch (HandshakeRefusedException e) {
                why = e.getMessage();
            }
        }
        core.audit("handshake-refused", "the answer to a handshake: " + why);
        return null;
    }

    /** Ends a session: tells the other side, if there is one. */
    void close(StoreTransaction tx, Memory memory, After after, Memory.Contact contact) throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        dropOffers(tx, memory, after, contact.id(), 0, Long.MAX_VALUE);
        withdrawInits(tx, memory, after, contact.id());
        if (session.isOpen()) {
            Records.Outgoing queued = enqueue(tx, contact, PacketType.CONTROL, new byte[] {CLOSE}, CONTROL_LIFE);
            after.then(() -> tell(memory, queued));
        } else if (session.isOpening()) {
            session.state = Sessions.State.CLOSED;
            session.since = core.now().toEpochMilli();
            session.put(tx);
        }
    }

    /** The keys of a session are erased; what was sent to us on it is read for a day more. */
    void ended(StoreTransaction tx, Memory memory, After after, int contact, SessionState session)
            throws StoreException {
        retire(tx, memory, after, contact);
        withdrawNews(tx, memory, after, contact);
        session.forgetKeys();
        session.state = Sessions.State.CLOSED;
        session.since = core.now().toEpochMilli();
        after.then(() -> expectOwn(memory, session));
    }

    // ---- files that were put back

    /**
     * Listens for our own next packets of a session. Only who has our keys, or the contact's, can have made one that we did
     * not: this server, in a life that was forgotten when a copy of its files was put back, or another one that runs on a
     * copy. An answer's chain is no sign: its key is known to all who have our card.
     */
    void expectOwn(Memory memory, SessionState session) {
        List<Long> hints = new ArrayList<>();
        if (session.isOpen()) {
            for (byte[] state : Arrays.asList(session.chain, session.oldChain)) {
                if (state != null) {
                    addNext(hints, state);
                }
            }
        }
        memory.expectOwn(session.contact, hints);
    }

    private void addNext(List<Long> hints, byte[] state) {
        try (SendChain chain = core.chains.decodeSend(state)) {
            for (int i = 0; i < Chains.WINDOW; i++) {
                SendChain.Step step = chain.step();
                step.secret().close();
                hints.add(step.hint());
            }
        }
    }

    /** One of our next packets was met on the network: its key was used. No other key of the session is used. */
    void doubled(Memory memory, Memory.Contact contact) throws StoreException {
        try (After after = new After()) {
            core.store.transact(tx -> {
                SessionState session = SessionState.get(tx, contact.id());
                withdrawAnswers(tx, memory, after, contact.id());
                ended(tx, memory, after, contact.id(), session);
                notice(
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

    // ---- key updates

    /** Asks for new keys when it is time: after a number of messages, or a day. Leaves the state to be put. */
    void updateIfDue(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, SessionState session)
            throws StoreException {
        if (!session.isOpen() || session.updateQueued || session.ownPrivate != null) {
            return;
        }
        Settings settings = core.settings.get();
        boolean old = core.now().isAfter(Instant.ofEpochMilli(session.rekeyed).plus(settings.rekeyAfter()));
        if (session.onChain >= settings.rekeyMessages() || old && session.onChain > 0) {
            queueUpdate(tx, memory, after, contact, session);
        }
    }

    /** Queues a KEY_UPDATE. Leaves the state to be put. */
    void queueUpdate(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, SessionState session)
            throws StoreException {
        if (session.isOpen() && !session.updateQueued) {
            session.updateQueued = true;
            Records.Outgoing queued = enqueue(tx, contact, PacketType.KEY_UPDATE, new byte[0], CONTROL_LIFE);
            after.then(() -> tell(memory, queued));
        }
    }

    /** The body of the KEY_UPDATE that is sealed now: a repeated one has the same key. */
    byte[] updateBody(SessionState session) {
        if (session.ownPrivate == null) {
            try (Handshakes.Ephemeral made = core.handshakes.ephemeral(core.random)) {
                session.ownPrivate = made.privateKey().expose().clone();
                session.ownPublic = made.publicKey();
            }
        }
        return session.ownPublic;
    }

    /** Our KEY_UPDATE was sealed on our chain, whose state and salt the session has. Leaves the state to be put. */
    void updateSealed(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, SessionState session)
            throws StoreException {
        session.updateQueued = false;
        session.ownSealed = core.now().toEpochMilli();
        if (session.peerPublic != null) {
            finishUpdate(tx, memory, after, contact, session, List.of());
        }
    }

    /**
     * Something arrived on a chain of the session. On a newer one it shows that the other side has our last key; on an older one,
     * long after we said it, that it may have missed it.
     *
     * @param timestamp when it was sealed, in seconds
     */
    void heard(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
            Records.Incoming track,
            long timestamp)
            throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        if (!session.isOpen() || session.oldChain == null || track.number() < session.firstTrack) {
            return;
        }
        if (track.number() >= session.receiveTrack) {
            session.forgetOldChain();
            retire(tx, memory, after, contact.id(), OLD_CHAIN, session.receiveTrack);
            session.put(tx);
            after.then(() -> expectOwn(memory, session));
        } else if (Instant.ofEpochSecond(timestamp)
                .isAfter(Instant.ofEpochMilli(session.lastSealed).plus(ANSWER_AGAIN))) {
            sayAgain(tx, memory, after, contact, session);
            session.put(tx);
        }
    }

    /** Queues our last key once more. Leaves the state to be put. */
    private void sayAgain(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, SessionState session)
            throws StoreException {
        boolean soon =
                core.now().isBefore(Instant.ofEpochMilli(session.lastSealed).plus(ANSWER_AGAIN));
        if (session.againQueued || soon || session.again >= MOST_AGAIN) {
            return;
        }
        session.againQueued = true;
        Records.Outgoing queued = enqueue(tx, contact, PacketType.KEY_UPDATE, new byte[0], HANDSHAKE_LIFE);
        after.then(() -> tell(memory, queued));
    }

    /**
     * A KEY_UPDATE of the other side has arrived.
     *
     * @param salts of its position on its chain, and of those skipped before it: one of them is where it was said first
     */
    void updateArrived(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
            Records.Incoming track,
            int position,
            Inbox.Other update,
            List<SecretBytes> salts)
            throws StoreException {
        byte[] body = update.body();
        SessionState session = SessionState.get(tx, contact.id());
        if (!session.isOpen() || body.length != Handshakes.KEY_UPDATE_LENGTH) {
            return;
        }
        if (session.lastPeerPublic != null && Arrays.equals(session.lastPeerPublic, body)) {
            if (track.number() >= session.firstTrack && track.number() < session.receiveTrack) {
                updateRepeated(tx, memory, after, contact, session, update, salts.get(0));
            }
            return;
        }
        // Of chains that came of the same keys the first has the lowest number.
        if (track.number() < session.receiveTrack || session.peerPublic != null && position < session.peerPosition) {
            return;
        }
        session.peerPublic = body;
        session.peerSalt = salts.get(0).expose().clone();
        session.peerPosition = position;
        if (session.ownSalt != null) {
            finishUpdate(tx, memory, after, contact, session, salts.subList(1, salts.size()));
        } else {
            queueUpdate(tx, memory, after, contact, session);
        }
        session.put(tx);
    }

    /**
     * The other side repeated a key that was answered here. It does not know which copy the answer was for, so the chain of
     * this one is read too. When it did not have the answer long after, that was lost: it is said once more, and if that does not
     * help a new session mends it.
     */
    private void updateRepeated(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
            SessionState session,
            Inbox.Other update,
            SecretBytes salt)
            throws StoreException {
        long copies = memory.tracks(contact.id()).stream()
                .filter(t -> t.entry.kind() == Records.Kind.SESSION && t.entry.retires() == 0)
                .count();
        if (session.lastPrivate != null && copies < MOST_COPIES) {
            try (SecretBytes own = SecretBytes.copyOf(session.lastPrivate);
                    SecretBytes receive = core.handshakes.rekey(contact.network(), own, update.body(), salt)) {
                read(tx, memory, after, contact, session, receive);
            } catch (HandshakeRefusedException e) {
                core.audit("key-update-refused", e.getMessage());
            }
        }
        if (session.oldChain != null && session.again < MOST_AGAIN) {
            sayAgain(tx, memory, after, contact, session);
            session.put(tx);
            return;
        }
        boolean lost = session.oldChain != null
                && Instant.ofEpochSecond(update.timestamp())
                        .isAfter(Instant.ofEpochMilli(session.lastSealed).plus(ANSWER_LOST));
        Instant soonest = Instant.ofEpochMilli(session.offered).plus(SOONEST_RETRY);
        if (lost && core.now().isAfter(soonest)) {
            reopen(tx, memory, after, contact, session);
        }
    }

    /** Opens a new session in the place of one that cannot be gone on with. */
    private void reopen(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, SessionState session)
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

    /** @param others salts of the other side's chain of which one may be what it meant */
    private void finishUpdate(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
            SessionState session,
            List<SecretBytes> others)
            throws StoreException {
        byte[] key = session.ownPrivate.clone();
        byte[] own = session.ownPublic;
        byte[] chain = session.chain.clone();
        byte[] name = session.name;
        long sealed = session.ownSealed;
        try (SecretBytes ownPrivate = SecretBytes.wrap(session.ownPrivate);
                SecretBytes ownSalt = SecretBytes.wrap(session.ownSalt);
                SecretBytes peerSalt = SecretBytes.wrap(session.peerSalt);
                SecretBytes send = core.handshakes.rekey(contact.network(), ownPrivate, session.peerPublic, ownSalt);
                SecretBytes receive =
                        core.handshakes.rekey(contact.network(), ownPrivate, session.peerPublic, peerSalt)) {
            byte[] peer = session.peerPublic;
            retire(tx, memory, after, contact.id(), DOUBTFUL_CHAIN, Integer.MAX_VALUE);
            chains(tx, memory, after, contact, session, send, receive);
            for (SecretBytes salt : others) {
                try (SecretBytes other = core.handshakes.rekey(contact.network(), ownPrivate, peer, salt)) {
                    read(tx, memory, after, contact, session, other);
                }
            }
            session.rekeys++;
            session.forgetUpdate();
            session.lastPeerPublic = peer;
            // A copy of the other side's key may still be on its way.
            session.forgetLastPrivate();
            session.lastPrivate = key;
            session.lastSealed = sealed;
            session.forgetOldChain();
            session.lastPublic = own;
            session.oldChain = chain;
            session.oldName = name;
        } catch (HandshakeRefusedException e) {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(chain, (byte) 0);
            core.audit("key-update-refused", e.getMessage());
            session.forgetUpdate();
        }
    }

    /**
     * Something that the session cannot go on without could not leave in time: the session ends here, and the next message
     * opens a new one.
     */
    void lost(StoreTransaction tx, Memory memory, After after, Memory.Contact contact) throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        if (session.isOpen()) {
            ended(tx, memory, after, contact.id(), session);
            session.put(tx);
            notice(tx, memory, after, contact, "the session could not be kept up: the next message opens a new one");
        }
    }

    // ---- control

    /** A CONTROL message has arrived on a session. Unknown codes are ignored. */
    void control(
            StoreTransaction tx,
            Memory memory,
            After after,
            Memory.Contact contact,
            Records.Incoming track,
            Inbox.Other control)
            throws StoreException {
        byte[] body = control.body();
        if (body.length == 0) {
            return;
        }
        switch (body[0]) {
            case CLOSE -> {
                SessionState session = SessionState.get(tx, contact.id());
                // On any chain of the session that stands: its keys may have been renewed while the end was on its way.
                if (session.isOpen() && track.number() >= session.firstTrack) {
                    ended(tx, memory, after, contact.id(), session);
                    session.put(tx);
                    notice(tx, memory, after, contact, contact.name() + " has ended the session");
                }
            }
            case ROTATE -> rotated(tx, memory, after, contact, body);
            case RECEIPT -> receipt(tx, memory, after, contact, body);
            case FORGET -> forget(tx, memory, after, contact, body);
            default -> core.ignored(body[0]);
        }
    }

    private void rotated(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, byte[] body)
            throws StoreException {
        if (contact.identity().isEmpty()) {
            return;
        }
        Optional<Identities.Rotation> opened = core.identities.openRotation(
                contact.network(), contact.identity().get(), body);
        if (opened.isEmpty()) {
            core.audit("rotation-refused", "a contact's new keys are not signed as they must be");
            return;
        }
        Identities.Rotation rotation = opened.get();
        // The agreement key signs nothing: somebody could name another one's, whose words would then be shown as
        // theirs.
        byte[] agreement = rotation.identity().agreement();
        boolean taken = memory.faces().stream()
                        .anyMatch(face -> Arrays.equals(face.keys.identity().agreement(), agreement))
                || memory.contacts().stream()
                        .anyMatch(other -> other != contact && Arrays.equals(other.entry.agreement(), agreement));
        if (taken) {
            core.audit("rotation-refused", "a contact's new key is somebody else's");
            return;
        }
        boolean verified = Trust.VERIFIED.name().equals(contact.entry.trust());
        String trust = verified && rotation.compromised() ? Trust.ROTATED.name() : contact.entry.trust();
        Records.Contact entry = contact.entry.withKeys(
                rotation.identity().signing(), rotation.identity().agreement(), rotation.inboxSecret(), trust);
        put(tx, entry);
        after.then(() -> contact.entry = entry);
        String text = contact.name()
                + (rotation.compromised()
                        ? " has new keys, because the old ones may be known to others: verify again (partyline:contact-verify)"
                        : " has new keys, signed with the old ones");
        notice(tx, memory, after, contact, text);
        core.audit(
                "contact-rotated",
                rotation.compromised() ? "a contact has new keys after a compromise" : "a contact has new keys");
    }

    /** Tells a contact of our new keys, over the session that stands. */
    void tellRotation(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, boolean compromised)
            throws StoreException {
        Memory.Face face = memory.face(contact.persona());
        if (face.old == null) {
            return;
        }
        byte[] body = core.identities.rotation(contact.network(), face.old, face.keys, compromised);
        rotation(tx, memory, after, contact, body);
    }

    /** Queues a ROTATE whose body was made. */
    void rotation(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, byte[] body)
            throws StoreException {
        Records.Outgoing queued = enqueue(tx, contact, PacketType.CONTROL, body, CONTROL_LIFE);
        Records.Contact told = contact.entry.withTold(true);
        put(tx, told);
        after.then(() -> {
            contact.entry = told;
            tell(memory, queued);
        });
    }

    /** New keys that the session did not tell of before it ended are told over the next one, opened with the old keys. */
    private void withdrawNews(StoreTransaction tx, Memory memory, After after, int contact) throws StoreException {
        for (Records.Outgoing outgoing :
                Core.read(tx.list(Records.OUTGOING, Records.key(contact)), Records.Outgoing.class)) {
            if (outgoing.state() == State.QUEUED && isNews(outgoing)) {
                Records.Outgoing ended = outgoing.with(State.RECALLED, "the session that it was for is no more");
                Outbox.put(tx, ended);
                unsaid(tx, after, memory.contact(contact), ended);
                after.then(() -> tell(memory, ended));
            }
        }
    }

    private static boolean isNews(Records.Outgoing outgoing) {
        return outgoing.type() == PacketType.CONTROL.code() && outgoing.body()[0] == ROTATE;
    }

    /** What the session itself had to say is of no use any more: a contact that was to be told of new keys was not told. */
    void unsaid(StoreTransaction tx, After after, Memory.Contact contact, Records.Outgoing outgoing)
            throws StoreException {
        if (isNews(outgoing)) {
            Records.Contact untold = contact.entry.withTold(false);
            put(tx, untold);
            after.then(() -> contact.entry = contact.entry.withTold(false));
        }
    }

    /** A contact got a message of ours. */
    private void receipt(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, byte[] body)
            throws StoreException {
        if (body.length != 1 + Long.BYTES) {
            return;
        }
        byte[] hint = Arrays.copyOfRange(body, 1, body.length);
        for (Records.Outgoing outgoing :
                Core.read(tx.list(Records.OUTGOING, Records.key(contact.id())), Records.Outgoing.class)) {
            boolean meant = outgoing.isText()
                    && outgoing.parts().stream()
                            .anyMatch(part -> Arrays.equals(part.packet(), 1, 9, hint, 0, hint.length));
            if (meant) {
                Records.Outgoing received = outgoing.with(outgoing.state(), "received");
                Outbox.put(tx, received);
                after.then(() -> tell(memory, received));
            }
        }
    }

    /** Tells the sender that a message arrived, where the reader chose to. */
    void sendReceipt(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, byte[] payload)
            throws StoreException {
        if (!core.settings.get().receipts()) {
            return;
        }
        byte[] body = new byte[1 + Long.BYTES];
        body[0] = RECEIPT;
        System.arraycopy(payload, 1, body, 1, Long.BYTES);
        Records.Outgoing queued = enqueue(tx, contact, PacketType.CONTROL, body, HANDSHAKE_LIFE);
        after.then(() -> tell(memory, queued));
    }

    /** A contact takes a message back: it is erased. */
    private void forget(StoreTransaction tx, Memory memory, After after, Memory.Contact contact, byte[] body)
            throws StoreException {
        if (body.length != 1 + Long.BYTES) {
            return;
        }
        String locator = HexFormat.of().formatHex(body, 1, body.length);
        for (Records.Message message :
                Core.read(tx.list(Records.MESSAGES, Records.key(contact.id())), Records.Message.class)) {
            if (!message.outgoing() && !message.notice() && locator.equals(message.locator())) {
                tx.delete(Records.MESSAGES, Records.key(message.id()));
                after.then(() ->
                        message.packets().forEach(packet -> memory.removeReceived(new PacketId(packet), message.id())));
                notice(tx, memory, after, contact, contact.name() + " took a message back");
            }
        }
    }

    /** Repeats what was not answered: a handshake after some hours, a KEY_UPDATE after a day. To be called now and then. */
    void repeat(StoreTransaction tx, Memory memory, After after, Memory.Contact contact) throws StoreException {
        Optional<SessionState> found = SessionState.find(tx, contact.id());
        if (found.isEmpty()) {
            return;
        }
        SessionState session = found.get();
        Instant now = core.now();
        if (session.lastPrivate != null
                && now.isAfter(Instant.ofEpochMilli(session.rekeyed).plus(OLD_CHAIN))) {
            session.forgetLastPrivate();
            session.put(tx);
        }
        Duration patience = session.hurry ? SOONEST_RETRY : core.settings.get().handshakeRetry();
        if (session.isOpening()
                && now.isAfter(Instant.ofEpochMilli(session.offered).plus(patience))
                && (session.hurry || isWanted(tx, contact.id()))) {
            try {
                offer(tx, memory, after, contact, session);
            } catch (NoSuchThingException e) {
                core.audit("session-waits", "a handshake cannot be repeated: " + suiteReason());
            }
            return;
        }
        if (session.isOpen()
                && session.oldChain != null
                && session.onChain > 0
                && session.again < MOST_AGAIN_UNHEARD
                && now.isAfter(Instant.ofEpochMilli(session.lastSealed)
                        .plus(FIRST_AGAIN.multipliedBy((long) Math.pow(3, session.again))))) {
            sayAgain(tx, memory, after, contact, session);
            session.put(tx);
        }
        boolean unanswered = session.isOpen()
                && session.ownPrivate != null
                && !session.updateQueued
                && now.isAfter(Instant.ofEpochMilli(session.ownSealed).plus(OLD_CHAIN));
        if (unanswered && session.repeats < MOST_REPEATS) {
            session.repeats++;
            queueUpdate(tx, memory, after, contact, session);
            session.put(tx);
        } else if (unanswered
                && now.isAfter(Instant.ofEpochMilli(session.offered).plus(OFFER_LIFE))) {
            // Not even the repeated one was answered: the other side may have lost this session.
            reopen(tx, memory, after, contact, session);
        }
    }

    private String suiteReason() {
        return core.suites.allowed().isEmpty() ? "every cipher suite is denied" : "the card is not known";
    }

    /** Whether something waits for the session. */
    private static boolean isWanted(StoreTransaction tx, int contact) throws StoreException {
        for (Records.Outgoing outgoing :
                Core.read(tx.list(Records.OUTGOING, Records.key(contact)), Records.Outgoing.class)) {
            if (!outgoing.state().isFinal()
                    && !outgoing.isHandshake()
                    && outgoing.parts().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Characters that would make two names look the same. */
    private static boolean isUnseen(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** A name as it may be given to a contact. */
    static void checkName(String name) throws NoSuchThingException {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1
                || length > 32
                || !name.equals(name.strip())
                || name.codePoints().anyMatch(Pairing::isUnseen)) {
            throw new NoSuchThingException("a contact's name has 1 to 32 bytes of UTF-8, no control or invisible"
                    + " characters, and no space around it: give one with --name");
        }
    }
}
