package org.partyline.api.carrier;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.store.StoreException;

/**
 * Carries packets to the network's mempools. The server says when a packet may go, and follows it; a carrier knows how.
 *
 * <p>Called by one thread at a time, the sender's, but for what says otherwise. What it keeps it keeps in the store: it may be taken
 * away after any call, and another instance goes on.
 */
@ConsumerType
public interface Carrier {
    /** Whether one transaction carries packets of several messages: then its coins are no message's own. Any thread. */
    boolean isShared();

    /**
     * What a message's packets will cost, in satoshi. Any thread.
     *
     * @param nodes that are ready; one at least
     * @throws PartylineException when nobody can say
     */
    long quote(Quote quote, List<CarrierNode> nodes) throws PartylineException;

    /**
     * Whether the next packet is paid by the change of a transaction that waits, so that no coin is needed. Any thread.
     *
     * @param persona number of who pays
     */
    default boolean paysFromChange(int persona, Network network) throws StoreException {
        return false;
    }

    /** The price of a message's packets, in satoshi. @param fromChange whether the first of them {@linkplain #paysFromChange needs no coin} */
    record Price(long fee, boolean fromChange) {}

    /** {@link #quote} and {@link #paysFromChange} together, for a carrier that has to read the same for both. Any thread. */
    default Price price(Quote quote, List<CarrierNode> nodes) throws PartylineException {
        return new Price(quote(quote, nodes), paysFromChange(quote.persona(), quote.network()));
    }

    /**
     * Satoshi in the change that it keeps for its next transaction, and gives up when it is asked to {@link #end} that. Any thread.
     *
     * @param persona number of who pays
     */
    default long change(int persona, Network network) throws StoreException {
        return 0;
    }

    /**
     * Ends a transaction that others were to take the place of, so that its change may pay for something else.
     *
     * @param persona number of who pays
     * @return whether it has; false: there is none, or it cannot be now
     */
    default boolean end(int persona, Network network, List<CarrierNode> nodes) throws PartylineException {
        return false;
    }

    /**
     * The most that one more packet costs, in satoshi.
     *
     * @param persona number of who pays
     * @param bytes the packet's size
     */
    long most(int persona, Network network, int bytes, List<CarrierNode> nodes) throws PartylineException;

    /** Whether it looks itself after a packet that a node took; else that is followed for it. @param index from 0 */
    default boolean looksAfter(CarriedMessage message, int index) throws StoreException {
        return false;
    }

    /** Whether a packet that is to go once more does so by itself, with what leaves next. */
    default boolean takesAlong(CarriedMessage message, int index) throws PartylineException {
        return false;
    }

    /** Whether it is time to ask the nodes where a packet's transaction is, and to hand it over again where none has it. */
    boolean isDue(CarriedMessage message, int index) throws StoreException;

    /**
     * No node has a packet's transaction any more.
     *
     * @return whether that is dealt with; false: the same transaction is handed over again
     */
    default boolean isLost(CarriedMessage message, int index) throws StoreException {
        return false;
    }

    /**
     * Asked before {@link #dispatch}: a packet that has to wait for the carrier itself takes no slot meanwhile.
     *
     * @throws LaterException says until when, and for what
     */
    default void awaitTurn(CarriedMessage message, int index) throws PartylineException {}

    /**
     * Has a packet paid for, and hands it to a node. Its time has come, and it has its slot.
     *
     * @param nodes to hand it to, the best first; one at least
     * @throws PartylineException says what it waits for: it is tried again
     */
    void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException;

    /** Hands over a packet that was paid for before, in the same transaction. */
    void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException;

    /**
     * Takes a message back that has left, as far as that goes. That it is to be taken back is stored.
     *
     * @param tally what it took; also when it fails
     */
    void recall(CarriedMessage message, List<CarrierNode> nodes, RecallTally tally) throws PartylineException;

    /** Whether some of a message that is being taken back is still on its way. */
    boolean isOnTheAir(CarriedMessage message) throws StoreException;

    /**
     * Takes up what it has in the store: after a start, an unlock, or when it returns. What happened meanwhile it was not told of:
     * {@link CarrierTransaction#trace} knows which of its transactions are in a block. Called before anything else, and again until it
     * does not fail.
     */
    default void takeUp() throws StoreException {}

    /** What is due by time. A few times a minute, and whenever something happened. */
    default void tick() throws StoreException {}

    /** A transaction is in a block that was signed by this carrier, or by another. */
    default void onMined(Network network, TxId transaction) throws StoreException {}

    /**
     * Packets of a message are another one's from now on, the same parts of it. Any thread; part of the server's transaction. When the
     * carrier is unavailable it is told before {@link #takeUp}.
     */
    default void onRenamed(CarrierTransaction tx, long message, long other) throws StoreException {}
}
