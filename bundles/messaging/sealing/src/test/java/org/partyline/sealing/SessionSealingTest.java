package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.continuity.KeyUsed;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.testkit.messaging.StageBench;

/**
 * Messages to a contact on the chain of an open session, and those that wait; in a channel, messages that wait for
 * memory.
 */
class SessionSealingTest {
    private final StageBench stage = new StageBench();
    /** The calls to the session bundles, in order. */
    private final List<String> called = new ArrayList<>();
    /** How often a key was used. */
    private int keyUses;

    private QueueSealer sealer;
    private ContactConversation bob;

    @BeforeEach
    void aContact() throws Exception {
        note(HandshakeManager.class);
        note(SessionChains.class);
        note(KeyUpdates.class);
        note(IdentityRotation.class);
        note(Controls.class);
        stage.bus.within(KeyUsed.class, used -> keyUses++);
        sealer = StageBench.offered(stage.add(SealingStage::new), QueueSealer.class);
        bob = stage.know("bob", stage.identities.generate(stage.random));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    /** Adds a service that does nothing, and records its calls. */
    private <T> void note(Class<T> type) {
        stage.put(
                type,
                type.cast(Proxy.newProxyInstance(
                        type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                            called.add(method.getName());
                            return method.getReturnType() == int.class ? 0 : null;
                        })));
    }

    /** Opens a session with Bob. */
    private void session() throws StoreException {
        stage.guard.transact(tx -> {
            SessionState session = SessionState.get(tx, bob.id());
            session.state = Sessions.State.OPEN;
            session.suite = AeadId.XCHACHA20_POLY1305.code();
            try (SecretBytes key = SecretBytes.copyOf(new byte[32]);
                    SendChain chain = stage.chains.sendSession(key, stage.clock.instant())) {
                session.name = stage.chains.sessionId(key);
                session.chain = chain.encode().expose().clone();
            }
            session.put(tx);
            return null;
        });
    }

    private SessionState stored() throws StoreException {
        return stage.guard.transact(tx -> SessionState.get(tx, bob.id()));
    }

    private OutgoingMessage seal(Conversation conversation, long id) throws Exception {
        return sealer.of(conversation).seal(conversation, id);
    }

    private String waits(Conversation conversation, long id) {
        return assertThrows(MessageWaitsException.class, () -> seal(conversation, id))
                .getMessage();
    }

    /** Queues a message of the session itself. */
    private long queue(PacketType type, byte[] body) throws StoreException {
        return stage.queue(bob, type, body);
    }

    @Test
    void aMessageWaitsWithItsReasonWhileTheSuiteOfTheSessionIsAway() throws Exception {
        session();
        assertEquals(State.SEALED, seal(bob, stage.queue(bob, "one")).state());
        stage.suites.deny("XCHACHA20_POLY1305");
        long waiting = stage.queue(bob, "two");
        byte[] before = stored().chain;
        assertEquals(
                "it waits for the cipher suite XCHACHA20_POLY1305, which the session with 'bob' uses:"
                        + " it is stopped or denied (partyline:suite-list)",
                waits(bob, waiting));
        assertEquals(State.QUEUED, stage.state(waiting));
        assertArrayEquals(before, stored().chain, "no key of the chain was used");
        stage.suites.allow("XCHACHA20_POLY1305");
        assertEquals(State.SEALED, seal(bob, waiting).state());
        assertEquals(2, stored().sent);
    }

    @Test
    void eachUseOfAKeyIsToldInTheTransactionOfTheUse() throws Exception {
        session();
        seal(bob, stage.queue(bob, "one"));
        assertEquals(1, keyUses);
        byte[] before = stored().chain;
        long id = stage.queue(bob, "two");
        stage.bus.within(KeyUsed.class, used -> {
            throw new StoreException("the disk is full");
        });
        assertThrows(StoreException.class, () -> seal(bob, id));
        assertEquals(State.QUEUED, stage.state(id));
        assertArrayEquals(before, stored().chain);
    }

    @Test
    void eachPacketOfASessionRidesOnAKeyOfItsOwn() throws Exception {
        session();
        byte[] first = seal(bob, stage.queue(bob, "one")).parts().get(0).packet();
        byte[] second = seal(bob, stage.queue(bob, "two")).parts().get(0).packet();
        assertFalse(Arrays.equals(first, 1, 9, second, 1, 9), "another locator");
    }

    /** Another persona of this server would take it for one from before the second in which an old copy was found. */
    @Test
    void aHandshakeIsOfALaterSecondThanTheOneInWhichAnOldCopyWasFound() throws Exception {
        long now = stage.clock.instant().getEpochSecond();
        assertEquals(
                now, seal(bob, queue(PacketType.HANDSHAKE_INIT, new byte[113])).stamped());
        stage.keys().restored = stage.clock.millis();
        stage.guard.lock();
        try {
            // As if nothing had been sent to him yet.
            bob.entry = bob.entry.withTimestamp(0);
        } finally {
            stage.guard.unlock();
        }
        assertEquals(
                now + 1,
                seal(bob, queue(PacketType.HANDSHAKE_INIT, new byte[113])).stamped());
    }

