package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Kem;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Wallets;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.PostQuantumMode;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.settings.SessionSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KemExchange;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.protocol.PlainKem;

/**
 * The contacts of one server on a bench. In a test, two of them face each other: the test sends what one has queued
 * ({@link #say}) and receives it on the other ({@link #hear}), as sealing and receiving do with packets.
 */
final class ContactsBench implements AutoCloseable {
    /** More answers than this are an endless exchange. */
    private static final int MOST_ROUNDS = 1000;
    /** The maximum body of a packet of 80 bytes. */
    static final int ROOM_80 = 49;

    final HandSetClock clock;
    final StageBench stage;
    final ContactsStage contactsStage;
    final HandshakeManager handshakes;
    final KeyUpdates updates;
    final Controls controls;
    final Exchanges exchanges;
    final IdentityRotation rotations;
    final PersonaKeyStore keyStore;
    final StateOwner owner;
    final Personas personas;
    final Contacts contacts;
    final Sessions sessions;
    final Wallets wallets;
    final SessionChains sessionChains;
    /** Why handshakes were refused, in order. */
    final List<String> refusals = new ArrayList<>();
    /** Packets that arrived before their chain was known. */
    final List<Packet> early = new ArrayList<>();
    /** Every sent packet, in order. */
    final List<Packet> said = new ArrayList<>();

    private final HandSealer sealer;
    private final HandReader reader;

    ContactsBench(HandSetClock clock) {
        this(clock, MemoryStore.open());
    }

    private ContactsBench(HandSetClock clock, MemoryStore store) {
        this.clock = clock;
        stage = new StageBench(clock, store);
        stage.put(Kem.class, new PlainKem());
        contactsStage = stage.add(ContactsStage::new);
        handshakes = StageBench.offered(contactsStage, HandshakeManager.class);
        updates = StageBench.offered(contactsStage, KeyUpdates.class);
        controls = StageBench.offered(contactsStage, Controls.class);
        exchanges = StageBench.offered(contactsStage, Exchanges.class);
        rotations = StageBench.offered(contactsStage, IdentityRotation.class);
        keyStore = StageBench.offered(contactsStage, PersonaKeyStore.class);
        owner = StageBench.offered(contactsStage, StateOwner.class);
        personas = StageBench.offered(contactsStage, Personas.class);
        contacts = StageBench.offered(contactsStage, Contacts.class);
        sessions = StageBench.offered(contactsStage, Sessions.class);
        wallets = StageBench.offered(contactsStage, Wallets.class);
        sessionChains = StageBench.offered(contactsStage, SessionChains.class);
        sealer = new HandSealer(this);
        reader = new HandReader(this);
    }

    // ---- people

    /** Adds the card of another's current persona. */
    void know(ContactsBench other, String name) throws PartylineException {
        contacts.add(Optional.empty(), other.card(), Optional.of(name));
    }

    String card() throws PartylineException {
        return personas.card(Optional.empty(), Optional.of(Network.REGTEST));
    }

    /** Each has the other's card. */
    static void meet(ContactsBench alice, ContactsBench bob) throws PartylineException {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
    }

    void add(ContactCard card, String name) throws PartylineException {
        contacts.add(Optional.empty(), stage.identities.encode(card), Optional.of(name));
    }

    /** A card with its own signing key, and the X25519 key of this one. */
    ContactCard falseCard() {
        IdentityKeys own = stage.identities.generate(stage.random);
        return new ContactCard(
                Network.REGTEST,
                new PublicIdentity(
                        own.identity().signing(), keys().keys.identity().agreement()),
                own.inboxSecret().expose().clone(),
                "false");
    }

    /** Of the current persona. */
    PersonaKeys keys() {
        return stage.keys();
    }

