package org.partyline.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Bech32mTest {
    /** The valid strings of BIP350 whose data is whole bytes. */
    @ParameterizedTest
    @CsvSource({
        "a, A1LQFN3A, ''",
        "a, a1lqfn3a, ''",
        "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber1,"
                + "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6, ''",
        "abcdef, abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx, ffbbcdeb38bdab49ca307b9ac5a928398a418820",
        "split, split1checkupstagehandshakeupstreamerranterredcaperredlc445v,"
                + "c5f38b70305f519bf66d85fb6cf03058f3dde463ecd7918f2dc743918f2d",
        "?, ?1v759aa, ''",
    })
    void theValidStringsOfBip350AreRead(String prefix, String text, String hex) {
        assertArrayEquals(HexFormat.of().parseHex(hex), Bech32m.decode(prefix, text));
        assertEquals(
                text.toLowerCase(Locale.ROOT),
                Bech32m.encode(prefix, HexFormat.of().parseHex(hex)));
    }

    /**
     * The first passes BIP350's checksum, but its 410 bits end in two ones; the others have padding of 5, 7 and 2 bits.
     */
    @ParameterizedTest
    @CsvSource({
        "1, 11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8",
        "a, a1qy52hkn",
        "a, a1qqqcmw5yr",
        "a, a1qpg8r8qs",
    })
    void dataThatIsNotWholeBytesIsRefused(String prefix, String text) {
        refused(prefix, text, "its padding is wrong");
    }

    /** The 90-character limit of BIP350 is not ours (PROTOCOL 6.1). */
    @Test
    void stringsLongerThanNinetyCharactersAreRead() {
        String prefix = "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber1";
        assertArrayEquals(new byte[0], Bech32m.decode(prefix, prefix + "1d6pts4"));
    }

    /** The invalid strings of BIP350, except the one that is too long. */
    @ParameterizedTest
    @CsvSource({
        "' ', ' 1xj0phk', it contains a space or a non-ASCII character",
        "'\u007f', '\u007f1g6xzxy', it contains a space or a non-ASCII character",
        "'\u0080', '\u00801vctc34', it contains a space or a non-ASCII character",
        "q, qyrz8wqd2c9m, it does not start with q1",
        "'', 1qyrz8wqd2c9m, it does not start with 1",
        "y, y1b0jsk6g, character 3 is not allowed",
        "lt, lt1igcx5c0, character 4 is not allowed",
        "in, in1muywd, it is too short",
        "mm, mm1crxm3i, character 9 is not allowed",
        "au, au1s5cgom, character 8 is not allowed",
        "m, M1VUXWEZ, 'its checksum is wrong: a character is missing or changed'",
        "'', 16plkw9, it does not start with 1",
        "'', 1p2gdwpf, it does not start with 1",
    })
    void theInvalidStringsOfBip350AreRefused(String prefix, String text, String why) {
        refused(prefix, text, why);
    }

    @ParameterizedTest
    @CsvSource({
        "plchan, a1lqfn3a, it does not start with plchan1",
        "plchan, '', it does not start with plchan1",
        "plchan, plcard1, it does not start with plchan1",
        "plchan, plchan1, it is too short",
        "a, A1lqfn3a, it mixes upper and lower case",
        "k, '\u212a1LQFN3A', it contains a space or a non-ASCII character",
        // BIP173's own bech32, which has another constant.
        "a, a12uel5l, 'its checksum is wrong: a character is missing or changed'",
    })
    void otherStringsAreRefused(String prefix, String text, String why) {
        refused(prefix, text, why);
    }

    @Test
    void everyRunOfBytesComesBackInEitherCase() {
        Random random = new Random(20260101);
        for (int length = 0; length < 200; length++) {
            byte[] data = new byte[length];
            random.nextBytes(data);
            String text = Bech32m.encode("plcard", data);
            assertArrayEquals(data, Bech32m.decode("plcard", text));
            assertArrayEquals(data, Bech32m.decode("plcard", text.toUpperCase(Locale.ROOT)));
        }
    }

    /** BIP173: up to four wrong characters are always detected within 90 characters; here, each single one. */
    @Test
    void everySingleWrongCharacterIsFound() {
        String text = Bech32m.encode("plchan", new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        for (int i = 7; i < text.length(); i++) {
            for (char c : "qpzry9x8gf2tvdw0s3jn54khce6mua7l".toCharArray()) {
                if (c != text.charAt(i)) {
                    String changed = text.substring(0, i) + c + text.substring(i + 1);
                    assertThrows(IllegalArgumentException.class, () -> Bech32m.decode("plchan", changed));
                }
            }
        }
    }

    /** PROTOCOL 3, channel "lobby" of the protocol's vectors. */
    @Test
    void anInviteOfTheProtocolsVectorsIsRead() {
        String invite = "plchan1qypszqcqqyqqqpz0ucg06gmdc7l9yvjhsj7vnfsc868kxmr0vf38jprnrvs";
        byte[] data = Bech32m.decode("plchan", invite);
        assertEquals(
                "0103010300010000044fe610fd236dc7be52325784bcc9a6183e8f636c6f626279",
                HexFormat.of().formatHex(data));
        assertEquals(invite, Bech32m.encode("plchan", data));
    }

    private static void refused(String prefix, String text, String why) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> Bech32m.decode(prefix, text));
        assertEquals(why, refusal.getMessage());
        if (text.length() > 12) {
            assertFalse(refusal.getMessage().contains(text), "a refusal does not repeat a secret");
        }
    }
}
