package org.partyline.api.carrier;

import java.time.Instant;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;

/** The server's services for one carrier. Thread-safe. */
@ProviderType
public interface CarrierContext {
    /** The time. */
    Instant now();

    /** What the operator has set. */
    CarrierRules rules();

    /** What transactions pay. */
    FeeRates fees();

    /** Funds and signs, and stores that. */
    Payments payments();

    /** Hands over to nodes what is stored. */
    Broadcasts broadcasts();

    /** Takes packets back that have transactions of their own. */
    Withdrawals withdrawals();

    /** What nodes say. */
    Propagation propagation();

    /** Whether a persona's packets on a network leave in slots of cover traffic: one in each, all alike. */
    boolean isCovered(int persona, Network network);

    /** The sizes that the packets of a message will have that is not sealed yet, in bytes; none where no node carries any. */
    List<Integer> likelySizes(long message) throws PartylineException;

    /**
     * Reads and changes messages and the carrier's records in one transaction of the store: all of it is on the disk when this returns, or,
     * when it throws, none. No call of a node or a wallet belongs in it.
     *
     * @throws StoreException when the store is locked, or the disk refuses
     */
    <T, X extends Exception> T transact(Work<T, X> work) throws X, StoreException;

    /** As {@link #transact}, for work that has no result. */
    default <X extends Exception> void update(Change<X> work) throws X, StoreException {
        this.<Boolean, X>transact(tx -> {
            work.run(tx);
            return true;
        });
    }

    /** A piece of work within one transaction. */
    @ConsumerType
    @FunctionalInterface
    interface Work<T, X extends Exception> {
        /** @param tx good until this returns */
        T run(CarrierTransaction tx) throws X, StoreException;
    }

    /** A piece of work without a result within one transaction. */
    @ConsumerType
    @FunctionalInterface
    interface Change<X extends Exception> {
        /** @param tx good until this returns */
        void run(CarrierTransaction tx) throws X, StoreException;
    }
}
