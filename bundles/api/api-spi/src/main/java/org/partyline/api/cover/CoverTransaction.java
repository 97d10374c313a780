package org.partyline.api.cover;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;

/**
 * A store transaction as cover traffic sees it: its own records, one of each kind per persona, which are erased with
 * the persona. Good until the call ends that it was given to.
 */
@ProviderType
public interface CoverTransaction {
    /** What was ordered for a persona, as it was put. */
    Optional<byte[]> plan(int persona) throws StoreException;

    /** What was ordered for each persona, in the order in which it was first put. */
    List<byte[]> plans() throws StoreException;

    /** @param ordered whether cover traffic is to run by it: the operator is told where none does, as its bundle is not running */
    void putPlan(int persona, boolean ordered, byte[] plan) throws StoreException;

    /** What is remembered of a persona's packets, as it was put. */
    Optional<byte[]> sizes(int persona) throws StoreException;

    /** Remembers something of a persona's packets. */
    void putSizes(int persona, byte[] sizes) throws StoreException;

    /** Satoshi that a persona's packets cost that left in slots in the last 24 hours. */
    long spent(int persona) throws StoreException;

    /** Where a persona talks: a decoy anywhere else would tell that it is one. */
    Set<Network> networks(int persona) throws StoreException;

    /**
     * A persona's number.
     *
     * @param name empty: the current one
     * @throws PartylineException when there is none of that name
     */
    int persona(Optional<String> name) throws PartylineException;

    /** A persona's name. */
    String name(int persona) throws StoreException;
}
