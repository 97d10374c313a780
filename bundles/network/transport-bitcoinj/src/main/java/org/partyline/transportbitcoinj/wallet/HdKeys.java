package org.partyline.transportbitcoinj.wallet;

import java.util.Arrays;
import org.bitcoinj.crypto.ChildNumber;
import org.bitcoinj.crypto.DeterministicKey;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.crypto.HDKeyDerivation;
import org.partyline.api.Network;

/** Derives keys by BIP84. */
final class HdKeys {
    private static final int PURPOSE = 84;

    private HdKeys() {}

    /** BIP44's coin type: 0 for mainnet, 1 for all others. */
    static int coin(Network network) {
        return network == Network.MAINNET ? 0 : 1;
    }

    /**
     * An account's public key, from which all its addresses are derived.
     *
     * @param entropy the caller wipes it
     */
    static DeterministicKey accountPublic(byte[] entropy, Network network, int account) {
        return account(entropy, network, account).dropPrivateBytes().dropParent();
    }

    /** The private key of a coin. @param entropy the caller wipes it */
    static ECKey signing(byte[] entropy, Network network, KeyRef ref) {
        DeterministicKey chain = HDKeyDerivation.deriveChildKey(account(entropy, network, ref.account()), ref.chain());
        return HDKeyDerivation.deriveChildKey(chain, ref.index());
    }

    /** The key hash of an address, 20 bytes. */
    static byte[] program(DeterministicKey accountPublic, int chain, int index) {
        return HDKeyDerivation.deriveChildKey(HDKeyDerivation.deriveChildKey(accountPublic, chain), index)
                .getPubKeyHash();
    }

    private static DeterministicKey account(byte[] entropy, Network network, int account) {
        byte[] seed = Mnemonic.seed(entropy);
        try {
            DeterministicKey master = HDKeyDerivation.createMasterPrivateKey(seed);
            DeterministicKey purpose = HDKeyDerivation.deriveChildKey(master, new ChildNumber(PURPOSE, true));
            DeterministicKey coin = HDKeyDerivation.deriveChildKey(purpose, new ChildNumber(coin(network), true));
            return HDKeyDerivation.deriveChildKey(coin, new ChildNumber(account, true));
        } finally {
            Arrays.fill(seed, (byte) 0);
        }
    }
}
