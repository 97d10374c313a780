package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.settings.ReadingSettings;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.protocol.PlainDerivation;
import org.partyline.testkit.protocol.PlainLegacyReader;

/** The key of version 1 is kept with a channel only where that may be read. */
class LegacyKeyTest {
    private final StageBench bench = new StageBench();
    private final PlainDerivation pbkdf2 = new PlainDerivation(KdfId.PBKDF2_SHA256);
    private final PlainLegacyReader reader = new PlainLegacyReader();
    private Channels channels;

    @BeforeEach
    void aServerThatReadsVersionOne() {
        bench.put(LegacyReader.class, reader);
        bench.suites.add(pbkdf2);
        channels = StageBench.offered(bench.add(ChannelsStage::new), Channels.class);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private SecretBytes keyAfterJoining(KdfParameters kdf) throws Exception {
        channels.join(
                new Channels.Join(
                        Optional.empty(),
                        "old times",
                        Channels.Mode.RATCHET,
                        Optional.of(kdf),
                        Optional.of(Network.REGTEST)),
                "hunter2".toCharArray());
        return bench.memory().conversations.members().iterator().next().legacyKey;
    }

    private static KdfParameters likeVersionOne() {
        return new KdfParameters(KdfId.PBKDF2_SHA256, 0, 100_000, 0);
    }

    private void allow(boolean legacy) {
        bench.settings.reading(new ReadingSettings(legacy, Duration.ofSeconds(10), Duration.ofDays(14)));
    }

    @Test
    void itIsKeptWhereTheChannelIsDerivedAsVersionOneWas() throws Exception {
        SecretBytes key = keyAfterJoining(likeVersionOne());
        assertNotNull(key);
        assertEquals(reader.key(pbkdf2, "hunter2".getBytes(StandardCharsets.UTF_8)), key);
    }

    @Test
    void theKeyOfVersionOneIsNotKeptWhereItIsNotAllowed() throws Exception {
        allow(false);
        SecretBytes key = keyAfterJoining(likeVersionOne());
        allow(true);
        assertNull(key);
    }

    /** It would make guessing the passphrase cheaper for a thief of the open store. */
    @Test
    void itIsNotKeptWhereTheChannelIsDerivedAtAHigherCost() throws Exception {
        assertNull(keyAfterJoining(KdfParameters.ARGON2ID_DEFAULT));
    }

    @Test
    void withoutWhoReadsItThereIsNone() throws Exception {
        bench.stop(LegacyReader.class);
        assertNull(keyAfterJoining(likeVersionOne()));
    }
}
