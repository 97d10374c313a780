package org.partyline.api.transport;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;

/**
 * Manages the wallets of this server itself: words and keys are in its store, coins are found in blocks and mempools.
 * One for each network, each a {@link Wallet} service of its own while the server runs. A service; everything needs an
 * open store.
 */
@ProviderType
public interface LocalWallets {
    /** The name of the first wallet; those of other networks are called {@code local-NETWORK}. */
    String NAME = "local";

    /** Whether a wallet, or a node, has a name that is kept for the server's own wallets. */
    static boolean isName(String name) {
        return name.equals(NAME) || name.startsWith(NAME + "-");
    }

    /**
     * All of them.
     *
     * @throws WalletException when the store is locked
     */
    List<Progress> list() throws WalletException;

    /**
     * Makes a wallet with new keys.
     *
     * @param words 12, 15, 18, 21 or 24
     * @return the words, with spaces between (BIP39); the caller's to show once and to wipe
     * @throws WalletException when there is one on this network, or the store is locked
     */
    char[] create(Network network, int words) throws WalletException;

    /**
     * Makes a wallet with the keys of words, and looks for its coins.
     *
     * @param words with spaces between (BIP39), in English; the caller's to wipe
     * @param birthday when it was made: blocks before are not read; empty: all are
     * @throws WalletException when the words are wrong (which one, never what it is), there is a wallet on this network, or the
     *     store is locked
     */
    default void restore(Network network, char[] words, Optional<Instant> birthday) throws WalletException {
        restore(network, words, birthday, List.of());
    }

    /**
     * The same, for a server that has personas already.
     *
     * @param accounts that are looked for in any case; besides them those that have coins, and a few behind each
     */
    void restore(Network network, char[] words, Optional<Instant> birthday, List<String> accounts)
            throws WalletException;

    /**
     * The words of a wallet.
     *
     * @return the caller's to show once and to wipe
     * @throws WalletException when there is none, or the store is locked
     */
    char[] words(Network network) throws WalletException;

    /**
     * Reads the blocks again, for coins that were missed.
     *
     * @param since from which time on; empty: from the wallet's birthday
     * @throws WalletException when there is none, or the store is locked
     */
    void rescan(Network network, Optional<Instant> since) throws WalletException;

    /**
     * Keeps a note with an address of ours.
     *
     * @param label at most 80 characters; empty removes it
     * @throws WalletException when the address is not the wallet's, or the store is locked
     */
    void label(Network network, String address, String label) throws WalletException;

    /**
     * The notes, by address.
     *
     * @throws WalletException when there is no wallet, or the store is locked
     */
    Map<String, String> labels(Network network) throws WalletException;

    /**
     * How far a wallet has read the chain.
     *
     * @param name the wallet's
     * @param network its network
     * @param node by which it reads; empty when it waits for one
     * @param from the height that reading began at
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
