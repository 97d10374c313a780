package org.partyline.api.cover;

import java.security.SecureRandom;
import java.time.Instant;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;

/** The server's services for cover traffic. Thread-safe. Not usable after cover traffic was closed. */
@ProviderType
public interface CoverContext {
    /** The present time. */
    Instant now();

    /** The source of all randomness. */
    SecureRandom random();

    /** Whether a node of a network is ready. */
    boolean isReady(Network network);

    /** Whether coins of a network may be spent. */
    boolean isAccepted(Network network);

    /**
     * Refuses to begin something that costs real money before the operator has accepted that once.
     *
     * @throws PartylineException says how to accept it
     */
    void requireAccepted(Network network) throws PartylineException;

    /** The largest packet that may leave, in bytes; 0 if none. */
    int maxPacket(Network network);

    /**
     * The maximum price of a persona's next packet with the configured carrier, in satoshi; 0 if unknown. Asks a node,
     * so do not call it in a transaction.
     */
    long most(int persona, Network network) throws StoreException;

    /** Reports that a plan changed, so that the sender checks it at once. */
    void changed();

    /**
     * Records a security event.
     *
     * @param event its name, of lower-case letters and hyphens
     * @param detail no names, no secrets: it is stored in clear
     */
    void audit(String event, String detail);

    /**
     * Reads and changes records in one transaction of the store: all changes are on the disk when this returns, or none
     * if it throws. Do not call a node in it.
     *
     * @throws StoreException if the store is locked, the disk fails, or cover traffic was closed
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
        T run(CoverTransaction tx) throws X, StoreException;
    }

    /** Work without a result within one transaction. */
    @ConsumerType
    @FunctionalInterface
    interface Change<X extends Exception> {
        /** @param tx valid until this returns */
        void run(CoverTransaction tx) throws X, StoreException;
    }
}
