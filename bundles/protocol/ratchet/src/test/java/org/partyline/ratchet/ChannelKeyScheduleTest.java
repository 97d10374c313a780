package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.Bech32m;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.ratchet.BeaconTable;
import org.partyline.api.ratchet.Invite;

class ChannelKeyScheduleTest {
    private static final byte[] SALT = new byte[16];

    private final ChannelKeySchedule keys = new ChannelKeySchedule();

    @Test
    void aNameIsTheSameHoweverItsAccentsAreTyped() {
        assertArrayEquals(keys.salt(Network.REGTEST, "caf\u00e9"), keys.salt(Network.REGTEST, "cafe\u0301"));
        assertFalse(Arrays.equals(keys.salt(Network.REGTEST, "cafe"), keys.salt(Network.REGTEST, "caf\u00e9")));
        assertFalse(Arrays.equals(keys.salt(Network.REGTEST, "cafe"), keys.salt(Network.MAINNET, "cafe")));
    }

    @Test
    void aPassphraseIsTheSameHoweverItsAccentsAreTyped() {
        assertArrayEquals(secretOf("p\u00e4ss \u2713"), secretOf("pa\u0308ss \u2713"));
        assertArrayEquals("p\u00e4ss \u2713".getBytes(StandardCharsets.UTF_8), secretOf("pa\u0308ss \u2713"));
        assertArrayEquals("na\u00efve".getBytes(StandardCharsets.UTF_8), secretOf("na\u00efve"));
        assertArrayEquals("\ud83d\ude00".getBytes(StandardCharsets.UTF_8), secretOf("\ud83d\ude00"));
        assertArrayEquals("\u00e9".getBytes(StandardCharsets.UTF_8), secretOf("e\u0301"));
        assertArrayEquals("\u00e8".getBytes(StandardCharsets.UTF_8), secretOf("e\u0300"));
    }

