package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Look;
import org.partyline.api.engine.Messages;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.settings.ReadingSettings;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;

/**
 * A persona that joins a channel with another member on this server reads its chains from that member's positions on.
 */
class ReadingOnTest {
    private static final byte[] LOCATOR = new byte[Packets.SEALED_LOCATOR];
    private static final byte[] OWN_LOCATOR = locator(7);
    private static final byte[] TOMORROWS_LOCATOR = locator(8);

    private final StageBench bench = new StageBench();
    private final List<Bus.Expected> expected = new ArrayList<>();
    private Channels channels;
    private ChannelMembership alice;
    private byte[] session;

    private static byte[] locator(int first) {
        byte[] locator = new byte[Packets.SEALED_LOCATOR];
        locator[0] = (byte) first;
        return locator;
    }

    /** Alice has read a chain's opener and its first two packets; nobody here has read one of her sealed packets. */
    @BeforeEach
    void aliceReadsAChain() throws Exception {
        channels = StageBench.offered(bench.add(ChannelsStage::new), Channels.class);
        alice = join("alice", "channel passphrase");
        try (SecretBytes root = alice.root(bench.channelKeys, today());
                SecretBytes key = bench.chains.channelChainKey(new byte[NewChain.SEED_LENGTH], root, Network.REGTEST)) {
            session = bench.chains.sessionId(key);
            follow(bench.chains.receive(key, bench.clock.instant()));
        }
        bench.bus.on(Bus.Expected.class, expected::add);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private int today() {
        return Days.of(bench.clock.instant());
    }

    /** Alice has read the opener of another one. */
    private void followAnother(String nickname) throws Exception {
        byte[] seed = new byte[NewChain.SEED_LENGTH];
        seed[0] = 9;
        try (SecretBytes root = alice.root(bench.channelKeys, today());
                SecretBytes key = bench.chains.channelChainKey(seed, root, Network.REGTEST)) {
            follow(bench.chains.receive(key, bench.clock.instant()), bench.chains.sessionId(key), nickname);
        }
    }

    private void follow(ReceiveChain chain) throws Exception {
        follow(chain, session, "carol");
    }

    private void follow(ReceiveChain chain, byte[] session, String nickname) throws Exception {
        for (int position : new int[] {0, 1}) {
            chain.use(position, bench.clock.instant(), (at, hint) -> {}, (at, hint) -> {});
        }
        bench.guard.open(() -> {
            ReceiveChainRecord entry = bench.guard.transact(tx -> {
                ReceiveChainRecord made = ReceiveChainRecordBuilder.builder()
                        .number((int) Tables.next(tx, "chain"))
                        .membership(alice.id())
                        .kind(ChainKind.CHANNEL)
                        .session(session)
                        .suite(1)
                        .nickname(nickname)
                        .opened(bench.clock.instant().getEpochSecond())
                        .build();
                ReceiveChains.putChain(tx, made, chain);
                SeenChains.opens(tx, alice.id(), today(), session);
                SeenLocators.putSeen(tx, alice.id(), today(), LOCATOR);
                SeenLocators.putSeen(tx, alice.id(), today() + 1, TOMORROWS_LOCATOR);
                SeenLocators.putOwn(tx, alice.id(), today(), OWN_LOCATOR);
                return made;
            });
            bench.recognition.chains.follow(new ReceiveChainState(entry, chain));
            return null;
        });
    }

    private ChannelMembership join(String persona, String passphrase) throws Exception {
        if (!persona.equals("alice")) {
            bench.guard.open(() -> bench.guard.transact(tx -> {
                PersonaRecord record = new PersonaRecord((int) Tables.next(tx, "persona"), persona, false);
                tx.put(PersonaRecord.TABLE, Keys.of(record.id()), Keys.ALL, Cbor.write(record), null);
                bench.people.personas.setName(record.id(), persona);
                return null;
            }));
        }
        channels.join(
                new Channels.Join(
                        Optional.of(persona),
                        "lobby",
                        Channels.Mode.RATCHET,
                        Optional.empty(),
                        Optional.of(Network.REGTEST)),
                passphrase.toCharArray());
        return bench.guard.open(() -> bench.people.conversations.members().stream()
                .filter(member ->
                        bench.people.personas.name(member.entry.persona()).equals(persona))
                .findFirst()
                .orElseThrow());
    }

    private int chains(String persona) throws Exception {
        return channels.reading(Optional.of(persona), "lobby").chains();
    }

    /** The number of chains that expect the packet at a position. */
    private long expecting(int position) throws Exception {
        return bench.guard.open(() -> bench.recognition.chains.all().stream()
                .filter(chain -> {
                    List<Integer> positions = new ArrayList<>();
                    chain.chain.forEachExpected((at, hint) -> bench.recognition.chains.lookUp(hint, (number, found) -> {
                        if (number == chain.entry.number()) {
                            positions.add(found);
                        }
                    }));
                    return positions.contains(position);
                })
                .count());
    }

    @Test
    void aSecondPersonaReadsFromTheNextMessageOn() throws Exception {
        join("bob", "channel passphrase");
        assertEquals(1, chains("bob"));
        assertEquals(0, expecting(0));
        assertEquals(0, expecting(1));
        assertEquals(2, expecting(2));
    }

    @Test
    void aThirdPersonaReadsOnEachChainOnceHoweverManyReadIt() throws Exception {
        join("bob", "channel passphrase");
        join("cora", "channel passphrase");
        assertEquals(1, chains("cora"));
        assertEquals(3, expecting(2));
    }

    @Test
    void eachChainIsReadOnAsItself() throws Exception {
        followAnother("dave");
        ChannelMembership bob = join("bob", "channel passphrase");
        assertEquals(
                List.of("carol", "dave"),
                bench.guard.open(() -> bench.recognition.chains.of(bob.id()).stream()
                        .map(chain -> chain.entry.nickname())
                        .sorted()
                        .toList()));
        assertEquals(
                List.of("carol", "dave"),
                channels.list(Optional.of("bob")).get(0).senders().stream()
                        .sorted()
                        .toList());
    }

    @Test
    void whoHasNoNicknameIsNoSender() throws Exception {
        followAnother("");
        assertEquals(
                List.of("carol"), channels.list(Optional.of("alice")).get(0).senders());
    }

    @Test
    void whereOneChainCannotBeReadOnTheKeysOfTheOthersAreWiped() throws Exception {
        followAnother("dave");
        List<ReceiveChain> copies = new ArrayList<>();
        bench.put(Chains.class, (Chains) Proxy.newProxyInstance(
                Chains.class.getClassLoader(), new Class<?>[] {Chains.class}, (self, method, arguments) -> {
                    if (!method.getName().equals("decodeReceive")) {
                        return method.invoke(bench.chains, arguments);
                    }
                    if (!copies.isEmpty()) {
                        throw new IllegalStateException("a chain that cannot be read");
                    }
                    copies.add(bench.chains.decodeReceive((byte[]) arguments[0]));
                    return copies.get(0);
                }));
        assertThrows(IllegalStateException.class, () -> join("bob", "channel passphrase"));
        assertThrows(IllegalStateException.class, () -> copies.get(0).encode());
    }

    @Test
    void whoHasAnotherPassphraseGetsNoChainOfThoseWhoShareTheName() throws Exception {
        join("bob", "another passphrase");
        assertEquals(0, chains("bob"));
        assertEquals(1, expecting(2));
    }

    /** She stores the roots of yesterday and today. */
    @Test
    void aChainOfADayWhoseRootSheDoesNotKeepIsNotReadOn() throws Exception {
        bench.clock.pass(Duration.ofHours(47));
        join("bob", "channel passphrase");
        assertEquals(0, chains("bob"));
    }

    @Test
    void aChainOfYesterdayIsReadOn() throws Exception {
        bench.clock.pass(Duration.ofHours(23));
        join("bob", "channel passphrase");
        assertEquals(1, chains("bob"));
    }

    @Test
    void whatIsReadOnIsStoredForAfterARestart() throws Exception {
        ChannelMembership bob = join("bob", "channel passphrase");
        List<ReceiveChainRecord> stored = bench.guard.transact(
                tx -> Tables.read(tx.list(ReceiveChainRecord.TABLE, Keys.of(bob.id())), ReceiveChainRecord.class));
        assertEquals(1, stored.size());
        assertEquals(
                HexFormat.of().formatHex(session),
                HexFormat.of().formatHex(stored.get(0).session()));
        assertEquals("carol", stored.get(0).nickname());
        try (ReceiveChain chain = bench.chains.decodeReceive(stored.get(0).chain())) {
            assertEquals(1, chain.highest());
        }
    }

    @Test
    void nobodyWaitsForTheMessagesBeforeThoseThatAreReadOn() throws Exception {
        // Longer than this test waits for anything.
        bench.settings.reading(new ReadingSettings(true, Duration.ofHours(1), Duration.ofDays(14)));
        ChannelMembership bob = join("bob", "channel passphrase");
        int number = bench.guard.open(
                () -> bench.recognition.chains.of(bob.id()).get(0).entry.number());
        Messages.Event third = new Messages.Event(Optional.empty(), Optional.empty());
        bench.notices.events().arrived(number, 2, Optional.of(third));
        Eventually.that("it is told", () -> bench.events.contains(third));
    }

    /**
     * A packet that another persona opened is not opened again for her when it appears in a block; a packet that
     * another persona here has sent is.
     */
    @Test
    void aChainThatIsReadOnIsNotOpenedOnceMore() throws Exception {
        ChannelMembership bob = join("bob", "channel passphrase");
        bench.guard.transact(tx -> {
            assertFalse(SeenChains.opens(tx, bob.id(), today(), session));
            assertTrue(tx.contains(SeenLocators.TABLE, Keys.of(bob.id(), LOCATOR)));
            assertTrue(tx.contains(SeenLocators.TABLE, Keys.of(bob.id(), TOMORROWS_LOCATOR)), "clocks differ");
            assertFalse(tx.contains(SeenLocators.TABLE, Keys.of(bob.id(), OWN_LOCATOR)));
            return null;
        });
    }

    @Test
    void whoReadsIsToldOfAChannelThatWasJoinedAndSaysHowThatStands() throws Exception {
        join("bob", "channel passphrase");
        assertEquals(List.of(Network.REGTEST, Network.REGTEST), bench.reception.joined);
        assertEquals(1, expected.size(), "what matched nothing so far is looked at again");
        assertEquals(new Channels.Reading(1, Look.values()[0]), channels.reading(Optional.of("bob"), "lobby"));
    }

    @Test
    void whatWasSeenIsForgottenWithTheChannel() throws Exception {
        channels.leave(Optional.of("alice"), "lobby");
        bench.guard.transact(tx -> {
            for (String table : List.of(SeenChains.TABLE, SeenLocators.TABLE, ReceiveChainRecord.TABLE)) {
                assertEquals(0, tx.count(table), table);
            }
            return null;
        });
        assertEquals(0, expecting(2));
    }
}
