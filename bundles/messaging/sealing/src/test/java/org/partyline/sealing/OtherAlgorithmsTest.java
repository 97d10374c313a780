package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.Packets;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.testkit.protocol.PlainDerivation;
import org.partyline.testkit.protocol.PlainSuite;

/** Sealing with algorithms of other bundles, which stop and start. */
class OtherAlgorithmsTest {
    private static final KdfId ROUNDS = new KdfId(201, "ROUNDS");

    private final SealingBench bench = new SealingBench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** Opens a sealed packet as another member would. */
    private OpenedPacket open(ChannelMembership channel, byte[] packet, AeadSuite suite) throws Exception {
        byte[] locator = Arrays.copyOfRange(packet, 1, 1 + Packets.SEALED_LOCATOR);
        Instant now = bench.stage.clock.instant();
        try (SecretBytes root = bench.stage.recognition.beacons.root(channel, Days.of(now));
                SecretBytes secret = bench.stage.channelKeys.sealedSecret(
                        bench.stage.suites.argon2id(), channel.entry.parameters(), root, locator)) {
            return bench.stage.codec.open(
                    packet, new PacketKey(secret, PacketLabel.SEALED, locator, Network.REGTEST), suite, now);
        }
    }

    @Test
    void aMessageIsSealedWithTheSuiteThatIsPreferredNowWhateverItsCode() throws Exception {
        ChannelMembership channel = bench.stage.join("open", Mode.OPEN);
        bench.stage.suites.remove("XCHACHA20_POLY1305");
        bench.stage.suites.remove("AES_256_GCM");
        long id = bench.stage.queue(channel, "words");
        assertEquals(
                bench.stage.suites.whyNoneSeals(),
                assertThrows(MessageWaitsException.class, () -> bench.sealer.seal(id))
                        .getMessage());
        assertEquals(State.QUEUED, bench.now(id).state());
        AeadSuite wide = new PlainSuite(new AeadId(200, "WIDE_GCM", 16));
        bench.stage.suites.add(wide);
        OutgoingMessage sealed = bench.sealer.seal(id);
        assertEquals(
                "WIDE_GCM",
                open(channel, sealed.parts().get(0).packet(), wide).suite().name());
        bench.stage.suites.remove(wide);
        AeadSuite next = new PlainSuite(AeadId.AES_256_GCM);
        bench.stage.suites.add(next);
        OutgoingMessage other = bench.sealer.seal(bench.stage.queue(channel, "with the next one"));
        assertEquals(
                AeadId.AES_256_GCM,
                open(channel, other.parts().get(0).packet(), next).suite());
    }

    /** A reader may not have the bundle of the suite with which the chain began. */
    @Test
    void anotherSuiteBeginsAnotherChain() throws Exception {
        ChannelMembership channel = bench.stage.join("lobby", Mode.RATCHET);
        AeadSuite wide = new PlainSuite(new AeadId(200, "WIDE_GCM", 16));
        bench.stage.suites.remove("XCHACHA20_POLY1305");
        bench.stage.suites.remove("AES_256_GCM");
        bench.stage.suites.add(wide);
        assertTrue(bench.sealer.seal(bench.stage.queue(channel, "one")).opens());
        assertFalse(bench.sealer.seal(bench.stage.queue(channel, "two")).opens());
        bench.stage.suites.remove(wide);
        bench.stage.suites.add(new PlainSuite(AeadId.AES_256_GCM));
        assertTrue(bench.sealer.seal(bench.stage.queue(channel, "three")).opens());
    }

    /**
     * Even if its bundle is available, but the channel's parameters are outside its limits: nobody provides it for
     * these.
     */
    @Test
    void whatADerivationIsNotThereForWaitsForIt() throws Exception {
        ChannelMembership channel = bench.stage.join("den", Mode.OPEN);
        bench.stage.guard.open(() -> {
            channel.entry = channel.entry
                    .with()
                    .kdf(ROUNDS.code())
                    .kdfName(ROUNDS.name())
                    .timeCost(0)
                    .memory(0)
                    .parallelism(0)
                    .build();
            return null;
        });
        long id = bench.stage.queue(channel, "hello");
        assertWaits(id);
        // It requires a time cost of at least 1.
        bench.stage.suites.add(new PlainDerivation(ROUNDS));
        assertWaits(id);
        bench.stage.guard.open(() -> {
            channel.entry = channel.entry.with().timeCost(1).build();
            return null;
        });
        assertEquals(State.SEALED, bench.sealer.seal(id).state());
    }

    private void assertWaits(long id) {
        String reason = assertThrows(MessageWaitsException.class, () -> bench.sealer.seal(id))
                .getMessage();
        assertTrue(reason.contains("it waits for the key derivation ROUNDS"), reason);
    }
}
