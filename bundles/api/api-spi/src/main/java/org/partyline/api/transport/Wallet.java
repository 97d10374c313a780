package org.partyline.api.transport;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;

/**
 * Manages coins and their keys: funds, signs and replaces transactions. A service; thread-safe. Each persona has an
 * account; coins of two accounts never meet in a transaction.
 */
@ConsumerType
public interface Wallet {
    /** Service property that holds {@link #name()}. */
    String NAME_PROPERTY = "partyline.wallet.name";
    /** The account of a server's first persona. */
    String DEFAULT_ACCOUNT = "";

    /** The wallet's name; a node's own wallet has the node's name. */
    String name();

    /** The network its coins are on. */
    Network network();

    /**
     * Builds and signs a transaction whose outputs are one OP_RETURN for each payload, and change to a fresh address. Does
     * not broadcast it. Its inputs are reserved until {@link #release} or until they are spent.
     *
     * @param account letters, digits, hyphens; {@link #DEFAULT_ACCOUNT} for the first persona
     * @param payloads the data of the OP_RETURN outputs, in this order among themselves
     * @param rate what to pay
     * @throws InsufficientFundsException says what is there and what is needed
     * @throws NodeUnavailableException when the wallet is a node's and does not answer: nothing was reserved for sure
     * @throws WalletException when the wallet is locked, or refuses for a reason of its own
     */
    SignedTransaction pay(String account, List<byte[]> payloads, FeeRate rate)
            throws InsufficientFundsException, NodeUnavailableException, WalletException;

    /**
     * The most coins that {@link #pay} would spend now, whatever it leaves to chance: a quote is an upper bound. Each makes the transaction as large
     * as {@link AccountStatus#COIN_VBYTES} says.
     *
     * @param vsize virtual bytes of the transaction with one coin
     */
    default int mostCoins(String account, int vsize, FeeRate rate) throws NodeUnavailableException, WalletException {
        return Math.max(1, status(account).fewest(vsize, rate).size());
    }

    /**
     * Builds and signs a transaction that takes the place of an unconfirmed one of this wallet: the same inputs, one OP_RETURN
     * output for each payload, change to the same script (the chain will have one of them at most). Does not broadcast it;
     * reserves nothing more.
     *
     * @param account the one that made the other
     * @param previous made by {@link #pay} or by this
     * @param payloads empty: a transaction that carries nothing
     * @param rule what it pays: its fee is exactly this for its size
     * @throws InsufficientFundsException when the change would be dust, or {@code previous} has none: this coin is used up
     * @throws NodeUnavailableException when the wallet is a node's and does not answer
     * @throws WalletException when the wallet is locked, or cannot replace
     */
    default SignedTransaction replace(String account, SignedTransaction previous, List<byte[]> payloads, FeeRule rule)
            throws InsufficientFundsException, NodeUnavailableException, WalletException {
        throw new WalletException("wallet " + name() + " cannot replace transactions");
    }

    /**
     * Keeps the change of a transaction from being spent by {@link #pay}, or lets it be spent again. Does nothing for a
     * transaction without change.
     *
     * @param held whether it is kept
     */
    default void hold(String account, SignedTransaction transaction, boolean held) throws NodeUnavailableException {}

    /**
     * Reserves the inputs of a transaction that {@link #pay} made before a restart. Does nothing for inputs that are
     * spent, or not ours.
     */
    void reserve(String account, SignedTransaction transaction) throws NodeUnavailableException;

    /** Frees the inputs of a transaction that will not be sent, or not again. Someone may have seen it: its addresses stay used. */
    void release(String account, SignedTransaction transaction) throws NodeUnavailableException;

    /**
     * As {@link #release}, for a transaction of {@link #pay} that was never handed to anyone and never will be: the wallet may give
     * its change address to the next payment.
     */
    default void discard(String account, SignedTransaction transaction) throws NodeUnavailableException {
        release(account, transaction);
    }

    /**
     * An address that was never shown before.
     *
     * @throws WalletException when the wallet refuses
     */
    String freshAddress(String account) throws NodeUnavailableException, WalletException;

    /** Balance and coins of an account. */
    AccountStatus status(String account) throws NodeUnavailableException, WalletException;
}
