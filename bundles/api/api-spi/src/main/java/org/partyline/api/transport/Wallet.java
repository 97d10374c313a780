package org.partyline.api.transport;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;

/**
 * Manages coins and their keys: funds, signs and replaces transactions. A service; thread-safe. Each persona has an
 * account; coins of two accounts are never used in the same transaction.
 */
@ConsumerType
public interface Wallet {
    /** Service property that holds {@link #name()}. */
    String NAME_PROPERTY = "partyline.wallet.name";
    /** The account of a server's first persona. */
    String DEFAULT_ACCOUNT = "";

    /** The wallet's name; a node's own wallet has the node's name. */
    String name();

    /** The network of its coins. */
    Network network();

    /**
     * Builds and signs a transaction with one OP_RETURN output for each payload, and change to a fresh address. Does
     * not broadcast it. Its inputs are reserved until {@link #release} or until they are spent.
     *
     * @param account letters, digits, hyphens; {@link #DEFAULT_ACCOUNT} for the first persona
     * @param payloads the data of the OP_RETURN outputs, whose order is kept
     * @param rate the fee rate
     * @throws InsufficientFundsException says how much is available and how much is needed
     * @throws NodeUnavailableException if the wallet belongs to a node that does not answer: nothing was reserved
     * @throws WalletException if the wallet is locked, or refuses for another reason
     */
    SignedTransaction pay(String account, List<byte[]> payloads, FeeRate rate)
            throws InsufficientFundsException, NodeUnavailableException, WalletException;

    /**
     * The maximum number of coins that {@link #pay} would spend now, including random choices, so that a quote is an
     * upper bound. Each additional coin adds {@link AccountStatus#COIN_VBYTES}.
     *
     * @param vsize virtual bytes of the transaction with one coin
     */
    default int mostCoins(String account, int vsize, FeeRate rate) throws NodeUnavailableException, WalletException {
        return Math.max(1, status(account).fewest(vsize, rate).size());
    }

    /**
     * Builds and signs a replacement for an unconfirmed transaction of this wallet: the same inputs, one OP_RETURN
     * output for each payload, change to the same script (at most one of them will be in the chain). Does not broadcast
     * it; reserves nothing more.
     *
     * @param account the account of the previous transaction
     * @param previous a result of {@link #pay} or of this method
     * @param payloads empty: a transaction without payloads
     * @param rule determines the exact fee for its size
     * @throws InsufficientFundsException if the change would be dust, {@code previous} has none, or the fee is more than
     *     the wallet allows: this coin is used up
     * @throws NodeUnavailableException if the wallet belongs to a node that does not answer
     * @throws WalletException if the wallet is locked, or cannot replace
     */
    default SignedTransaction replace(String account, SignedTransaction previous, List<byte[]> payloads, FeeRule rule)
            throws InsufficientFundsException, NodeUnavailableException, WalletException {
        throw new WalletException("wallet " + name() + " cannot replace transactions");
    }

    /**
     * Prevents {@link #pay} from spending the change of a transaction, or allows it again. Does nothing for a
     * transaction without change.
     *
     * @param held whether to prevent it
     */
    default void hold(String account, SignedTransaction transaction, boolean held) throws NodeUnavailableException {}

    /**
     * Reserves the inputs of a transaction that {@link #pay} made before a restart. Ignores inputs that are spent or
     * not ours.
     */
    void reserve(String account, SignedTransaction transaction) throws NodeUnavailableException;

    /**
     * Frees the inputs of a transaction that will not be sent, or not again. Someone may have seen it, so its addresses
     * stay used.
     */
    void release(String account, SignedTransaction transaction) throws NodeUnavailableException;

    /**
     * As {@link #release}, for a result of {@link #pay} that was never handed to anyone and never will be: the wallet
     * may use its change address for the next payment.
     */
    default void discard(String account, SignedTransaction transaction) throws NodeUnavailableException {
        release(account, transaction);
    }

    /**
     * Forgets a result of {@link #replace} that was never handed to anyone and never will be: the previous transaction
     * stands, and its inputs stay reserved. Does nothing if the wallet does not remember what it signs.
     */
    default void forget(String account, SignedTransaction replacement) {}

    /**
     * An address that was never shown before.
     *
     * @throws WalletException if the wallet refuses
     */
    String freshAddress(String account) throws NodeUnavailableException, WalletException;

    /** The balance and coins of an account. */
    AccountStatus status(String account) throws NodeUnavailableException, WalletException;
}
