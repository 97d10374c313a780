package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.packet.Packets;
import org.partyline.api.settings.ReadingSettings;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.protocol.PlainLegacyReader;
import org.partyline.testkit.protocol.PlainSuite;

/** Messages of version 1 have no chain: they are distinguished only by their bytes (PROTOCOL 10). */
class LegacyReplayTest {
    private static final String KEY = "hunter2";

    private final ReceiveBench bench = new ReceiveBench();
    private final PlainLegacyReader reader = new PlainLegacyReader();
    private byte[] payload;

    @BeforeEach
    void aServerThatReadsVersionOne() throws Exception {
        bench.stage.put(LegacyReader.class, reader);
        bench.stage.suites.add(new PlainSuite(AeadId.AES_256_EAX));
        payload = reader.payload(
                key(KEY), "alice", "hello mempool", bench.clock.instant().getEpochSecond());
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static SecretBytes key(String of) {
        return SecretBytes.wrap(of.getBytes(StandardCharsets.UTF_8));
    }

    /** Joins a channel that has a version-1 key. */
    private void join(String channel, Network on, String key) throws Exception {
        ChannelMembership made = bench.join(channel);
        bench.stage.guard.open(() -> {
            MembershipRecord entry = made.toStore()
                    .with()
                    .network(on.code())
                    .root(new byte[32])
                    .legacyKey(key.getBytes(StandardCharsets.UTF_8))
                    .build();
            bench.stage.registry.remove(made);
            return bench.stage.guard.transact(tx -> {
                Tables.putSecret(tx, MembershipRecord.TABLE, Keys.of(entry.id()), Keys.of(entry.persona()), entry);
                int today = Days.of(bench.clock.instant());
                bench.stage.registry.add(new ChannelMembership(entry), today, today + 1);
                return null;
            });
        });
    }

    private void join(Network on) throws Exception {
        join("old times", on, KEY);
    }

    @Test
    void aReplayIsNotShownAgain() throws Exception {
        join(Network.REGTEST);
        bench.hear(payload);
        assertEquals(List.of("hello mempool"), bench.texts());
        MessageRecord shown = bench.stage.guard.transact(
                tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class).get(0));
        assertEquals("alice", shown.sender());
        assertTrue(shown.legacy());
        bench.hear(payload);
        // The defence must not depend on the packets that a server remembers in memory.
        bench.restart();
        bench.hear(payload);
        assertEquals(List.of("hello mempool"), bench.texts());
        bench.assertTold("hello mempool");
    }

    @Test
    void aReplayIsNotShownAgainAfterItsMessageWentAway() throws Exception {
        join(Network.REGTEST);
        bench.hear(payload);
        bench.clock.pass(Duration.ofDays(29));
        bench.stage.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        assertEquals(List.of(), bench.texts());
        bench.restart();
        bench.hear(payload);
        assertEquals(List.of(), bench.texts());
        bench.assertTold("hello mempool");
    }

    @Test
    void aChannelOnAnotherNetworkDoesNotReadIt() throws Exception {
        join(Network.SIGNET);
        join("another", Network.REGTEST, "another key");
        bench.hear(payload);
        assertEquals(List.of(), bench.texts());
    }

    @Test
    void everyChannelWithItsKeyReadsItOnce() throws Exception {
        join(Network.REGTEST);
        join("the same", Network.REGTEST, KEY);
        bench.hear(payload, payload);
        assertEquals(List.of("hello mempool", "hello mempool"), bench.texts());
        assertTrue(bench.stage.recognition.packets.wasOpened(PacketId.of(Network.REGTEST.code(), payload)));
    }

    @Test
    void whereVersionOneIsNotAllowedNothingIsShown() throws Exception {
        join(Network.REGTEST);
        bench.stage.settings.reading(new ReadingSettings(false, Duration.ofSeconds(10), Duration.ofDays(14)));
        bench.hear(payload);
        assertEquals(List.of(), bench.texts());
    }

    @Test
    void itIsReadWhenWhoReadsItComesLater() throws Exception {
        join(Network.REGTEST);
        bench.stage.stop(LegacyReader.class);
        bench.hear(payload);
        assertEquals(List.of(), bench.texts());
        bench.stage.put(LegacyReader.class, reader);
        bench.stage.bus.publish(new Bus.PartsReturned());
        bench.settle();
        assertEquals(List.of("hello mempool"), bench.texts());
    }

    @Test
    void itWaitsForItsCipherSuite() throws Exception {
        join(Network.REGTEST);
        bench.stage.suites.remove(AeadId.AES_256_EAX.name());
        bench.hear(payload);
        assertEquals(List.of(), bench.texts());
        bench.flush();
        assertEquals(1, bench.count(HeldPackets.PARKED));
        bench.stage.suites.add(new PlainSuite(AeadId.AES_256_EAX));
        bench.stage.bus.publish(new Bus.PartsReturned());
        bench.settle();
        assertEquals(List.of("hello mempool"), bench.texts());
        assertEquals(0, bench.count(HeldPackets.PARKED));
    }

