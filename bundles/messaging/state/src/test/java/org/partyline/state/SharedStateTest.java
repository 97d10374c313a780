package org.partyline.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.TxId;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.settings.ReadingSettings;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.ConversationEraser;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.SummaryRecord;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.ChainTable;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.UsedPositionRecord;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;

/** The data from which memory is built when a store is opened, or after a restart beside one that stayed open. */
class SharedStateTest {
    private final StageBench bench = new StageBench();
    private final SharedState shared = new SharedState(
            bench.people, bench.recognition, bench.clock, bench.channelKeys, bench.chains, bench.notices.events());
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void load() throws Exception {
        bench.forget();
        bench.guard.transact(tx -> {
            shared.load(tx);
            return null;
        });
    }

    private static byte[] packet(int first) {
        byte[] packet = new byte[80];
        packet[0] = Packets.VERSION;
        packet[1] = (byte) first;
        return packet;
    }

    private Candidate candidate(byte[] packet) {
        return Candidate.of(
                Network.REGTEST, packet, TxId.ofBytes(new byte[32]), Optional.empty(), bench.clock.instant(), "a");
    }

    @Test
    void channelsAreExpectedFromTheDayOfTheirRootToTomorrow() throws Exception {
        bench.clock.pass(Duration.ofDays(3));
        load();
        assertEquals("alice", bench.people.personas.name(StageBench.ALICE.id()));
        ChannelMembership member = bench.people.conversations.member(lobby.id());
        int today = Days.of(bench.clock.instant());
        assertEquals(today - 3, member.entry.rootDay());
        for (int day = today - 3; day <= today + 2; day++) {
            try (SecretBytes root = member.root(bench.channelKeys, day);
                    SecretBytes beacon = bench.channelKeys.beacon(root)) {
                byte[] sealed = ByteBuffer.allocate(80)
                        .put(Packets.VERSION)
                        .put(bench.channelKeys.newLocator(beacon, bench.random))
                        .array();
                Beacon found = bench.recognition.beacons.match(sealed);
                if (day <= today + 1) {
                    assertEquals(day, found.day);
                } else {
                    assertNull(found);
                }
            }
        }
    }

    @Test
    void aChainIsKnownBeforeTheNextMessageAndThatIsWaitedForNobodyBefore() throws Exception {
        // Longer than any wait of this test.
        bench.settings.reading(new ReadingSettings(true, Duration.ofHours(1), Duration.ofDays(14)));
        long hint;
        try (SecretBytes root = lobby.root(bench.channelKeys, Days.of(bench.clock.instant()));
                SecretBytes key = bench.chains.channelChainKey(new byte[NewChain.SEED_LENGTH], root, Network.REGTEST);
                ReceiveChain chain = bench.chains.receive(key, bench.clock.instant())) {
            chain.use(0, bench.clock.instant(), (at, next) -> {}, (at, gone) -> {});
            chain.use(1, bench.clock.instant(), (at, next) -> {}, (at, gone) -> {});
            long[] third = {0};
            chain.forEachExpected((at, next) -> third[0] = at == 2 ? next : third[0]);
            hint = third[0];
            bench.guard.transact(tx -> {
                ReceiveChainRecord entry = ReceiveChainRecordBuilder.builder()
                        .number(7)
                        .membership(lobby.id())
                        .kind(ChainKind.CHANNEL)
                        .session(bench.chains.sessionId(key))
                        .nickname("carol")
                        .build();
                ReceiveChains.putChain(tx, entry, chain);
                return null;
            });
        }
        load();
        assertEquals(1, bench.recognition.chains.of(lobby.id()).size());
        int far = expected();
        bench.recognition.chains.setFar(EnumSet.noneOf(Network.class));
        assertTrue(far > expected(), "nobody knows what was missed while nothing was read");
        int[] found = {0, 0};
        bench.recognition.chains.lookUp(hint, (chain, position) -> {
            found[0] = chain;
            found[1] = position;
        });
        assertEquals(7, found[0]);
        assertEquals(2, found[1]);
        Messages.Event third = new Messages.Event(Optional.empty(), Optional.empty());
        bench.notices.events().arrived(7, 2, Optional.of(third));
        Eventually.that("it is told", () -> bench.events.contains(third));
    }

    /** Returns how many packets are expected. */
    private int expected() {
        int[] count = {0};
        for (ReceiveChainState chain : bench.recognition.chains.all()) {
            chain.chain.forEachExpected((at, hint) -> count[0]++);
        }
        return count[0];
    }

    @Test
    void theStoredStateOfAChainIsWipedOnceItIsRead() throws Exception {
        try (SecretBytes key = SecretBytes.copyOf(new byte[32]);
                ReceiveChain chain = bench.chains.receive(key, bench.clock.instant())) {
            bench.guard.transact(tx -> {
                ReceiveChains.putChain(
                        tx,
                        ReceiveChainRecordBuilder.builder()
                                .number(7)
                                .membership(lobby.id())
                                .kind(ChainKind.CHANNEL)
                                .session(bench.chains.sessionId(key))
                                .nickname("carol")
                                .build(),
                        chain);
                return null;
            });
        }
        List<byte[]> read = new ArrayList<>();
        Chains watched = (Chains) Proxy.newProxyInstance(
                Chains.class.getClassLoader(), new Class<?>[] {Chains.class}, (self, method, arguments) -> {
                    if (method.getName().equals("decodeReceive")) {
                        read.add((byte[]) arguments[0]);
                    }
                    return method.invoke(bench.chains, arguments);
                });
        bench.forget();
        bench.guard.transact(tx -> {
            new SharedState(
                            bench.people,
                            bench.recognition,
                            bench.clock,
                            bench.channelKeys,
                            watched,
                            bench.notices.events())
                    .load(tx);
            return null;
        });
        assertEquals(1, read.size());
        assertArrayEquals(new byte[read.get(0).length], read.get(0));
    }

