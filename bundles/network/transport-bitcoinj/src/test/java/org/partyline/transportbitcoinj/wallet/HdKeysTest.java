package org.partyline.transportbitcoinj.wallet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.bitcoinj.base.BitcoinNetwork;
import org.bitcoinj.base.ScriptType;
import org.bitcoinj.crypto.ChildNumber;
import org.bitcoinj.crypto.DeterministicKey;
import org.bitcoinj.crypto.HDKeyDerivation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.transport.WalletException;

class HdKeysTest {
    /** BIP84's words: abandon … about. */
    private static final byte[] ENTROPY = new byte[16];

    @ParameterizedTest
    @CsvSource({
        "0,0,bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
        "0,1,bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g",
        "1,0,bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el"
    })
    void addressesAreTheOnesOfBip84(int chain, int index, String address) {
        DeterministicKey account = HdKeys.accountPublic(ENTROPY, Network.MAINNET, 0);

        byte[] program = HdKeys.program(account, chain, index);

        assertEquals(address, Addresses.of(Network.MAINNET, program));
        assertArrayEquals(program, Addresses.program(Network.MAINNET, address).orElseThrow());
    }

    @Test
    void theSigningKeyIsTheOneOfBip84() {
        assertEquals(
                "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c",
                HexFormat.of()
                        .formatHex(HdKeys.signing(ENTROPY, Network.MAINNET, new KeyRef(0, 0, 0))
                                .getPubKey()));
        assertEquals(
                "03025324888e429ab8e3dbaf1f7802648b9cd01e9b418485c5fa4c1b9b5700e1a6",
                HexFormat.of()
                        .formatHex(HdKeys.signing(ENTROPY, Network.MAINNET, new KeyRef(0, 1, 0))
                                .getPubKey()));
    }

    @Test
    void theLibraryDerivesTheKeysOfBip32() {
        DeterministicKey master =
                HDKeyDerivation.createMasterPrivateKey(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));

        assertEquals(
                "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
                master.serializePubB58(BitcoinNetwork.MAINNET, ScriptType.P2PKH));
        assertEquals(
                "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw",
                HDKeyDerivation.deriveChildKey(master, new ChildNumber(0, true))
                        .serializePubB58(BitcoinNetwork.MAINNET, ScriptType.P2PKH));
    }

    @Test
    void aPublicAccountKeyCannotSign() {
        assertFalse(HdKeys.accountPublic(ENTROPY, Network.REGTEST, 0).hasPrivKey());
        assertArrayEquals(
                HdKeys.signing(ENTROPY, Network.REGTEST, new KeyRef(3, 1, 17)).getPubKeyHash(),
                HdKeys.program(HdKeys.accountPublic(ENTROPY, Network.REGTEST, 3), 1, 17));
    }

    @Test
    void anAddressOfAnotherNetworkOrFormIsNone() {
        assertTrue(Addresses.program(Network.REGTEST, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu")
                .isEmpty());
        assertTrue(Addresses.program(Network.MAINNET, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyx")
                .isEmpty());
        assertTrue(Addresses.program(Network.MAINNET, "nonsense").isEmpty());
    }

    @ParameterizedTest
    @CsvSource(value = {"'',0", "p2,1", "p3,2", "p10000,9999"})
    void eachPersonaHasAnAccountOfItsOwn(String name, int number) throws WalletException {
        assertEquals(number, WalletAccounts.number(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"p0", "p1", "p10001", "p02", "alice", "P2", "p2 "})
    void otherAccountsAreRefused(String name) {
        assertThrows(WalletException.class, () -> WalletAccounts.number(name));
    }
}
