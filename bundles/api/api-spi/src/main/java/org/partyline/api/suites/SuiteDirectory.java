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
 * Provides the algorithms of all bundles that the operator allows. They come and go while messages flow: who holds one
 * holds it for one operation. A service. Thread-safe.
 */
@ProviderType
public interface SuiteDirectory {
    // ---- cipher suites

    /** The suite, if a bundle provides it and the operator allows it. */
    Optional<AeadSuite> suite(String name);

    /** The suite, if a bundle provides it, whatever the operator allows. */
    Optional<AeadSuite> installed(String name);

    /** What a suite is called, by its code on the wire; the code where it was never here, which is nobody's name. */
    String name(int code);

    /** The suite to seal with now: the first preferred one that is allowed and here. */
    Optional<AeadSuite> sealing();

    /** The same for who offers a session: the other side tries what it could be offered, and may know no other. */
    Optional<AeadSuite> sealingOffers();

    /** Why there is no suite to seal with, in one line. */
    String whyNoneSeals();

    /** The suites that may open a packet, the preferred ones first, whether or not they are here. */
    List<String> allowed();

    /** Every suite that someone may have sealed with, the preferred ones first, allowed or not. */
    List<String> every();

    /** Whether the operator forbids a suite that someone may have sealed with. */
    boolean forbidsAny();

    /** The suites that a session may use, the preferred ones first, whether or not they are here: those that an offer can name. */
    List<AeadId> forSessions();

    /** The suites here that are not in the protocol's table. */
    List<AeadId> others();

    /** A suite was here before this process began: what is sealed with it may wait for it. */
    void recall(AeadId id);

    // ---- key derivations

    /** The derivation, if a bundle provides it and the operator allows it. */
    Optional<KeyDerivation> derivation(KdfId id);

    /**
     * The same for parameters that are at hand. They may have been stored, or put back from a backup,
     * while nobody knew the limits of a derivation that is not the protocol's: one that refuses them counts as absent.
     */
    Optional<KeyDerivation> derivation(KdfParameters parameters);

    /** A derivation that is not in the protocol's table, by its code on the wire. */
    Optional<KdfId> otherDerivation(int code);

    // ---- those who use them

    /** Is called after algorithms came, went, or were allowed or denied; must not block. */
    void onChange(Runnable listener);

    /** Is called no more. */
    void removeListener(Runnable listener);

    /** The current users of an algorithm: names of conversations. */
    void setUsers(Function<String, List<String>> users);
}
