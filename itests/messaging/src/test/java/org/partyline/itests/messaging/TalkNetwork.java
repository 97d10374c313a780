package org.partyline.itests.messaging;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.HandSetClock;

/** The network of a simulated conversation: a node and a wallet for each person, and control over blocks. */
interface TalkNetwork {
    /** Returns the common clock. */
    HandSetClock clock();

    /**
     * Gives a person a node and a wallet.
     *
     * @param outputs OP_RETURN outputs that a transaction may have
     */
    Seat seat(String person, int outputs) throws Exception;

    /** Advances the clock, also for its nodes. */
    void pass(Duration time) throws Exception;

    /** Returns once each node's mempool and blocks have been reported to its watchers. */
    void deliver() throws Exception;

    /** Mines all unconfirmed transactions. */
    void mine() throws Exception;

    /** Mines an earlier version of an unconfirmed transaction. @param which selects the transaction and the version */
    void mineOlder(int which) throws Exception;

    /**
     * Replaces the last blocks by others. @param keep whether the new blocks contain the transactions of the old ones
     *
     * @param keep whether the new blocks have the transactions of those that are gone
     */
    void reorganise(int blocks, boolean keep) throws Exception;

    /** Makes nodes drop their unconfirmed transactions. */
    void evictAll() throws Exception;

    /** Returns every transaction handed to a node, in order, once for each time. */
    List<byte[]> handed();

    /** Returns the fees of the confirmed transactions that these wallets signed, in satoshi. */
    long paid(Collection<Seat> seats) throws Exception;

    /** A node with a wallet. */
    interface Seat extends AutoCloseable {
        Transport transport();

        Wallet wallet();

        /** Accepts no transactions from now on. */
        void cut();

        /** Returns how often a server has begun to watch the node. */
        int watched();

        /** Loses the connection to the node, until {@link #find}. Not on real nodes. */
        default void lose() {
            throw new UnsupportedOperationException();
        }

        /** The connection is back. */
        default void find() {
            throw new UnsupportedOperationException();
        }

        @Override
        void close();
    }
}
