package org.partyline.api.cover;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;

/**
 * A store transaction as seen by cover traffic: its own records, one of each kind per persona, which are erased with
 * the persona. Valid until the end of the call that it was passed to.
 */
@ProviderType
public interface CoverTransaction {
    /** The stored plan of a persona. */
    Optional<byte[]> plan(int persona) throws StoreException;

    /** The stored plans of all personas, in the order in which they were first put. */
    List<byte[]> plans() throws StoreException;

    /**
     * @param ordered whether cover traffic should run: the operator is warned if it does not because its bundle is not
     *     running
     */
    void putPlan(int persona, boolean ordered, byte[] plan) throws StoreException;

    /** Returns the stored data on a persona's packets. */
    Optional<byte[]> sizes(int persona) throws StoreException;

    /** Stores something about a persona's packets. */
    void putSizes(int persona, byte[] sizes) throws StoreException;

    /** Satoshi that a persona's packets in slots cost in the last 24 hours. */
    long spent(int persona) throws StoreException;

    /** The networks on which a persona talks: a decoy on any other would be recognised as one. */
    Set<Network> networks(int persona) throws StoreException;

    /** Why a persona must not send anything, in one line; empty if it may. */
    Optional<String> whySilent(int persona) throws StoreException;

    /**
     * A persona's number.
     *
     * @param name empty: the current one
     * @throws PartylineException if there is no persona of that name
     */
    int persona(Optional<String> name) throws PartylineException;

    /** A persona's name. */
    String name(int persona) throws StoreException;
}