    /** The first contact of that name, of any persona. */
    ContactConversation contact(String name) {
        return stage.people.conversations.contacts().stream()
                .filter(contact -> contact.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    // ---- state

    SessionState state(String contact) throws StoreException {
        return stage.guard.transact(tx -> SessionState.get(tx, contact(contact).id()));
    }

    SessionState sessionState(StoreTransaction tx, String contact) throws StoreException {
        return SessionState.get(tx, contact(contact).id());
    }

    Sessions.State session(String contact) throws StoreException {
        return state(contact).state;
    }

    /** Records the result of comparing the contact's current safety number. */
    Contacts.Contact verify(String contact, boolean same) throws PartylineException {
        return contacts.verify(Optional.empty(), contact, contacts.safetyNumber(Optional.empty(), contact), same);
    }

    boolean isOpen(String contact) throws StoreException {
        return state(contact).isOpen();
    }

    Optional<KemExchange> exchange(String contact) throws StoreException {
        return stage.guard.transact(tx -> KemExchange.find(tx, contact(contact).id()));
    }

    /** The number of packets for a contact that wait for a slot of cover traffic. */
    int cargo(String contact) throws StoreException {
        return stage.guard.transact(
                tx -> CargoRecord.of(tx, contact(contact).id()).size());
    }

    /** The chains that are read from a contact. */
    List<ReceiveChainRecord> chains(String contact) {
        return stage.recognition.chains.of(contact(contact).id()).stream()
                .map(chain -> chain.entry)
                .sorted(Comparator.comparingInt(ReceiveChainRecord::number))
                .toList();
    }

    /** Queued messages of a type, in any state. */
    List<OutgoingMessage> queued(PacketType type) throws StoreException {
        return stage.allOutgoing().stream()
                .filter(outgoing -> outgoing.type() == type.code())
                .toList();
    }

    long count(PacketType type) throws StoreException {
        return queued(type).size();
    }

    MessageRecord message(long id) throws StoreException {
        return stage.guard.transact(tx -> MessageRecords.find(tx, id)).orElseThrow();
    }

    private List<MessageRecord> messages() throws StoreException {
        return stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class));
    }

    /** The received texts, in the order of their chains. */
    List<String> received() throws StoreException {
        return messages().stream()
                .filter(message -> !message.outgoing() && !message.notice())
                .sorted(Comparator.comparingInt(MessageRecord::chain).thenComparingInt(MessageRecord::sequence))
                .map(MessageRecord::text)
                .toList();
    }

    /** The same with their shown senders, in the order of arrival. */
    List<String> written() throws StoreException {
        return messages().stream()
                .filter(message -> !message.outgoing() && !message.notice())
                .map(message ->
                        stage.people.conversations.find(message.membership()).name() + ": " + message.text())
                .toList();
    }

    List<String> notices() throws StoreException {
        return messages().stream()
                .filter(MessageRecord::notice)
                .map(MessageRecord::text)
                .toList();
    }

    /** The events that listeners have received by now. */
    List<Messages.Event> events() {
        Messages.Event last = new Messages.Event(Optional.empty(), Optional.empty());
        stage.notices.events().publish(last);
        Eventually.that("the last event", () -> stage.events.stream().anyMatch(event -> event == last));
        return List.copyOf(stage.events);
    }

    /** The states of an outgoing message that listeners were told of, in order. */
    List<Messages.State> shown(long id) {
        return events().stream()
                .flatMap(event -> event.outgoing().stream())
                .filter(outgoing -> outgoing.id() == id)
                .map(Messages.Outgoing::state)
                .toList();
    }

    /** The inbox in which a handshake for a card with these keys is recognised; empty if it is not. */
    Optional<ContactInbox> inbox(IdentityKeys keys, Network network) {
        try (SecretBytes root = stage.handshakes.inboxRoot(keys.inboxSecret(), network);
                SecretBytes beacon = stage.handshakes.inboxBeacon(root)) {
            byte[] locator = stage.channelKeys.newLocator(beacon, stage.random);
            byte[] packet = new byte[80];
            System.arraycopy(locator, 0, packet, 1, locator.length);
            return Optional.ofNullable(stage.recognition.beacons.match(packet)).map(found -> found.contactInbox);
        }
    }