    /** Otherwise, it would seem to have been made before an answer of ours. */
    @Test
    void aHandshakeIsLaterThanWhateverWasSaidBefore() throws Exception {
        session();
        long said = seal(bob, stage.queue(bob, "one")).stamped();
        assertEquals(
                said + 1,
                seal(bob, queue(PacketType.HANDSHAKE_INIT, new byte[113])).stamped());
    }

    @Test
    void aSessionInDoubtIsNotUsedBeforeAllIsReadThatNodesKnew() throws Exception {
        session();
        byte[] before = stored().chain;
        stage.recognition.own.doubt(bob.id());
        stage.context.initialSync().begin();
        long id = stage.queue(bob, "one");
        assertTrue(waits(bob, id).startsWith("it waits until the latest blocks and the mempool are read"));
        assertArrayEquals(before, stored().chain);
        assertEquals(
                State.SEALED,
                seal(bob, queue(PacketType.HANDSHAKE_INIT, new byte[113])).state());
        assertTrue(stage.recognition.own.isDoubtful(bob.id()));

        stage.context.initialSync().settle(Network.REGTEST);
        assertEquals(State.SEALED, seal(bob, id).state());
        assertFalse(stage.recognition.own.isDoubtful(bob.id()));
    }

    @Test
    void theStateOfAChainIsWipedWithTheStepThatUsesIt() throws Exception {
        List<byte[]> states = new ArrayList<>();
        stage.put(Chains.class, (Chains) Proxy.newProxyInstance(
                Chains.class.getClassLoader(), new Class<?>[] {Chains.class}, (self, method, arguments) -> {
                    if (method.getName().equals("decodeSend")) {
                        states.add((byte[]) arguments[0]);
                    }
                    return method.invoke(stage.chains, arguments);
                }));
        session();
        seal(bob, stage.queue(bob, "one"));
        assertEquals(1, states.size());
        assertArrayEquals(new byte[states.get(0).length], states.get(0));
        assertFalse(Arrays.equals(states.get(0), stored().chain));
    }

    @Test
    void withoutASessionAMessageAsksForOne() throws Exception {
        long id = stage.queue(bob, "one");
        MessageWaitsException waits = assertThrows(MessageWaitsException.class, () -> seal(bob, id));
        assertEquals("it waits for 'bob' to accept a session; their server must be running", waits.getMessage());
        assertTrue(waits.isOnHold(), "bob decides when he answers");
        assertEquals(List.of("open"), called);
        assertEquals(State.QUEUED, stage.state(id));
    }

    // ---- instead of decoys

    private static final byte[] RECEIPT = {ControlCodes.RECEIPT, 1, 2, 3, 4, 5, 6, 7, 8};

    private Optional<byte[]> cargo(byte[] body, int size) throws Exception {
        return stage.guard.<Optional<byte[]>, Exception>open(() -> {
            try (AfterCommit after = new AfterCommit()) {
                CargoRecord cargo = new CargoRecord(
                        1, bob.id(), CargoRecord.RECEIPTS, "", PacketType.CONTROL.code(), body, 0, null, 0, 0);
                Optional<byte[]> sealed = stage.guard.<Optional<byte[]>, Exception>transact(
                        tx -> sealer.of(bob).cargo(tx, after, bob, cargo, size));
                after.commit();
                return sealed;
            }
        });
    }

    @Test
    void whatTakesThePlaceOfADecoyHasItsSizeAndAPositionOfItsOwn() throws Exception {
        session();
        byte[] first = seal(bob, stage.queue(bob, "one")).parts().get(0).packet();
        called.clear();
        for (int size : List.of(64, 80, 128, 512)) {
            byte[] packet = cargo(RECEIPT, size).orElseThrow();
            assertEquals(size, packet.length);
            assertFalse(Arrays.equals(first, 1, 9, packet, 1, 9), "another locator");
        }
        assertEquals(5, keyUses);
        assertEquals(4, called.stream().filter("sealed"::equals).count(), "receipts are told that they were sealed");
        assertEquals(4, called.stream().filter("expectOwn"::equals).count());
        byte[] next = seal(bob, stage.queue(bob, "two")).parts().get(0).packet();
        assertFalse(Arrays.equals(first, 1, 9, next, 1, 9));
    }

    @Test
    void whatDoesNotFitTheDecoysSizeOrHasNoSessionUsesNoPosition() throws Exception {
        assertEquals(Optional.empty(), cargo(RECEIPT, 80));
        session();
        byte[] before = stored().chain;
        assertEquals(Optional.empty(), cargo(new byte[60], 80));
        stage.recognition.own.doubt(bob.id());
        assertEquals(Optional.empty(), cargo(RECEIPT, 80), "the session may be used by another copy");
        stage.recognition.own.trust(bob.id());
        stage.suites.deny("XCHACHA20_POLY1305");
        assertThrows(MessageWaitsException.class, () -> cargo(RECEIPT, 80));
        assertArrayEquals(before, stored().chain);
        assertEquals(0, keyUses);
    }

