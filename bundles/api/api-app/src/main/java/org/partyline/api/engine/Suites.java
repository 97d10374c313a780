package org.partyline.api.engine;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfParameters;

/** Lists the algorithms, and sets which are allowed and preferred. A service. Works while locked. */
@ProviderType
public interface Suites {
    /**
     * AEAD suites in the order of preference, then key derivations, including those that the policy names but no bundle
     * provides.
     */
    List<Suite> list();

    /**
     * Puts these AEAD suites first, in this order.
     *
     * @throws NoSuchThingException if a name is not a suite, or the suite cannot seal
     */
    void prefer(List<String> names) throws PartylineException;

    /** Allows a suite or key derivation. @throws NoSuchThingException if there is no such name */
    void allow(String name) throws PartylineException;

    /**
     * Forbids a suite or key derivation: no packet is sealed or opened with it. Packets that need it stay parked.
     *
     * @throws NoSuchThingException if there is no such name
     */
    void deny(String name) throws PartylineException;

    /**
     * Returns the parameters of a channel's key derivation.
     *
     * @param name the key derivation, in either case; empty: the protocol's default
     * @param timeCost empty, like the others: the key derivation's default
     * @return parameters within its limits
     * @throws NoSuchThingException if there is no such key derivation here (the message lists those that exist), or a
     *     parameter is outside the limits
     */
    KdfParameters derivation(
            Optional<String> name, Optional<Integer> timeCost, Optional<Integer> memory, Optional<Integer> parallelism)
            throws PartylineException;

    /**
     * An algorithm.
     *
     * @param kind {@code aead}, {@code kdf} or {@code kem}; {@code unknown} for a name that the policy lists and no
     *     bundle has provided
     * @param name as in PROTOCOL 2.1, or the bundle that registered it
     * @param available whether a bundle provides it now
     * @param allowed by policy
     * @param seals whether it can seal, or only opens
     * @param rank 1 for the most preferred AEAD suite; 0 if it is not used to seal
     * @param bundle symbolic name and version of the provider; empty
     * @param bundleState for example {@code active}; {@code absent}; {@code refused: …} with the reason, for a second
     *     bundle that claims a code or a name
     * @param usedBy channels whose running chains or key derivation use it; empty while locked
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
