package org.partyline.api.suites;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/**
 * Provides the algorithms of all bundles that the operator allows. They may start and stop at any time, so hold one for
 * one operation only. A service. Thread-safe.
 */
@ProviderType
public interface SuiteDirectory {
    // ---- cipher suites

    /** The suite, if a bundle provides it and the operator allows it. */
    Optional<AeadSuite> suite(String name);

    /** The suite, if a bundle provides it, even if the operator forbids it. */
    Optional<AeadSuite> installed(String name);

    /** The name of a suite by its code on the wire; if it was never available, the code, which is not a valid name. */
    String name(int code);

    /** The suite to seal with now: the first preferred one that is allowed and available. */
    Optional<AeadSuite> sealing();

    /**
     * The same for offering a session: the other side tries the suites that it could be offered, and may know no other.
     */
    Optional<AeadSuite> sealingOffers();

    /** Why there is no suite to seal with, in one line. */
    String whyNoneSeals();

    /** The suites that may open a packet, the preferred ones first, whether or not they are available. */
    List<String> allowed();

    /** Every suite that someone may have sealed with, the preferred ones first, allowed or not. */
    List<String> every();

    /** Whether the operator forbids a suite that someone may have sealed with. */
    boolean forbidsAny();

    /**
     * The suites that a session may use and an offer can name, the preferred ones first, whether or not they are
     * available.
     */
    List<AeadId> forSessions();

    /** The available suites outside the protocol's table. */
    List<AeadId> others();

    /** Reports a suite that was available before this process began: packets sealed with it may wait for it. */
    void recall(AeadId id);

    // ---- key derivations

    /** The derivation, if a bundle provides it and the operator allows it. */
    Optional<KeyDerivation> derivation(KdfId id);

    /**
     * The same for given parameters. They may have been stored, or restored from a backup, while the limits of a
     * derivation outside the protocol's table were unknown: a derivation that rejects them counts as absent.
     */
    Optional<KeyDerivation> derivation(KdfParameters parameters);

    /** A derivation outside the protocol's table, by its code on the wire. */
    Optional<KdfId> otherDerivation(int code);

    // ---- users

    /** Adds a listener, called after algorithms were added, removed, allowed or denied; it must not block. */
    void onChange(Runnable listener);

    /** Removes a listener. */
    void removeListener(Runnable listener);

    /** Sets who reports the current users of an algorithm: names of conversations. */
    void setUsers(Function<String, List<String>> users);
}
