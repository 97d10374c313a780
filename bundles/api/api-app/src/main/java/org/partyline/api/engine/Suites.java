package org.partyline.api.engine;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfParameters;

/** Lists the algorithms, and sets which are allowed and preferred. A service. Works while locked. */
@ProviderType
public interface Suites {
    /** AEAD suites in the order of preference, then key derivations. Those that policy knows but no bundle provides, too. */
    List<Suite> list();

    /**
     * Puts these AEAD suites first, in this order.
     *
     * @throws NoSuchThingException when a name is no suite, or the suite cannot seal
     */
    void prefer(List<String> names) throws PartylineException;

    /** Lets a suite or a derivation be used. @throws NoSuchThingException when there is no such name */
    void allow(String name) throws PartylineException;

    /**
     * Forbids one: no packet is sealed or opened with it. What waits for it stays parked.
     *
     * @throws NoSuchThingException when there is no such name
     */
    void deny(String name) throws PartylineException;

    /**
     * What a channel's key derivation costs.
     *
     * @param name of the derivation, in either case; empty: the protocol's default
     * @param timeCost empty, as the others: the derivation's default
     * @return within its limits
     * @throws NoSuchThingException when there is no such derivation here, which names those that are; or when a parameter is
     *     outside the limits
     */
    KdfParameters derivation(
            Optional<String> name, Optional<Integer> timeCost, Optional<Integer> memory, Optional<Integer> parallelism)
            throws PartylineException;

    /**
     * An algorithm.
     *
     * @param kind {@code aead}, {@code kdf} or {@code kem}; {@code unknown} of a name that policy knows and no bundle has provided
     * @param name as PROTOCOL 2.1 has it, or the bundle that registered it
     * @param available whether a bundle provides it now
     * @param allowed by policy
     * @param seals whether it can seal, or only opens
     * @param rank 1 for the most preferred AEAD suite; 0 when it is not used to seal
     * @param bundle symbolic name and version of the provider; empty
     * @param bundleState for example {@code active}; {@code absent}; {@code refused: …}, with the reason, of a second bundle that
     *     claims a code or a name
     * @param usedBy channels whose running chains or derivation use it; empty when locked
     */
    record Suite(
            String kind,
            String name,
            boolean available,
            boolean allowed,
            boolean seals,
            int rank,
            String bundle,
            String bundleState,
            List<String> usedBy) {
        public Suite {
            usedBy = List.copyOf(usedBy);
        }
    }
}
