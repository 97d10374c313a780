package org.partyline.transportbitcoinj.wallet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.transport.WalletException;

class MnemonicTest {
    private static final HexFormat HEX = HexFormat.of();

    @ParameterizedTest
    @CsvSource({
        // BIP39's own vectors.
        "00000000000000000000000000000000,abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f,legal winner thank year wave sausage worth useful legal winner thank yellow",
        "80808080808080808080808080808080,letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
        "ffffffffffffffffffffffffffffffff,zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
        "000000000000000000000000000000000000000000000000,abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon agent",
        "9e885d952ad362caeb4efe34a8e91bd2,ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic",
        "68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c,hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
    })
    void wordsAndEntropyAreTheOnesOfBip39(String entropy, String words) throws WalletException {
        assertEquals(words, new String(Mnemonic.words(HEX.parseHex(entropy))));
        assertArrayEquals(HEX.parseHex(entropy), Mnemonic.entropy(words.toCharArray()));
    }

    @Test
    void theSeedIsTheOneOfBip39WithoutAPassphrase() {
        assertEquals(
                "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1"
                        + "9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4",
                HEX.formatHex(Mnemonic.seed(new byte[16])));
    }

    @Test
    void capitalsAndLineBreaksDoNotMatter() throws WalletException {
        assertArrayEquals(
                new byte[16],
                Mnemonic.entropy(
                        "Abandon abandon\nabandon  abandon abandon abandon abandon abandon abandon abandon ABANDON about\n"
                                .toCharArray()));
    }

    @Test
    void aWordThatIsNoneIsNamedByItsPlaceOnly() {
        WalletException refused = assertThrows(
                WalletException.class,
                () -> Mnemonic.entropy("zoo zoo zoo zoo zoo zoo zzoo zoo zoo zoo zoo wrong".toCharArray()));

        assertTrue(refused.getMessage().contains("word 7"), refused.getMessage());
        assertFalse(refused.getMessage().contains("zoo"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo",
                "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong zoo",
                "zoo zoo zoo",
                ""
            })
    void wordsThatDoNotBelongTogetherAreRefused(String words) {
        assertThrows(WalletException.class, () -> Mnemonic.entropy(words.toCharArray()));
    }
}
