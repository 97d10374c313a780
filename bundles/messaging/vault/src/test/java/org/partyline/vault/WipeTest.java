package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.api.store.StoreLockedException;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ConversationSummaries;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.recognition.SealedSecrets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.StateGuard;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;

/** Nothing remains in memory once the store is locked. */
class WipeTest {
    private final StageBench bench = new StageBench();
    private int today;
    private ChannelMembership lobby;
    private ContactConversation bob;
    private PersonaKeys keys;
    private Beacon beacon;
    private ReceiveChainState chain;
    private SealedSecrets.Entry wanted;
    private byte[] sealed;

    @BeforeEach
    void anOpenStore() throws Exception {
        today = Days.of(bench.clock.instant());
        lobby = bench.join("lobby", Mode.RATCHET);
        bob = bench.know("bob", bench.identities.generate(bench.random));
        keys = bench.keys();
        fill();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** Fills each table with entries of each kind. */
    private void fill() {
        try (SecretBytes root = lobby.root(bench.channelKeys, today);
                SecretBytes key = bench.channelKeys.beacon(root)) {
            sealed = ByteBuffer.allocate(80)
                    .put(Packets.VERSION)
                    .put(bench.channelKeys.newLocator(key, bench.random))
                    .array();
        }
        beacon = bench.recognition.beacons.match(sealed);
        wanted = bench.recognition.secrets.want(beacon, lobby.id(), lobby.entry.parameters(), new byte[] {1});
        assertEquals(wanted, bench.recognition.secrets.next().orElseThrow());
        Candidate candidate = new Candidate(Network.REGTEST.code(), sealed, new byte[32], null, 0, "");
        bench.recognition.unmatched.add(candidate.id(), candidate);
        bench.recognition.unmatched.again.add(candidate);
        bench.recognition.parked.add(packet(), 1, 0, 0);
        bench.recognition.packets.addSent(packet(), new PacketIndex.Sent(7, 0));
        bench.recognition.packets.setHandled(packet());
        bench.recognition.own.expect(bob.id(), List.of(5L));
        bench.recognition.own.doubt(bob.id());
        chain = chain(1);
        bench.recognition.chains.follow(chain);
        bench.summaries.begin(lobby.id(), "alice");
        bench.summaries.put(lobby.id(), 1, new ConversationSummaries.Fact(0, Long.MAX_VALUE, true, false, 0, 0, 0));
    }

    private static PacketId packet() {
        return new PacketId(new byte[32]);
    }

    private ReceiveChainState chain(int number) {
        byte[] key = ByteBuffer.allocate(32).putInt(number).array();
        return new ReceiveChainState(
                ReceiveChainRecordBuilder.builder()
                        .number(number)
                        .membership(lobby.id())
                        .kind(ChainKind.CHANNEL)
                        .session(new byte[8])
                        .nickname("")
                        .handshake(new byte[] {3})
                        .build(),
                bench.chains.receive(SecretBytes.wrap(key), bench.clock.instant()));
    }

    private static void assertWiped(SecretBytes secret) {
        assertThrows(IllegalStateException.class, secret::expose);
    }

    private static void assertErased(byte[] secret) {
        assertArrayEquals(new byte[secret.length], secret);
    }

    private void assertNothingIsLeft() {
        assertFalse(bench.isLoaded());
        assertThrows(StoreLockedException.class, () -> bench.guard.open(() -> "never runs"));
        assertEquals(List.of(), bench.people.personas.keys());
        assertEquals("", bench.people.personas.name(StageBench.ALICE.id()));
        assertEquals(List.of(), bench.people.conversations.members());
        assertEquals(List.of(), bench.people.conversations.contacts());
        assertEquals(0, bench.summaries.newest(lobby.id()));
        assertEquals(List.of(), bench.recognition.chains.all());
        assertNull(bench.recognition.beacons.match(sealed));
        assertEquals(-1, bench.recognition.own.owner(5));
        assertFalse(bench.recognition.own.isDoubtful(bob.id()));
        assertEquals(0, bench.recognition.secrets.underived());
        assertEquals(0, bench.recognition.unmatched.size());
        assertTrue(bench.recognition.unmatched.again.isEmpty());
        assertEquals(0, bench.recognition.parked.size());
        assertNull(bench.recognition.packets.sent(packet()));
        assertFalse(bench.recognition.packets.wasHandled(packet()));
    }

    private void assertKeysAreWiped() {
        assertWiped(keys.keys.signingSeed());
        assertWiped(keys.keys.agreementPrivate());
        assertWiped(keys.keys.inboxSecret());
        assertThrows(IllegalStateException.class, () -> lobby.root(bench.channelKeys, today));
        assertErased(bob.entry.inboxSecret());
        assertWiped(beacon.key);
        assertWiped(beacon.root);
        assertWiped(wanted.root());
        assertErased(chain.entry.handshake());
    }

    @Test
    void afterALockEachPartIsEmptyAndItsKeysAreWiped() {
        assertNotNull(beacon);
        bench.forget();
        assertNothingIsLeft();
        assertKeysAreWiped();
    }

    @Test
    void aPartThatCannotBeWipedDoesNotKeepTheOthersFromIt() throws Exception {
        bench.guard.lock();
        try {
            bench.guard.wipe();
            bench.people.begin();
            bench.recognition.begin(bench.channelKeys, withoutClear());
            bench.guard.setLoaded();
        } finally {
            bench.guard.unlock();
        }
        ChannelMembership before = lobby;
        lobby = new ChannelMembership(before.entry.withRoot(today, new byte[] {1, 2, 3}));
        bench.registry.add(lobby, today, today + 1);
        keys = new PersonaKeys(StageBench.ALICE.id(), bench.identities.generate(bench.random), null, 0, 0, 0, 0);
        bench.people.personas.put(keys);
        bob = bench.know("carol", bench.identities.generate(bench.random));
        fill();
        assertThrows(IllegalStateException.class, bench::forget);
        assertNothingIsLeft();
        assertKeysAreWiped();
    }

    @Test
    void theyAreWipedAlsoWhereThePartBeforeThemFails() {
        StateGuard guard =
                new StateGuard(bench.store, new Operations(new StageBench.NoOutages(), Duration.ofSeconds(1)));
        guard.wiping(() -> {
            throw new LinkageError("its bundle was replaced");
        });
        SecretBytes last = SecretBytes.wrap(new byte[] {1});
        guard.wiping(last);
        guard.lock();
        guard.setLoaded();
        assertThrows(IllegalStateException.class, guard::wipe);
        assertWiped(last);
        assertFalse(guard.isLoaded());
        guard.unlock();
    }

    /** Returns chains whose tables fail when they are cleared. */
    private Chains withoutClear() {
        return (Chains) Proxy.newProxyInstance(
                Chains.class.getClassLoader(), new Class<?>[] {Chains.class}, (self, method, arguments) -> {
                    Object made = method.invoke(bench.chains, arguments);
                    return made instanceof LocatorTable table ? withoutClear(table) : made;
                });
    }

    private static LocatorTable withoutClear(LocatorTable table) {
        return (LocatorTable) Proxy.newProxyInstance(
                LocatorTable.class.getClassLoader(), new Class<?>[] {LocatorTable.class}, (self, method, arguments) -> {
                    if (method.getName().equals("clear")) {
                        throw new IllegalStateException("its bundle was replaced");
                    }
                    try {
                        return method.invoke(table, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void whatATransactionAddsAfterALockIsWipedAtOnce() {
        PersonaKeys late = new PersonaKeys(9, bench.identities.generate(bench.random), null, 0, 0, 0, 0);
        ChannelMembership joined = new ChannelMembership(lobby.entry.withRoot(today, new byte[] {1, 2, 3}));
        ReceiveChainState begun = chain(2);
        bench.forget();
        try (AfterCommit after = new AfterCommit()) {
            after.follow(bench.notices.events(), bench.recognition, begun);
            after.then(() -> bench.people.personas.put(late));
            after.then(() -> bench.registry.add(joined, today, today + 1));
            after.then(() -> bench.people.conversations.add(bob));
            after.commit();
        }
        assertNothingIsLeft();
        assertWiped(late.keys.signingSeed());
        assertThrows(IllegalStateException.class, () -> joined.root(bench.channelKeys, today));
        assertErased(begun.entry.handshake());
        assertErased(bob.entry.inboxSecret());
    }

    @Test
    void whereThereIsNoStoreYetTheMessageSaysHowToMakeOne() {
        StateGuard guard =
                new StateGuard(new MemoryStore(), new Operations(new StageBench.NoOutages(), Duration.ofSeconds(1)));
        assertEquals(
                "there is no store yet: create one with partyline:setup",
                assertThrows(StoreLockedException.class, () -> guard.open(() -> "never runs"))
                        .getMessage());
    }
}