    @Test
    void packetsThatMatchedNothingAndThoseThatWaitAreRemembered() throws Exception {
        Candidate stranger = candidate(packet(1));
        Candidate waiting = candidate(packet(2));
        bench.guard.transact(tx -> {
            tx.put(HeldPackets.UNMATCHED, stranger.id().hash(), Keys.ALL, Cbor.write(stranger), null);
            tx.put(HeldPackets.PARKED, waiting.id().hash(), Keys.ALL, Cbor.write(waiting), null);
            return null;
        });
        load();
        assertTrue(bench.recognition.unmatched.contains(stranger.id()));
        assertEquals(1, bench.recognition.unmatched.size());
        assertTrue(bench.recognition.parked.contains(waiting.id()));
    }

    @Test
    void usedPositionsAreRemembered() throws Exception {
        Instant started = bench.clock.instant().truncatedTo(ChronoUnit.SECONDS);
        byte[] secret = new byte[32];
        secret[0] = 9;
        bench.guard.update(tx -> UsedPositionRecord.put(
                tx, lobby.id(), 5, new ChainTable.Used(7, started, SecretBytes.copyOf(secret), 3)));
        load();
        ChainTable.Used used = bench.recognition.chains.used(5);
        assertEquals(7, used.chain());
        assertEquals(started, used.started());
        assertArrayEquals(secret, used.secret().expose());
        assertEquals(3, used.signer());
    }

    /** Returns how many records are read until everything is loaded, with this many messages in the store. */
    private int recordsRead(int messages) throws Exception {
        bench.guard.transact(tx -> {
            for (int i = 0; i < messages; i++) {
                MessageRecords.add(tx, message(Tables.next(tx, "message"), candidate(packet(100 + i))));
            }
            return null;
        });
        AtomicInteger read = new AtomicInteger();
        bench.forget();
        bench.guard.transact(tx -> {
            shared.load(counting(tx, read));
            return null;
        });
        return read.get();
    }

    private static StoreTransaction counting(StoreTransaction tx, AtomicInteger read) {
        return (StoreTransaction) Proxy.newProxyInstance(
                StoreTransaction.class.getClassLoader(),
                new Class<?>[] {StoreTransaction.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("forEach")) {
                        tx.forEach((String) arguments[0], record -> read.incrementAndGet());
                    }
                    Object result = method.invoke(tx, arguments);
                    read.addAndGet(result instanceof List<?> records ? records.size() : 0);
                    return result;
                });
    }

    @Test
    void noMoreIsReadHoweverManyMessagesThereAre() throws Exception {
        int few = recordsRead(1);
        assertTrue(few > 0);
        assertEquals(few, recordsRead(200));
    }

    private MessageRecord message(long id, Candidate packet) {
        return MessageRecordBuilder.builder()
                .id(id)
                .membership(lobby.id())
                .sender("carol")
                .text("theirs")
                .chain(-1)
                .sequence(-1)
                .arrived(bench.clock.instant().toEpochMilli())
                .expires(bench.clock.instant().plusSeconds(60).toEpochMilli())
                .block(-1)
                .packets(List.of(packet.id().hash()))
                .transactions(List.of())
                .views(List.of())
                .locator("")
                .annotations(Annotations.NONE)
                .build();
    }

    @Test
    void nothingIsLeftOfWhichPacketsBroughtAMessageThatIsErasedNorOfItsSummary() throws Exception {
        Candidate read = candidate(packet(3));
        bench.guard.transact(tx -> {
            long id = Tables.next(tx, "message");
            MessageRecords.add(tx, message(id, read));
            assertEquals(1, tx.count(MessageRecords.PACKETS));
            assertTrue(MessageRecords.delete(tx, id));
            assertEquals(0, tx.count(MessageRecords.PACKETS));
            MessageRecords.add(tx, message(id, read));
            UsedPositionRecord.put(
                    tx, lobby.id(), 5, new ChainTable.Used(7, Instant.EPOCH, SecretBytes.copyOf(new byte[32]), 3));
            ConversationEraser.erase(tx, lobby.id());
            assertEquals(0, tx.count(UsedPositionRecord.TABLE));
            assertEquals(0, tx.count(MessageRecords.PACKETS));
            assertEquals(0, tx.count(SummaryRecord.TABLE));
            return null;
        });
    }

    @Test
    void contactsAreKnownAgain() throws Exception {
        ContactConversation bob = bench.know("bob", bench.identities.generate(bench.random));
        load();
        assertNotNull(bench.people.conversations.contact(bob.id()));
    }
}
