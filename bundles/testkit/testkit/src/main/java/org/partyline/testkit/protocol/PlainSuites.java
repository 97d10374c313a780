package org.partyline.testkit.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;

/**
 * The algorithms that a test adds and removes, preferred in the order in which they were first added.
 *
 * <p>Only algorithms that were added once, or recalled, are known: nobody has sealed anything with the rest of the
 * protocol's table.
 */
public final class PlainSuites implements SuiteDirectory {
    private final Map<String, AeadSuite> suites = new LinkedHashMap<>();
    private final Map<String, KeyDerivation> derivations = new LinkedHashMap<>();
    /** Algorithms that were ever added, by name: they keep their position while unavailable. */
    private final Map<String, AeadId> known = new LinkedHashMap<>();

    private final Map<Integer, KdfId> knownDerivations = new LinkedHashMap<>();
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final PlainDerivation argon2id = new PlainDerivation(KdfId.ARGON2ID);
    private volatile Function<String, List<String>> users = name -> List.of();

    /** Contains XCHACHA20_POLY1305, then AES_256_GCM, and ARGON2ID: all of them plain. */
    public PlainSuites() {
        add(new PlainSuite(AeadId.XCHACHA20_POLY1305));
        add(new PlainSuite(AeadId.AES_256_GCM));
        add(argon2id);
    }

    // ---- actions of tests

    /** Adds it, replacing another one with its name. */
    public void add(AeadSuite suite) {
        synchronized (this) {
            suites.put(suite.id().name(), suite);
            known.put(suite.id().name(), suite.id());
        }
        changed();
    }

    /** Adds it, replacing another one with its name. */
    public void add(KeyDerivation derivation) {
        synchronized (this) {
            derivations.put(derivation.id().name(), derivation);
            knownDerivations.put(derivation.id().code(), derivation.id());
        }
        changed();
    }

    /** Removes it; does nothing if another one has its name now. */
    public void remove(AeadSuite suite) {
        synchronized (this) {
            suites.remove(suite.id().name(), suite);
        }
        changed();
    }

    /** Removes it; does nothing if another one has its name now. */
    public void remove(KeyDerivation derivation) {
        synchronized (this) {
            derivations.remove(derivation.id().name(), derivation);
        }
        changed();
    }

    /** Removes the suite or the derivation with this name. */
    public void remove(String name) {
        synchronized (this) {
            suites.remove(name);
            derivations.remove(name);
        }
        changed();
    }

    /** Makes the operator forbid it. */
    public void deny(String name) {
        denied.add(name);
        changed();
    }

    /** Makes the operator allow it again. */
    public void allow(String name) {
        denied.remove(name);
        changed();
    }

    /** Returns the derivation that is available from the start, for its count. */
    public PlainDerivation argon2id() {
        return argon2id;
    }

    /** Returns the users of an algorithm, according to the latest source that was set. */
    public List<String> users(String name) {
        return users.apply(name);
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    // ---- cipher suites

    @Override
    public Optional<AeadSuite> suite(String name) {
        return isAllowed(name) ? installed(name) : Optional.empty();
    }

    @Override
    public synchronized Optional<AeadSuite> installed(String name) {
        return Optional.ofNullable(suites.get(name));
    }

    @Override
    public synchronized String name(int code) {
        return Stream.concat(known.values().stream(), AeadId.PROTOCOL.stream())
                .filter(id -> id.code() == code)
                .map(AeadId::name)
                .findFirst()
                .orElse(Integer.toString(code));
    }

    @Override
    public Optional<AeadSuite> sealing() {
        return first(AeadId::seals);
    }

    @Override
    public Optional<AeadSuite> sealingOffers() {
        return first(PlainSuites::fitsOffer);
    }

    private Optional<AeadSuite> first(Predicate<AeadId> which) {
        return knownOnes()
                .filter(which)
                .flatMap(id -> suite(id.name()).stream())
                .findFirst();
    }

    @Override
    public String whyNoneSeals() {
        return "it waits for a cipher suite: none that is allowed is here";
    }

    @Override
    public List<String> allowed() {
        return every().stream().filter(this::isAllowed).toList();
    }

    @Override
    public List<String> every() {
        return knownOnes().filter(AeadId::seals).map(AeadId::name).toList();
    }

    @Override
    public boolean forbidsAny() {
        return !allowed().equals(every());
    }

    @Override
    public List<AeadId> forSessions() {
        return knownOnes().filter(id -> isAllowed(id.name()) && fitsOffer(id)).toList();
    }

    @Override
    public synchronized List<AeadId> others() {
        return suites.values().stream()
                .map(AeadSuite::id)
                .filter(id -> !AeadId.PROTOCOL.contains(id))
                .toList();
    }

    @Override
    public synchronized void recall(AeadId id) {
        boolean taken = Stream.concat(known.values().stream(), AeadId.PROTOCOL.stream())
                .anyMatch(other -> !other.equals(id)
                        && (other.code() == id.code() || other.name().equals(id.name())));
        if (!taken) {
            known.putIfAbsent(id.name(), id);
        }
    }

    /** A copy, so that nobody holds the lock while a result is assembled. */
    private synchronized Stream<AeadId> knownOnes() {
        return new ArrayList<>(known.values()).stream();
    }

    private boolean isAllowed(String name) {
        return !denied.contains(name);
    }

    private static boolean fitsOffer(AeadId id) {
        return id.seals() && id.code() <= Handshakes.MOST_SUITE_CODE;
    }

    // ---- key derivations

    @Override
    public synchronized Optional<KeyDerivation> derivation(KdfId id) {
        return Optional.ofNullable(derivations.get(id.name()))
                .filter(kdf -> kdf.id().equals(id) && isAllowed(id.name()));
    }

    @Override
    public Optional<KeyDerivation> derivation(KdfParameters parameters) {
        return derivation(parameters.id())
                .filter(kdf -> KdfId.PROTOCOL.contains(kdf.id()) || isWithinLimits(kdf, parameters));
    }

    private static boolean isWithinLimits(KeyDerivation kdf, KdfParameters parameters) {
        try {
            kdf.requireLimits(parameters);
            return true;
        } catch (KdfLimitsException e) {
            return false;
        }
    }

    @Override
    public synchronized Optional<KdfId> otherDerivation(int code) {
        return Optional.ofNullable(knownDerivations.get(code)).filter(id -> !KdfId.PROTOCOL.contains(id));
    }

    // ---- users and listeners

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    @Override
    public void setUsers(Function<String, List<String>> users) {
        this.users = users;
    }
}
