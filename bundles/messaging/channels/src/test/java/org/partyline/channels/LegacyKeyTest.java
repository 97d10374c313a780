package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/** The key of version 1 is stored with a channel only if version-1 messages may be read there. */
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
        channels.join(request(kdf), "hunter2".toCharArray());
        return bench.people.conversations.members().iterator().next().legacyKey;
    }

    private static Channels.Join request(KdfParameters kdf) {
        return new Channels.Join(
                Optional.empty(), "old times", Channels.Mode.RATCHET, Optional.of(kdf), Optional.of(Network.REGTEST));
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

    @Test
    void thePassphraseIsReadAsUtf8AndWiped() throws Exception {
        String passphrase = "\u007F\u0080\u07FF\u0800\uFFFF h\u00FCnter \u4F60\u597D \uD83D\uDC0E \uD83D!";
        List<byte[]> given = new ArrayList<>();
        List<byte[]> copies = new ArrayList<>();
        List<SecretBytes> keys = new ArrayList<>();
        bench.put(LegacyReader.class, (LegacyReader) Proxy.newProxyInstance(
                LegacyReader.class.getClassLoader(), new Class<?>[] {LegacyReader.class}, (self, method, arguments) -> {
                    given.add((byte[]) arguments[1]);
                    copies.add(((byte[]) arguments[1]).clone());
                    Object key = method.invoke(reader, arguments);
                    keys.add((SecretBytes) key);
                    return key;
                }));
        channels.join(request(likeVersionOne()), passphrase.toCharArray());

        assertEquals(1, given.size());
        assertArrayEquals(passphrase.getBytes(StandardCharsets.UTF_8), copies.get(0));
        assertArrayEquals(new byte[copies.get(0).length], given.get(0));
        assertThrows(IllegalStateException.class, () -> keys.get(0).expose());
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
