package org.partyline.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Bech32m;
import org.partyline.api.Network;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.IdentityKeys;

class CardTextTest {
    private static final int FIXED_LENGTH = 82;

    private final CurveIdentities identities = new CurveIdentities();
    private final SeededRandom random = new SeededRandom(20260302);
    private final String text =
            Vectors.json("session.json").required("alice").required("card").asText();

    private ContactCard card(Network network, String nickname) {
        IdentityKeys keys = identities.generate(random);
        return new ContactCard(network, keys.identity(), keys.inboxSecret().expose(), nickname);
    }

    @Test
    void aCardComesBackAsItWent() {
        for (Network network : Network.values()) {
            for (String nickname : new String[] {"", "a", "bob", "Zoë ✓", "𝄞".repeat(8), "x".repeat(32)}) {
                ContactCard card = card(network, nickname);
                String encoded = identities.encode(card);
                assertTrue(encoded.startsWith("plcard1"));
                assertEquals(encoded.toLowerCase(Locale.ROOT), encoded);
                assertTrue(encoded.length() > 90, "longer than an address may be");
                for (String form : new String[] {encoded, encoded.toUpperCase(Locale.ROOT)}) {
                    ContactCard read = identities.decode(form);
                    assertEquals(network, read.network());
                    assertEquals(card.identity(), read.identity());
                    assertArrayEquals(card.inboxSecret(), read.inboxSecret());
                    assertEquals(nickname, read.nickname());
                }
            }
        }
    }

    @Test
    void aMixOfCasesIsRefused() {
        for (int i = 0; i < text.length(); i++) {
            char upper = Character.toUpperCase(text.charAt(i));
            if (upper != text.charAt(i)) {
                refused(text.substring(0, i) + upper + text.substring(i + 1), "mixes upper and lower case");
            }
        }
    }

    @Test
    void everyOtherCharacterInAnyPlaceIsNoticed() {
        for (int i = "plcard1".length(); i < text.length(); i++) {
            char other = text.charAt(i) == 'q' ? 'p' : 'q';
            refused(text.substring(0, i) + other + text.substring(i + 1), "checksum");
        }
    }

    @Test
    void aCardThatIsCutAnywhereIsRefused() {
        for (int length = 0; length < text.length(); length++) {
            refused(text.substring(0, length), "");
            refused(text.substring(text.length() - length), "");
        }
    }

    @Test
    void anotherPrefixIsRefused() {
        byte[] data = Bech32m.decode("plcard", text);
        refused(Bech32m.encode("plchan", data), "does not start with plcard1");
        refused(Bech32m.encode("plcar", data), "does not start with plcard1");
        refused("plchan" + text.substring("plcard".length()), "does not start with plcard1");
    }

    /** Every length of content: only 82 bytes plus a nickname of 0 to 32 bytes are valid. */
    @Test
    void contentOfAWrongLengthIsRefused() {
        byte[] data = Arrays.copyOf(Bech32m.decode("plcard", text), FIXED_LENGTH);
        for (int length = 0; length < 200; length++) {
            byte[] changed = Arrays.copyOf(data, length);
            if (length > FIXED_LENGTH) {
                Arrays.fill(changed, FIXED_LENGTH, length, (byte) 'n');
            }
            String encoded = Bech32m.encode("plcard", changed);
            if (length < FIXED_LENGTH) {
                refused(encoded, "too early");
            } else if (length > FIXED_LENGTH + 32) {
                refused(encoded, "32 bytes");
            } else {
                assertEquals(encoded, identities.encode(identities.decode(encoded)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 127, 128, 255})
    void anUnknownVersionIsRefused(int version) {
        refused(changed(0, version), "its version is " + version);
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 7, 127, 128, 255})
    void anUnknownNetworkIsRefused(int network) {
        refused(changed(1, network), "there is no network " + network);
    }

    @Test
    void keysThatNobodyCanUseAreRefused() {
        byte[] data = Bech32m.decode("plcard", text);
        byte[] noSigning = data.clone();
        Arrays.fill(noSigning, 2, 34, (byte) 0);
        refused(Bech32m.encode("plcard", noSigning), "signing key");
        byte[] noAgreement = data.clone();
        Arrays.fill(noAgreement, 34, 66, (byte) 0);
        refused(Bech32m.encode("plcard", noAgreement), "agreement key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c080", "eda080", "e28882ff", "e282", "0a", "00", "7f", "c285", "61c3"})
    void aNicknameThatIsNoTextIsRefused(String hex) {
        byte[] data = Bech32m.decode("plcard", text);
        byte[] nickname = Vectors.hex(hex);
        byte[] changed = Arrays.copyOf(data, FIXED_LENGTH + nickname.length);
        System.arraycopy(nickname, 0, changed, FIXED_LENGTH, nickname.length);
        refused(Bech32m.encode("plcard", changed), "nickname");
    }

    @Test
    void halfASurrogatePairIsNotWritten() {
        ContactCard card = card(Network.REGTEST, "a\ud834");
        assertThrows(IllegalArgumentException.class, () -> identities.encode(card));
    }

    @Test
    void aCardShowsNothingOfWhatItHolds() {
        assertEquals("ContactCard", identities.decode(text).toString());
    }

    private String changed(int position, int value) {
        byte[] data = Bech32m.decode("plcard", text);
        data[position] = (byte) value;
        return Bech32m.encode("plcard", data);
    }

    /** The message is one line that says why, and neither it nor its causes repeat the card. */
    private void refused(String card, String why) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> identities.decode(card));
        assertTrue(e.getMessage().startsWith("this is not a contact card: "), e.getMessage());
        assertTrue(e.getMessage().contains(why), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
        for (Throwable t = e; t != null; t = t.getCause()) {
            String message = String.valueOf(t.getMessage());
            assertFalse(message.contains("qyp5"), message);
            assertFalse(message.contains("2894aa87"), message);
            assertFalse(message.getBytes(StandardCharsets.UTF_8).length > 200, message);
        }
    }
}
