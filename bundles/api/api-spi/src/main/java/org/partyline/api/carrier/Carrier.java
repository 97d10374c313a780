package org.partyline.api.carrier;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.store.StoreException;

/**
 * Carries packets to the network's mempools. The server decides when a packet may leave, and tracks it; a carrier
 * decides how.
 *
 * <p>Called by one thread at a time, the sender's, unless a method says otherwise. A carrier keeps its state in the
 * store: it may be stopped after any call, and another instance continues.
 */
@ConsumerType
public interface Carrier {
    /**
     * Whether one transaction carries packets of several messages, so that its coins belong to no single message. Any
     * thread.
     */
    boolean isShared();

    /**
     * The price of a message's packets, in satoshi. Any thread.
     *
     * @param nodes nodes that are ready; at least one
     * @throws PartylineException if the price is unknown
     */
    long quote(Quote quote, List<CarrierNode> nodes) throws PartylineException;

    /**
     * Whether the next packet is paid from the change of a waiting transaction, so that no coin is needed. Any thread.
     *
     * @param persona the number of the persona that pays
     */
    default boolean paysFromChange(int persona, Network network) throws StoreException {
        return false;
    }

    /**
     * The price of a message's packets, in satoshi.
     *
     * @param fee the maximum that they add to the transactions that are running now
     * @param most the maximum that they may cost in the end, also if these are mined or lost without them
     * @param fromChange whether the first packet {@linkplain #paysFromChange needs no coin}
     */
    record Price(long fee, long most, boolean fromChange) {}

    /**
     * Combines {@link #quote} and {@link #paysFromChange}, for a carrier that would read the same data for both. Any
     * thread.
     */
    default Price price(Quote quote, List<CarrierNode> nodes) throws PartylineException {
        long fee = quote(quote, nodes);
        return new Price(fee, fee, paysFromChange(quote.persona(), quote.network()));
    }

    /**
     * Satoshi in the change that the carrier keeps for its next transaction, and frees when it is asked to {@link #end}
     * that. Any thread.
     *
     * @param persona the number of the persona that pays
     */
    default long change(int persona, Network network) throws StoreException {
        return 0;
    }

    /**
     * Ends a transaction that was to be replaced again, so that its change may pay for something else.
     *
     * @param persona the number of the persona that pays
     * @return whether it was ended; false if there is none, or it cannot end now
     */
    default boolean end(int persona, Network network, List<CarrierNode> nodes) throws PartylineException {
        return false;
    }

    /**
     * The maximum price of one more packet, in satoshi.
     *
     * @param persona the number of the persona that pays
     * @param bytes the packet's size
     */
    long most(int persona, Network network, int bytes, List<CarrierNode> nodes) throws PartylineException;

    /**
     * Whether the carrier itself tracks a packet that a node has accepted; otherwise the server does. @param index from
     * 0
     */
    default boolean looksAfter(CarriedMessage message, int index) throws StoreException {
        return false;
    }

    /**
     * Why a packet that the carrier {@linkplain #looksAfter tracks} is in no node's mempool any more; empty if it is in
     * one, or nothing prevents that.
     */
    default Optional<String> waitsFor(CarriedMessage message, int index) throws StoreException {
        return Optional.empty();
    }

    /** Whether a packet that must be sent again is included automatically in the next transaction. */
    default boolean takesAlong(CarriedMessage message, int index) throws PartylineException {
        return false;
    }

    /** Whether it is time to ask the nodes for a packet's transaction, and to hand it over again if none has it. */
    boolean isDue(CarriedMessage message, int index) throws StoreException;

    /**
     * Called if no node has a packet's transaction any more.
     *
     * @return whether the carrier has handled it; false: the same transaction is handed over again
     */
    default boolean isLost(CarriedMessage message, int index) throws StoreException {
        return false;
    }

    /**
     * Called before {@link #dispatch}: a packet that must wait for the carrier does not use up a slot.
     *
     * @throws LaterException says until when it waits, and why
     */
    default void awaitTurn(CarriedMessage message, int index) throws PartylineException {}

    /**
     * Pays for a packet and hands it to a node. The packet is due, and has its slot.
     *
     * @param nodes the nodes to hand it to, best first; at least one
     * @throws PartylineException says what the packet waits for; it is tried again
     */
    void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException;

    /** Hands over a packet that has been paid for, in the same transaction. */
    void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException;

    /**
     * Recalls a message that has left, as far as possible. The request to recall it is already stored.
     *
     * @param tally counts what was done; also filled if this fails
     */
    void recall(CarriedMessage message, List<CarrierNode> nodes, RecallTally tally) throws PartylineException;

    /** Whether some of a message that is being recalled is still in flight. */
    boolean isOnTheAir(CarriedMessage message) throws StoreException;

    /**
     * Continues with the stored state: after a start, after an unlock, or when the carrier returns. Events of the
     * meantime were not reported; {@link CarrierTransaction#trace} shows which transactions are in a block. Called
     * before anything else, and again until it succeeds.
     */
    default void takeUp() throws StoreException {}

    /** Does what is due by time. Called a few times a minute, and after each event. */
    default void tick() throws StoreException {}

    /** Called when a transaction that this or another carrier signed is in a block. */
    default void onMined(Network network, TxId transaction) throws StoreException {}

    /**
     * Called when a message's packets are moved to another message, with the same indexes. Any thread; part of the
     * server's transaction. If the carrier is unavailable, this is reported before {@link #takeUp}.
     */
    default void onRenamed(CarrierTransaction tx, long message, long other) throws StoreException {}
}