    // ---- actions

    /** Queues a text, as if someone had written it. @return its number */
    long write(String contact, String text) throws StoreException {
        return stage.queue(contact(contact), text, "confirm", Duration.ofDays(2));
    }

    /** Seals what is queued and can be sealed, and sends it. */
    List<Packet> say() throws PartylineException {
        List<Packet> out = sealer.sealAll();
        said.addAll(out);
        return out;
    }

    /** Sends the first queued packet instead of a decoy; empty: nothing is queued. */
    Optional<Packet> ride() throws PartylineException {
        return sealer.ride(ROOM_80);
    }

    /** The same with another packet size. @param room the maximum length of a body in bytes */
    Optional<Packet> ride(int room) throws PartylineException {
        return sealer.ride(room);
    }

    /** The packets of one part of a key exchange. */
    List<Packet> rides(int room) throws PartylineException {
        List<Packet> all = new ArrayList<>();
        keep();
        Optional<Packet> next = ride(room);
        while (next.isPresent()) {
            all.add(next.get());
            next = ride(room);
        }
        return all;
    }

    /** Shows a packet: it is read now, or later when its chain is known. */
    void hear(Packet packet) throws PartylineException {
        if (!reader.read(packet)) {
            early.add(packet);
            return;
        }
        boolean more = true;
        while (more) {
            more = false;
            for (Packet waiting : List.copyOf(early)) {
                if (reader.read(waiting)) {
                    early.remove(waiting);
                    more = true;
                }
            }
        }
    }

    void hear(List<Packet> packets) throws PartylineException {
        for (Packet packet : packets) {
            hear(packet);
        }
    }

    /** Exchanges packets until nobody has anything more to send; a single one receives its own. */
    static void talk(ContactsBench... all) throws PartylineException {
        boolean more = true;
        for (int round = 0; more; round++) {
            assertTrue(round < MOST_ROUNDS, "they never come to an end");
            more = false;
            for (ContactsBench each : all) {
                List<Packet> out = each.say();
                more |= !out.isEmpty();
                for (ContactsBench other : all) {
                    if (other != each || all.length == 1) {
                        other.hear(out);
                    }
                }
            }
        }
    }

    /** A session on which both sides have written. */
    static void open(ContactsBench alice, ContactsBench bob) throws PartylineException {
        alice.write("bob", "one");
        talk(alice, bob);
        bob.write("alice", "two");
        talk(alice, bob);
    }

    /** Does what is due now, as happens twice a minute. */
    void keep() throws PartylineException {
        stage.guard.<Void, PartylineException>open(() -> {
            owner.expire();
            for (ReceiveChainState chain : stage.recognition.chains.all()) {
                if (ReceiveChains.isOver(chain, clock.instant())) {
                    stage.recognition.chains.remove(chain);
                }
            }
            return null;
        });
    }

    /** Part of a change of the stored state, and of memory after it. */
    interface Change {
        void run(StoreTransaction tx, AfterCommit after) throws PartylineException;
    }

    void change(Change work) throws PartylineException {
        stage.guard.<Void, PartylineException>open(() -> {
            try (AfterCommit after = new AfterCommit()) {
                stage.guard.<Void, PartylineException>transact(tx -> {
                    work.run(tx, after);
                    return null;
                });
                after.commit();
            }
            return null;
        });
    }

    /** Makes it send something over its session that it never would. */
    void sayControl(String contact, byte[] body) throws PartylineException {
        change((tx, after) -> new SessionControlSender(
                        stage.people,
                        stage.recognition,
                        clock,
                        stage.settings,
                        stage.notices,
                        stage.inbox,
                        stage.outbox)
                .say(tx, after, contact(contact), PacketType.CONTROL, body, Duration.ofDays(1)));
    }

