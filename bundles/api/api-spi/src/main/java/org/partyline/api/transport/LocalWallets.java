package org.partyline.api.transport;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;

/**
 * Manages the server's own wallets: words and keys are in its store, coins are found in blocks and mempools. One for
 * each network, each registered as a {@link Wallet} service while the server runs. A service; everything needs an open
 * store.
 */
@ProviderType
public interface LocalWallets {
    /** The name of the first wallet; those of other networks are called {@code local-NETWORK}. */
    String NAME = "local";

    /** Whether a name is reserved for the server's own wallets. */
    static boolean isName(String name) {
        return name.equals(NAME) || name.startsWith(NAME + "-");
    }

    /**
     * All of them.
     *
     * @throws WalletException if the store is locked
     */
    List<Progress> list() throws WalletException;

    /**
     * Creates a wallet with new keys.
     *
     * @param words 12, 15, 18, 21 or 24
     * @return the words, separated by spaces (BIP39); the caller shows them once and wipes them
     * @throws WalletException if there is one on this network, or the store is locked
     */
    char[] create(Network network, int words) throws WalletException;

    /**
     * Restores a wallet from words, and searches for its coins.
     *
     * @param words separated by spaces (BIP39), in English; the caller wipes it
     * @param birthday when it was created: earlier blocks are not read; empty: all are
     * @throws WalletException if the words are wrong (says which one, but does not repeat it), there is a wallet on
     *     this network, or the store is locked
     */
    default void restore(Network network, char[] words, Optional<Instant> birthday) throws WalletException {
        restore(network, words, birthday, List.of());
    }

    /**
     * The same for a server that already has personas.
     *
     * @param accounts accounts to search in any case, besides those that have coins and a few after each
     */
    void restore(Network network, char[] words, Optional<Instant> birthday, List<String> accounts)
            throws WalletException;

    /**
     * The words of a wallet.
     *
     * @return the caller shows them once and wipes them
     * @throws WalletException if there is none, or the store is locked
     */
    char[] words(Network network) throws WalletException;

    /**
     * Reads the blocks again, to find missed coins.
     *
     * @param since the start time; empty: the wallet's birthday
     * @throws WalletException if there is none, or the store is locked
     */
    void rescan(Network network, Optional<Instant> since) throws WalletException;

    /**
     * Stores a label for an address of ours.
     *
     * @param label at most 80 characters; empty removes it
     * @throws WalletException if the address is not the wallet's, or the store is locked
     */
    void label(Network network, String address, String label) throws WalletException;

    /**
     * The labels, by address.
     *
     * @throws WalletException if there is no wallet, or the store is locked
     */
    Map<String, String> labels(Network network) throws WalletException;

    /**
     * How far a wallet has read the chain.
     *
     * @param name the wallet's
     * @param network its network
     * @param node the node that it reads from; empty if it waits for one
     * @param from the height at which reading began
     * @param height the last block that was read; -1 before the first
     * @param tip the node's last block; -1 while it is not known
     */
    record Progress(String name, Network network, Optional<String> node, int from, int height, int tip) {
        /** Whether every block was read. */
        public boolean upToDate() {
            return tip >= 0 && height >= tip;
        }
    }
}