    private List<String> notices() throws Exception {
        return bench.stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)).stream()
                .filter(MessageRecord::notice)
                .map(MessageRecord::text)
                .toList();
    }

    private void upkeep() throws Exception {
        StateParticipant state = StageBench.offered(bench.receive, StateParticipant.class);
        bench.stage.guard.open(() -> {
            state.expire();
            return null;
        });
        bench.settle();
    }

    /** Nothing else shows that it is missing. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itIsDroppedWithANoticeAfterADay(boolean withReader) throws Exception {
        join(Network.REGTEST);
        join("another network", Network.SIGNET, KEY);
        bench.join("a channel of version 2 only");
        if (withReader) {
            bench.stage.suites.remove(AeadId.AES_256_EAX.name());
        } else {
            bench.stage.stop(LegacyReader.class);
        }
        bench.hear(payload, copy(payload));
        bench.clock.pass(ReceiveChains.PATIENCE);
        upkeep();
        assertEquals(List.of(), notices());
        bench.clock.pass(Duration.ofSeconds(1));
        upkeep();
        assertEquals(List.of(ParkedUpkeep.LEGACY), notices());
        bench.flush();
        assertEquals(0, bench.count(HeldPackets.PARKED));
    }

    /** Fails at one payload, because of a defect. */
    private LegacyReader defective(byte[] payload) {
        return new LegacyReader() {
            @Override
            public SecretBytes key(KeyDerivation derivation, byte[] passphrase) {
                return reader.key(derivation, passphrase);
            }

            @Override
            public boolean isCandidate(byte[] any) {
                if (Arrays.equals(any, payload)) {
                    throw new IllegalStateException("a defect");
                }
                return reader.isCandidate(any);
            }

            @Override
            public Optional<LegacyMessage> open(byte[] any, SecretBytes key, AeadSuite eax) {
                return reader.open(any, key, eax);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"heard", "collected", "parked"})
    void aPacketThatCannotBeHandledLeavesANoticeAndHoldsUpNoOther(String how) throws Exception {
        join(Network.REGTEST);
        byte[] other = reader.payload(
                key(KEY), "alice", "another", bench.clock.instant().getEpochSecond());
        LegacyReader defective = defective(payload);
        if (how.equals("parked")) {
            bench.stage.stop(LegacyReader.class);
        } else {
            bench.stage.put(LegacyReader.class, defective);
        }
        if (how.equals("collected")) {
            bench.lock();
        }
        bench.hear(payload, other);
        if (how.equals("collected")) {
            bench.flush();
            bench.unlock();
            bench.settle();
        }
        if (how.equals("parked")) {
            bench.stage.put(LegacyReader.class, defective);
            bench.stage.bus.publish(new Bus.PartsReturned());
            bench.settle();
        }
        assertEquals(List.of(ParkedUpkeep.BROKEN), notices());
        assertTrue(bench.texts().contains("another"));
        bench.clock.pass(ReceiveChains.PATIENCE.plusSeconds(1));
        upkeep();
        bench.flush();
        assertEquals(0, bench.count(HeldPackets.PARKED));
    }

    @Test
    void whatNoChannelHereCanReadDoesNotWait() throws Exception {
        bench.stage.stop(LegacyReader.class);
        bench.join("a channel of version 2 only");
        bench.hear(payload);
        assertTrue(bench.stage.recognition.packets.wasHandled(PacketId.of(Network.REGTEST.code(), payload)));
        join(Network.SIGNET);
        bench.hear(copy(payload));
        bench.flush();
        assertEquals(0, bench.count(HeldPackets.PARKED), "without a channel that reads version 1 on its network");
    }

    @Test
    void anyOtherTextThatLooksLikeItIsNoneOfOurs() throws Exception {
        bench.stage.suites.remove(AeadId.AES_256_EAX.name());
        join(Network.REGTEST);
        byte[] text = ("{\"name\":\"" + "a".repeat(100) + "\"}").getBytes(StandardCharsets.UTF_8);
        bench.hear(text);
        bench.flush();
        assertEquals(0, bench.count(HeldPackets.PARKED));
        assertEquals(0, bench.count(HeldPackets.UNMATCHED));
        assertTrue(bench.stage.recognition.packets.wasHandled(PacketId.of(Network.REGTEST.code(), text)));
    }

    @Test
    void whatIsNoLongerAllowedDoesNotWait() throws Exception {
        join(Network.REGTEST);
        bench.stage.suites.remove(AeadId.AES_256_EAX.name());
        bench.hear(payload);
        bench.flush();
        assertEquals(1, bench.count(HeldPackets.PARKED));
        bench.stage.settings.reading(new ReadingSettings(false, Duration.ofSeconds(10), Duration.ofDays(14)));
        bench.stage.bus.publish(new Bus.PartsReturned());
        bench.settle();
        bench.flush();
        assertEquals(0, bench.count(HeldPackets.PARKED));
    }

    /** Returns the same message in other bytes. */
    private byte[] copy(byte[] of) {
        return (new String(of, StandardCharsets.UTF_8) + "!").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void packetsOfVersionTwoDoNotWaitForWhoReadsVersionOne() throws Exception {
        join(Network.REGTEST);
        bench.stage.stop(LegacyReader.class);
        byte[] stranger = new byte[80];
        stranger[0] = Packets.VERSION;
        bench.hear(stranger);
        assertEquals(1, bench.unmatched());
        bench.flush();
        assertEquals(0, bench.count(HeldPackets.PARKED));
    }
}
