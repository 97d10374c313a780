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
    /** The present time. */
    Instant now();

    /** The operator's settings. */
    CarrierRules rules();

    /** The fee rates of transactions. */
    FeeRates fees();

    /** Funds, signs and stores transactions. */
    Payments payments();

    /** Hands stored transactions to nodes. */
    Broadcasts broadcasts();

    /** Recalls packets that have separate transactions. */
    Withdrawals withdrawals();

    /** Reports what nodes show. */
    Propagation propagation();

    /** Whether a persona's packets on a network leave in slots of cover traffic: one in each, all alike. */
    boolean isCovered(int persona, Network network);

    /** The likely sizes of the packets of a message that is not sealed yet, in bytes; empty if no node relays any. */
    List<Integer> likelySizes(long message) throws PartylineException;

    /**
     * Reads and changes messages and the carrier's records in one transaction of the store: all changes are on the disk
     * when this returns, or none if it throws. Do not call a node or a wallet in it.
     *
     * @throws StoreException if the store is locked, or the disk fails
     */
    <T, X extends Exception> T transact(Work<T, X> work) throws X, StoreException;

    /** As {@link #transact}, for work that has no result. */
    default <X extends Exception> void update(Change<X> work) throws X, StoreException {
        this.<Boolean, X>transact(tx -> {
            work.run(tx);
            return true;
        });
    }

    /** Work within one transaction. */
    @ConsumerType
    @FunctionalInterface
    interface Work<T, X extends Exception> {
        /** @param tx valid until this returns */
        T run(CarrierTransaction tx) throws X, StoreException;
    }

    /** Work without a result within one transaction. */
    @ConsumerType
    @FunctionalInterface
    interface Change<X extends Exception> {
        /** @param tx valid until this returns */
        void run(CarrierTransaction tx) throws X, StoreException;
    }
}