    /**
     * Another server with the keys of this one's persona, as imported from a backup at this moment; it has no contacts.
     */
    ContactsBench restored() throws PartylineException {
        ContactsBench other = new ContactsBench(clock);
        IdentityKeys own = keys().keys;
        IdentityKeys same = stage.identities.restore(own.signingSeed(), own.agreementPrivate(), own.inboxSecret());
        long now = clock.instant().toEpochMilli();
        other.change((tx, after) -> {
            PersonaKeys keys = new PersonaKeys(StageBench.ALICE.id(), same, null, 0, now, 0, now);
            PersonaKeyRecords.put(tx, keys);
            after.then(() -> other.keyStore.put(keys));
        });
        return other;
    }

    /** Another run of this server, from a copy of its present files: state that is not stored is missing. */
    ContactsBench reborn() throws PartylineException {
        MemoryStore files = stage.store.copyAndOpen();
        List<IdentityRecord> keys = files.transact(tx -> Tables.all(tx, IdentityRecord.TABLE, IdentityRecord.class));
        ContactsBench next = new ContactsBench(clock, files);
        next.change((tx, after) -> {
            // The bench has created others for its persona.
            for (IdentityRecord stored : keys) {
                Tables.putSecret(tx, IdentityRecord.TABLE, Keys.of(stored.persona()), Keys.ALL, stored);
            }
            for (ContactRecord entry : Tables.all(tx, ContactRecord.TABLE, ContactRecord.class)) {
                next.stage.people.conversations.add(new ContactConversation(entry));
            }
            next.owner.load(tx);
            for (ReceiveChainRecord entry : Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class)) {
                next.stage.recognition.chains.follow(
                        new ReceiveChainState(entry, next.stage.chains.decodeReceive(entry.chain())));
            }
        });
        return next;
    }

    /** Detects that its files may be an old copy. */
    void mend() throws PartylineException {
        change((tx, after) -> owner.mend(tx, after, "another server that used it left another token"));
    }

    /** Changes the settings of sessions. */
    void settings(UnaryOperator<SessionSettings> change) {
        stage.settings.sessions(change.apply(stage.settings.get().sessions()));
    }

    void postQuantum(PostQuantumMode mode) {
        settings(now -> new SessionSettings(
                now.strangers(),
                now.receipts(),
                now.readReceipts(),
                mode,
                now.rekeyMessages(),
                now.rekeyAfter(),
                now.handshakeRetry(),
                now.keyAge(),
                now.keyMessages()));
    }

    void rekeyMessages(int most) {
        settings(now -> new SessionSettings(
                now.strangers(),
                now.receipts(),
                now.readReceipts(),
                now.postQuantum(),
                most,
                now.rekeyAfter(),
                now.handshakeRetry(),
                now.keyAge(),
                now.keyMessages()));
    }

    void receipts(ReceiptMode mode, boolean read) {
        settings(now -> new SessionSettings(
                now.strangers(),
                mode,
                read,
                now.postQuantum(),
                now.rekeyMessages(),
                now.rekeyAfter(),
                now.handshakeRetry(),
                now.keyAge(),
                now.keyMessages()));
    }

    void keyMessages(int most) {
        settings(now -> new SessionSettings(
                now.strangers(),
                now.receipts(),
                now.readReceipts(),
                now.postQuantum(),
                now.rekeyMessages(),
                now.rekeyAfter(),
                now.handshakeRetry(),
                now.keyAge(),
                most));
    }

    /** Whether the sender id of its card is the lower one, so that its handshake prevails if both open at once. */
    boolean isLowerThan(ContactsBench other) {
        return Arrays.compareUnsigned(
                        keys().keys.identity().senderId(),
                        other.keys().keys.identity().senderId())
                < 0;
    }

    @Override
    public void close() {
        stage.close();
    }
}