    @Test
    void aPassphraseThatIsEmptyOrNotUnicodeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> secretOf(""));
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> secretOf("half a \ud83d pair"));
        assertFalse(refusal.getMessage().contains("half a \ud83d"));
    }

    @Test
    void thePassphraseIsLeftToItsOwnerAndTheCopyIsWiped() {
        char[] passphrase = "correct horse".toCharArray();
        byte[][] seen = new byte[1][];
        KeyDerivation keeping = derivation(secret -> seen[0] = secret);
        keys.startingRoot(keeping, KdfParameters.ARGON2ID_DEFAULT, SALT, passphrase);
        assertEquals("correct horse", new String(passphrase));
        assertArrayEquals(new byte["correct horse".length()], seen[0]);
    }

    @Test
    void parametersOfAnotherDerivationAreRefused() {
        KeyDerivation argon2 = derivation(secret -> {
            throw new AssertionError("the derivation was asked");
        });
        SecretBytes root = SecretBytes.wrap(new byte[32]);
        assertThrows(
                IllegalArgumentException.class,
                () -> keys.startingRoot(argon2, KdfParameters.PBKDF2_DEFAULT, SALT, new char[] {'x'}));
        assertThrows(
                IllegalArgumentException.class,
                () -> keys.sealedSecret(argon2, KdfParameters.PBKDF2_DEFAULT, root, new byte[16]));
        assertThrows(
                IllegalArgumentException.class,
                () -> keys.sealedSecret(argon2, KdfParameters.ARGON2ID_DEFAULT, root, new byte[8]));
    }

    @Test
    void daysAddUpAndNoneIsACopy() {
        SecretBytes root = SecretBytes.wrap(new byte[32]);
        SecretBytes same = keys.advance(root, 0);
        assertEquals(root, same);
        same.close();
        assertEquals(32, root.expose().length);
        assertEquals(keys.advance(root, 7), keys.advance(keys.advance(root, 3), 4));
        assertNotEquals(keys.advance(root, 1), keys.advance(root, 2));
        assertThrows(IllegalArgumentException.class, () -> keys.advance(root, -1));
    }

    @Test
    void aFreshLocatorIsKnownByItsBeaconOnly() {
        SecureRandom random = new SecureRandom();
        SecretBytes mine = SecretBytes.wrap(new byte[32]);
        byte[] other = new byte[32];
        other[0] = 1;
        byte[] locator = keys.newLocator(mine, random);
        byte[] packet = new byte[64];
        packet[0] = 2;
        System.arraycopy(locator, 0, packet, 1, 16);
        BeaconTable table = new MidstateBeaconTable();
        table.add(1, SecretBytes.wrap(other));
        assertEquals(-1, table.match(packet));
        table.add(2, mine);
        assertEquals(2, table.match(packet));
        assertFalse(Arrays.equals(locator, keys.newLocator(mine, random)));
    }

    @Test
    void aNameInAnInviteIsBroughtToItsNormalForm() {
        Invite typed = new Invite(Network.REGTEST, KdfParameters.ARGON2ID_DEFAULT, 1, SALT, "cafe\u0301");
        assertEquals("caf\u00e9", keys.decodeInvite(keys.encode(typed)).name());
        byte[] data = Bech32m.decode("plchan", keys.encode(typed));
        byte[] decomposed = new byte[data.length + 1];
        System.arraycopy(data, 0, decomposed, 0, 28);
        System.arraycopy("cafe\u0301".getBytes(StandardCharsets.UTF_8), 0, decomposed, 28, 6);
        assertEquals(
                "caf\u00e9",
                keys.decodeInvite(Bech32m.encode("plchan", decomposed)).name());
    }

    /** The normal form of U+0958 is two characters. */
    @Test
    void aNamesNormalFormHasAtMostSixtyFourBytes() {
        String longest = "\u0958".repeat(10) + "abcd";
        String read = keys.decodeInvite(keys.encode(named(longest))).name();
        assertEquals(64, read.getBytes(StandardCharsets.UTF_8).length);
        Invite tooLong = named(longest + "e");
        assertThrows(IllegalArgumentException.class, () -> keys.encode(tooLong));
    }

    private static Invite named(String name) {
        return new Invite(Network.REGTEST, KdfParameters.ARGON2ID_DEFAULT, 1, SALT, name);
    }

    @Test
    void aDerivationOfAnotherBundleIsReadByItsCode() {
        KdfId balloon = new KdfId(200, "BALLOON");
        Invite invite = new Invite(Network.REGTEST, new KdfParameters(balloon, 3, 65_536, 4), 1, SALT, "lobby");
        String text = keys.encode(invite);
        assertEquals(
                balloon,
                keys.decodeInvite(text, code -> code == 200 ? Optional.of(balloon) : Optional.empty())
                        .kdf()
                        .id());
        assertThrows(IllegalArgumentException.class, () -> keys.decodeInvite(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00 03 01 03 00010000 04 4fe6 10 00000000000000000000000000000000 61 | its version is 0, but "
                        + "only 1 is known",
                "01 06 01 03 00010000 04 4fe6 10 00000000000000000000000000000000 61 | there is no network 6",
                "01 03 04 03 00010000 04 4fe6 10 00000000000000000000000000000000 61 | there is no key derivation 4",
                "01 03 01 03 00010000 04 4fe6 0f 000000000000000000000000000000 61 | a channel's salt has 16 to 32 bytes, not 15",
                "01 03 01 03 00010000 04 4fe6 21 000000000000000000000000000000000000000000000000000000000000000000 61 | a channel's salt has 16 to 32 bytes, not 33",
                "01 03 01 03 00010000 04 4fe6 20 00000000000000000000000000000000 61 | it ends too early",
                "01 03 01 03 00010000 04 4fe6 10 00000000000000000000000000000000 ff | its name is not UTF-8",
                "01 03 01 03 00010000 04 4fe6 10 00000000000000000000000000000000 E385A4 | a channel's name "
                        + "must have 1 to 64 bytes of UTF-8, without control or invisible characters or surrounding "
                        + "spaces",
                "01 03 01 03 00010000 04 4fe6 10 00000000000000000000000000000000 07 | a channel's name must "
                        + "have 1 to 64 bytes of UTF-8, without control or invisible characters or surrounding spaces",
                "01 03 01 03 00010000 04 4fe6 10 00000000000000000000000000000000 | a channel's name must "
                        + "have 1 to 64 bytes of UTF-8, without control or invisible characters or surrounding spaces",
                "01 03 01 | it ends too early"
            })
    void anInviteThatIsWrongIsRefusedInOneLine(String hex, String why) {
        String text = Bech32m.encode("plchan", Vectors.hex(hex.replace(" ", "")));
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> keys.decodeInvite(text));
        assertEquals("this is not a channel invite: " + why, refusal.getMessage());
    }

    /** The author of the invite may be an attacker. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "01 01 00002000 04 | ARGON2ID: time cost times memory in KiB must be 36864 to 2097152, not 1 times 8192",
                "01 03 00000400 04 | ARGON2ID: memory in KiB must be 8192 to 1048576, not 1024",
                "01 00 00010000 04 | ARGON2ID: time cost must be 1 to 255, not 0",
                "01 03 80000000 04 | ARGON2ID: memory in KiB must be 8192 to 1048576, not 2147483648",
                "01 03 7fffffff 04 | ARGON2ID: memory in KiB must be 8192 to 1048576, not 2147483647",
                "01 ff 00010000 04 | ARGON2ID: time cost times memory in KiB must be 36864 to 2097152, not 255 times 65536",
                "02 00 000003e8 00 | PBKDF2_SHA256: iterations (memory) must be 100000 to 10000000, not 1000",
                "02 00 ffffffff 00 | PBKDF2_SHA256: iterations (memory) must be 100000 to 10000000, not 4294967295",
                "03 08 00000400 01 | SCRYPT: N (memory) must be 8192 to 8388608, not 1024",
                "03 08 00200000 01 | SCRYPT: N (memory) times r (time cost) times p (parallelism) must be 262144 to 8388608"
            })
    void anInviteWithADerivationOutsideTheLimitsIsRefused(String hex, String why) {
        String text = Bech32m.encode(
                "plchan", Vectors.hex(("01 03" + hex + "4fe6 10" + "00".repeat(16) + "61").replace(" ", "")));
        KdfLimitsException refusal = assertThrows(KdfLimitsException.class, () -> keys.decodeInvite(text));
        assertTrue(refusal.getMessage().startsWith("key derivation " + why), refusal.getMessage());
    }

    @Test
    void aTextThatIsNoInviteIsRefused() {
        String invite = keys.encode(new Invite(Network.REGTEST, KdfParameters.ARGON2ID_DEFAULT, 1, SALT, "lobby"));
        String card = "plcard" + invite.substring("plchan".length());
        String typo = invite.substring(0, invite.length() - 1) + (invite.endsWith("q") ? 'p' : 'q');
        for (String text :
                new String[] {"", "hello", card, typo, invite.replaceFirst("plchan", "PLCHAN"), invite + "q"}) {
            IllegalArgumentException refusal =
                    assertThrows(IllegalArgumentException.class, () -> keys.decodeInvite(text));
            assertTrue(refusal.getMessage().startsWith("this is not a channel invite: "));
        }
    }

    private byte[] secretOf(String passphrase) {
        byte[][] seen = new byte[1][];
        keys.startingRoot(
                derivation(secret -> seen[0] = secret.clone()),
                KdfParameters.ARGON2ID_DEFAULT,
                SALT,
                passphrase.toCharArray());
        return seen[0];
    }

    private static KeyDerivation derivation(Consumer<byte[]> watcher) {
        return new KeyDerivation() {
            @Override
            public KdfId id() {
                return KdfId.ARGON2ID;
            }

            @Override
            public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
                watcher.accept(secret);
                return SecretBytes.wrap(new byte[length]);
            }
        };
    }
}
