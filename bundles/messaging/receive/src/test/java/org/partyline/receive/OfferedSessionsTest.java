package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.TxId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.messaging.StageBench;

/** Offers of a session that arrive at an inbox, from anyone with the card. */
class OfferedSessionsTest {
    private final StageBench stage = new StageBench();
    private final ContactInbox inbox = new ContactInbox(StageBench.ALICE.id(), Network.REGTEST, false);
    /** The handshakes that were forwarded. */
    private final List<byte[]> offers = new ArrayList<>();
    /** When they arrived, in seconds. */
    private final List<Long> arrivals = new ArrayList<>();

    private int committed;
    /** Why handshakes are rejected; null if they are not. */
    private String refusal;

    private InboxPackets packets;

    @BeforeEach
    void expect() {
        HandshakeManager handshakes = (HandshakeManager) Proxy.newProxyInstance(
                HandshakeManager.class.getClassLoader(),
                new Class<?>[] {HandshakeManager.class},
                (self, method, arguments) -> {
                    offers.add((byte[]) arguments[3]);
                    arrivals.add((Long) arguments[5]);
                    ((AfterCommit) arguments[1]).then(() -> committed++);
                    if (refusal != null) {
                        throw new HandshakeRefusedException(refusal);
                    }
                    return null;
                });
        packets = new InboxPackets(
                stage.guard,
                stage.clock,
                stage.settings,
                stage.suites,
                stage.handshakes,
                stage.notices.security(),
                new PacketOpener(stage.codec, stage.suites),
                handshakes);
        stage.guard.lock();
        try {
            SecretBytes root = root();
            stage.recognition.beacons.add(inbox, stage.handshakes.inboxBeacon(root), root);
        } finally {
            stage.guard.unlock();
        }
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private SecretBytes root() {
        return stage.handshakes.inboxRoot(stage.keys().keys.inboxSecret(), Network.REGTEST);
    }

    /** Returns the packets of an offer, sealed by someone who has the card. */
    private List<byte[]> offer(byte[] body, String suiteName) throws PartylineException {
        AeadSuite suite = stage.suites.installed(suiteName).orElseThrow();
        Draft draft = new Draft(
                PacketType.HANDSHAKE_INIT,
                false,
                stage.clock.instant().getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                body,
                false);
        List<byte[]> sealed = new ArrayList<>();
        try (SecretBytes root = root();
                SecretBytes beacon = stage.handshakes.inboxBeacon(root)) {
            for (PlannedPacket planned : stage.fragmenter.plan(draft, PacketLabel.SEALED, 80, stage.random)) {
                byte[] locator = stage.channelKeys.newLocator(beacon, stage.random);
                try (SecretBytes secret = stage.handshakes.inboxPacketSecret(root, locator)) {
                    PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, Network.REGTEST);
                    sealed.add(stage.codec.seal(planned.content(), key, suite, planned.bucket()));
                }
            }
        }
        return sealed;
    }

    private void come(List<byte[]> sealed) throws PartylineException {
        for (byte[] packet : sealed) {
            stage.guard.<RecognitionResult, PartylineException>open(() -> packets.open(new IncomingPayload(
                    stage.recognition,
                    new Candidate(Network.REGTEST.code(), packet, new byte[32], null, stage.clock.millis(), "a"))));
        }
    }

    @Test
    void anOfferInPiecesIsHandedOnOnceItIsWhole() throws Exception {
        byte[] body = new byte[113];
        stage.random.nextBytes(body);
        List<byte[]> pieces = offer(body, "XCHACHA20_POLY1305");
        come(pieces.subList(1, pieces.size()));
        assertEquals(List.of(), offers);
        come(pieces);
        assertEquals(1, offers.size());
        assertArrayEquals(body, offers.get(0));
        come(pieces);
        assertEquals(1, offers.size(), "each packet is used once");
        assertEquals(List.of(), stage.audited);
    }

    @Test
    void anOfferThatIsRefusedIsAudited() throws Exception {
        refusal = "it was not made for this card";
        come(offer(new byte[113], "XCHACHA20_POLY1305"));
        assertEquals(List.of("handshake-refused"), stage.audited);
    }

