package org.partyline.itests.messaging;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.HandSetClock;

/** The network that a simulated talk is on: a node and a wallet for each person, and what happens to blocks. */
interface TalkNetwork {
    /** The time of all that is on it. */
    HandSetClock clock();

    /**
     * Gives a person a node and a wallet.
     *
     * @param outputs OP_RETURN outputs that a transaction may have
     */
    Seat seat(String person, int outputs) throws Exception;

    /** Lets time pass, for its nodes too. */
    void pass(Duration time) throws Exception;

    /** Returns once each node's mempool and blocks have been reported to those who watch it. */
    void deliver() throws Exception;

    /** Makes a block of all that waits. */
    void mine() throws Exception;

    /** Makes a block of an earlier version of something that waits. @param which decides of what, and which version */
    void mineOlder(int which) throws Exception;

    /**
     * Replaces the last blocks by others.
     *
     * @param keep whether the new blocks have the transactions of those that are gone
     */
    void reorganise(int blocks, boolean keep) throws Exception;

    /** Lets nodes forget what waits. */
    void evictAll() throws Exception;

    /** All that was handed to nodes, in order, each time. */
    List<byte[]> handed();

    /** What transactions that these wallets signed pay, of those that are in blocks now, in satoshi. */
    long paid(Collection<Seat> seats) throws Exception;

    /** A node, and a wallet at it. */
    interface Seat extends AutoCloseable {
        Transport transport();

        Wallet wallet();

        /** From now on nothing is handed to the node. */
        void cut();

        @Override
        void close();
    }
}