    @Test
    void theEndOfASessionEndsItOnceItIsSealed() throws Exception {
        session();
        assertEquals(
                State.SEALED,
                seal(bob, queue(PacketType.CONTROL, new byte[] {ControlCodes.CLOSE}))
                        .state());
        assertTrue(called.contains("ended"), called::toString);
    }

    @Test
    void whatASessionSaysOfItselfIsOfNoUseWithoutIt() throws Exception {
        for (PacketType type : List.of(PacketType.KEY_UPDATE, PacketType.HANDSHAKE_RESP, PacketType.CONTROL)) {
            called.clear();
            OutgoingMessage ended = seal(bob, queue(type, new byte[] {ControlCodes.RECEIPT}));
            assertEquals(State.RECALLED, ended.state());
            assertEquals("its session no longer exists", ended.reason());
            assertEquals(List.of("unsaid"), called);
        }
        assertEquals(0, keyUses);
    }

    @Test
    void anAnswerIsSealedOnceOnly() throws Exception {
        stage.guard.transact(tx -> {
            SessionState session = SessionState.get(tx, bob.id());
            session.replyChain = new byte[32];
            session.replySuite = AeadId.XCHACHA20_POLY1305.code();
            session.put(tx);
            return null;
        });
        assertEquals(
                State.SEALED,
                seal(bob, queue(PacketType.HANDSHAKE_RESP, new byte[49])).state());
        assertNull(stored().replyChain);
        assertEquals(
                State.RECALLED,
                seal(bob, queue(PacketType.HANDSHAKE_RESP, new byte[49])).state());
    }

    @Test
    void messagesOnASessionNameTheirChainUntilTheContactIsKnownToReadIt() throws Exception {
        session();
        String chain = HexFormat.of().formatHex(stored().name);
        set(session -> {
            session.accepted = 1;
            session.replyChain = new byte[32];
            session.replySuite = AeadId.XCHACHA20_POLY1305.code();
        });
        OutgoingMessage answer = seal(bob, queue(PacketType.HANDSHAKE_RESP, new byte[49]));
        assertTrue(answer.opens());
        assertEquals(chain, answer.session());
        OutgoingMessage rides = seal(bob, stage.queue(bob, "words"));
        assertFalse(rides.opens());
        assertEquals(chain, rides.session());
        set(session -> session.accepted = 0);
        assertEquals("", seal(bob, stage.queue(bob, "the contact has written")).session());
    }

    private void set(Consumer<SessionState> change) throws StoreException {
        stage.guard.transact(tx -> {
            SessionState session = SessionState.get(tx, bob.id());
            change.accept(session);
            session.put(tx);
            return null;
        });
    }

    // ---- channels

    /** Argon2id on a server that may have too little memory. */
    private static final class Hungry implements KeyDerivation {
        private final KeyDerivation fed;
        private final KdfMemory none = new KdfMemory(new KdfMemory.Heap() {
            @Override
            public long most() {
                return 1 << 20;
            }

            @Override
            public long used() {
                return most();
            }

            @Override
            public void collect() {
                // All of it is in use.
            }
        });

        volatile boolean memoryGone = true;

        Hungry(KeyDerivation fed) {
            this.fed = fed;
        }

        @Override
        public KdfId id() {
            return fed.id();
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            if (memoryGone) {
                none.require(parameters);
            }
            return fed.derive(secret, salt, parameters, length);
        }
    }

    @Test
    void theKeysOfASealedPacketAreWiped() throws Exception {
        List<SecretBytes> keys = new ArrayList<>();
        stage.put(ChannelKeys.class, (ChannelKeys) Proxy.newProxyInstance(
                ChannelKeys.class.getClassLoader(), new Class<?>[] {ChannelKeys.class}, (self, method, arguments) -> {
                    Object result = method.invoke(stage.channelKeys, arguments);
                    if (result instanceof SecretBytes key) {
                        keys.add(key);
                    }
                    return result;
                }));
        ChannelMembership den = stage.join("den", Mode.OPEN);
        assertEquals(State.SEALED, seal(den, stage.queue(den, "hello")).state());
        assertEquals(3, keys.size(), "the day's root and beacon, and the packet's key");
        for (SecretBytes key : keys) {
            assertThrows(IllegalStateException.class, key::expose);
        }
    }

    @Test
    void aMessageWaitsForMemoryAndIsSealedWhenThereIsSome() throws Exception {
        ChannelMembership den = stage.join("den", Mode.OPEN);
        Hungry hungry = new Hungry(stage.suites.argon2id());
        stage.suites.add(hungry);
        long id = stage.queue(den, "hello");
        String why = waits(den, id);
        assertTrue(why.startsWith("it waits for memory: ") && why.contains("PARTYLINE_HEAP"), why);
        assertEquals(State.QUEUED, stage.state(id));
        hungry.memoryGone = false;
        assertEquals(State.SEALED, seal(den, id).state());
    }
}