    @Test
    void anOfferSealedWithADeniedSuiteIsRefusedAndAuditedOnce() throws Exception {
        stage.suites.deny("AES_256_GCM");
        List<byte[]> pieces = offer(new byte[113], "AES_256_GCM");
        come(pieces);
        assertEquals(List.of("handshake-refused"), stage.audited, "its pieces are one offer");
        assertEquals(List.of(), offers);
        stage.clock.pass(Duration.ofMinutes(2));
        stage.notices.security().flush();
        assertEquals(List.of("handshake-refused"), stage.audited, "none was left out that is counted");
        come(offer(new byte[113], "AES_256_GCM"));
        assertEquals(List.of("handshake-refused", "handshake-refused"), stage.audited);
    }

    @Test
    void whatASuiteSealedThatIsAwayIsNoRefusal() throws Exception {
        AeadSuite suite = stage.suites.installed("AES_256_GCM").orElseThrow();
        List<byte[]> pieces = offer(new byte[113], "AES_256_GCM");
        stage.suites.remove("AES_256_GCM");
        come(pieces);
        assertEquals(List.of(), stage.audited);
        stage.suites.add(suite);
        come(pieces);
        assertEquals(1, offers.size());
    }

    private RecognitionResult come(byte[] packet, BlockRef block) throws PartylineException {
        return stage.guard.open(() -> packets.open(new IncomingPayload(
                stage.recognition,
                new Candidate(
                        Network.REGTEST.code(), packet, new byte[32], block.encode(), stage.clock.millis(), "a"))));
    }

    private BlockRef block(Instant time) {
        return new BlockRef(1, TxId.ofBytes(new byte[TxId.LENGTH]), time);
    }

    /** A block's time may be up to two hours ahead: nobody gains by it. */
    @Test
    void anOfferCountsAsArrivedWithItsBlockButNeverInTheFuture() throws Exception {
        long now = stage.clock.instant().getEpochSecond();
        byte[] early = offer(new byte[8], "XCHACHA20_POLY1305").get(0);
        assertEquals(
                RecognitionResult.OPENED,
                come(early, block(stage.clock.instant().minusSeconds(60))));
        byte[] ahead = offer(new byte[8], "XCHACHA20_POLY1305").get(0);
        assertEquals(
                RecognitionResult.OPENED,
                come(ahead, block(stage.clock.instant().plusSeconds(60))));
        assertEquals(RecognitionResult.OPENED, come(ahead, block(stage.clock.instant())), "it is known");
        assertEquals(List.of(now - 60, now), arrivals);
        assertEquals(2, committed, "what follows an offer is done");
    }

    @Test
    void aPacketThatWaitedIsRemovedFromWhereItWasHeld() throws Exception {
        byte[] packet = offer(new byte[8], "XCHACHA20_POLY1305").get(0);
        byte[] id = PacketId.of(Network.REGTEST.code(), packet).hash();
        stage.guard.update(tx -> {
            tx.put(HeldPackets.UNMATCHED, id, Keys.ALL, packet, null);
            tx.put(HeldPackets.PARKED, id, Keys.ALL, packet, null);
        });
        come(List.of(packet));
        assertEquals(1, offers.size());
        assertEquals(0, stage.store.count(HeldPackets.UNMATCHED));
        assertEquals(0, stage.store.count(HeldPackets.PARKED));
    }

    @Test
    void aPacketOfAChannelIsNotForAnInbox() throws Exception {
        Speaker bob = new Speaker(stage, stage.join("lobby", Mode.OPEN));
        assertEquals(
                RecognitionResult.STRANGER,
                stage.guard.<RecognitionResult, PartylineException>open(() -> packets.open(new IncomingPayload(
                        stage.recognition,
                        new Candidate(
                                Network.REGTEST.code(), bob.sealed(bob.text("hello")), new byte[32], null, 0, "a")))));
    }

    @Test
    void anOfferThatWaitsForASuiteIsAuditedOnce() throws Exception {
        stage.suites.deny("AES_256_GCM");
        byte[] packet = offer(new byte[8], "AES_256_GCM").get(0);
        byte[] id = PacketId.of(Network.REGTEST.code(), packet).hash();
        stage.guard.update(tx -> tx.put(HeldPackets.PARKED, id, Keys.ALL, packet, null));
        come(List.of(packet));
        assertEquals(List.of(), stage.audited);
    }

    @Test
    void anEmptyFragmentIsNoOffer() throws Exception {
        CardHolder mallory = new CardHolder(stage);
        come(List.of(mallory.seal(mallory.piece(7, 0, 1, new byte[0]))));
        assertEquals(List.of(), offers);
        assertEquals(List.of(), stage.audited);
    }
}
