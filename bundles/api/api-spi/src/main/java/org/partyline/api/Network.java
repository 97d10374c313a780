package org.partyline.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The Bitcoin networks, with the byte that separates their keys (PROTOCOL 2.1). */
public enum Network {
    /** The main network: real money. */
    MAINNET(0, "bc", "main"),
    /** The third test network. */
    TESTNET3(1, "tb", "test"),
    /** The default signet. */
    SIGNET(2, "tb", "signet"),
    /** A private regression-test network. */
    REGTEST(3, "bcrt", "regtest"),
    /** The fourth test network. */
    TESTNET4(4, "tb", "testnet4"),
    /** The in-process network of {@code transport-embedded}. */
    EMBEDDED(5, "bcrt", "embedded");

    private final int code;
    private final String addressPrefix;
    private final String chainName;

    Network(int code, String addressPrefix, String chainName) {
        this.code = code;
        this.addressPrefix = addressPrefix;
        this.chainName = chainName;
    }

    /** The byte that represents the network in every derivation, 0 to 5. */
    public byte code() {
        return (byte) code;
    }

    /** The human-readable part of the network's segwit addresses (BIP173). */
    public String addressPrefix() {
        return addressPrefix;
    }

    /** The {@code chain} field of Bitcoin Core's {@code getblockchaininfo}. */
    public String chainName() {
        return chainName;
    }

    /** The name a user types, in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @param code the network byte; empty if no network has it */
    public static Optional<Network> ofCode(int code) {
        return Arrays.stream(values()).filter(n -> n.code == code).findFirst();
    }

    /** Whether it is a test network: its coins are worthless, and nobody watches it. */
    public boolean isPlay() {
        return this == REGTEST || this == EMBEDDED;
    }

    /** @param label a name as in {@link #label()}, in any case; empty if there is no such network */
    public static Optional<Network> ofLabel(String label) {
        return Arrays.stream(values())
                .filter(n -> n.name().equalsIgnoreCase(label))
                .findFirst();
    }
}
