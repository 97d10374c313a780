package org.partyline.api.cover;

import java.security.SecureRandom;
import java.time.Instant;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;

/** The server's services for cover traffic. Thread-safe. Of no use any more once that was closed. */
@ProviderType
public interface CoverContext {
    /** The time. */
    Instant now();

    /** All randomness comes from here. */
    SecureRandom random();

    /** Whether a node of a network is ready. */
    boolean isReady(Network network);

    /** Whether coins of a network may be spent. */
    boolean isAccepted(Network network);

    /**
     * Refuses to begin something that costs real money before it was said once that this is known.
     *
     * @throws PartylineException says how to say it
     */
    void requireAccepted(Network network) throws PartylineException;

    /** The largest packet that may leave, in bytes; 0: none. */
    int maxPacket(Network network);

    /**
     * What a persona's next packet costs at most by the carrier that is set, in satoshi; 0 where nobody knows. Asks a node: never in a
     * transaction.
     */
    long most(int persona, Network network) throws StoreException;

    /** A plan was changed: the sender looks at once. */
    void changed();

    /**
     * Records a security event.
     *
     * @param event its name, of lower-case letters and hyphens
     * @param detail no names, no secrets: it is kept in clear
     */
    void audit(String event, String detail);

    /**
     * Reads and changes records in one transaction of the store: all of it is on the disk when this returns, or, when it throws, none. No
     * call of a node belongs in it.
     *
     * @throws StoreException when the store is locked, the disk refuses, or cover traffic was closed
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
        T run(CoverTransaction tx) throws X, StoreException;
    }

    /** A piece of work without a result within one transaction. */
    @ConsumerType
    @FunctionalInterface
    interface Change<X extends Exception> {
        /** @param tx good until this returns */
        void run(CoverTransaction tx) throws X, StoreException;
    }
}
