package org.partyline.transportbitcoinj.wallet;

import java.util.Optional;
import org.bitcoinj.base.BitcoinNetwork;
import org.bitcoinj.base.ScriptType;
import org.bitcoinj.base.SegwitAddress;
import org.bitcoinj.base.exceptions.AddressFormatException;
import org.partyline.api.Network;

/** Encodes and decodes P2WPKH addresses (BIP173). */
final class Addresses {
    private Addresses() {}

    /** @param program the key hash, 20 bytes */
    static String of(Network network, byte[] program) {
        return SegwitAddress.fromProgram(library(network), 0, program).toBech32();
    }

    /** The key hash; empty if it is not such an address of this network. */
    static Optional<byte[]> program(Network network, String address) {
        try {
            SegwitAddress parsed = SegwitAddress.fromBech32(address, library(network));
            return parsed.getOutputScriptType() == ScriptType.P2WPKH
                    ? Optional.of(parsed.getWitnessProgram())
                    : Optional.empty();
        } catch (AddressFormatException e) {
            return Optional.empty();
        }
    }

    /** Testnet4 and signet use testnet3's address format. */
    private static BitcoinNetwork library(Network network) {
        return switch (network) {
            case MAINNET -> BitcoinNetwork.MAINNET;
            case REGTEST, EMBEDDED -> BitcoinNetwork.REGTEST;
            case TESTNET3, TESTNET4, SIGNET -> BitcoinNetwork.TESTNET;
        };
    }
}
