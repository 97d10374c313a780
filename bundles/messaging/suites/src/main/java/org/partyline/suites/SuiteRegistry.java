package org.partyline.suites;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.Kem;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Suites;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.LastSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.SuiteSettings;
import org.partyline.api.suites.SuiteDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tracks the algorithms that bundles provide, and the policy for them. They come and go while messages flow. */
@Component(
        service = {},
        immediate = true)
public final class SuiteRegistry implements Suites, SuiteDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SuiteRegistry.class);

    /** The protocol has only this one (PROTOCOL 6.2). The setting post-quantum determines whether it is used. */
    private static final String KEM = "ML_KEM_768";

    private final LastSettings settings = new LastSettings();
    private final BundleContext context;
    private final Claims<AeadId, AeadSuite> suites =
            new Claims<>("cipher suite", AeadId.PROTOCOL, AeadSuite::id, id -> new Claims.Mark(id.code(), id.name()));
    private final Claims<KdfId, KeyDerivation> derivations = new Claims<>(
            "key derivation", KdfId.PROTOCOL, KeyDerivation::id, id -> new Claims.Mark(id.code(), id.name()));
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private boolean started;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable ServiceReference<Kem> kem;
    private volatile Function<String, List<String>> users = name -> List.of();

    /** For Declarative Services. */
    @Activate
    public SuiteRegistry(BundleContext context) {
        this.context = context;
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setOperatorSettings(OperatorSettings present) {
        settings.added(present);
        offer();
    }

    /** The last valid settings stay in use. */
    public void unsetOperatorSettings(OperatorSettings present) {
        settings.removed(present);
    }

    @Activate
    void start() {
        synchronized (registrations) {
            started = true;
        }
        offer();
    }

    /** Publishes the services once the settings are known: before that, nobody knows which suites are denied. */
    private void offer() {
        synchronized (registrations) {
            if (started && registrations.isEmpty() && settings.isKnown()) {
                registrations.add(context.registerService(SuiteDirectory.class, this, null));
                registrations.add(context.registerService(Suites.class, this, null));
            }
        }
    }

    @Deactivate
    void stop() {
        List<ServiceRegistration<?>> ours;
        synchronized (registrations) {
            started = false;
            ours = new ArrayList<>(registrations);
        }
        ours.forEach(ServiceRegistration::unregister);
    }

    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    public void addSuite(AeadSuite suite, ServiceReference<AeadSuite> reference) {
        suites.add(suite, reference);
        changed();
    }

    public void removeSuite(AeadSuite suite, ServiceReference<AeadSuite> reference) {
        suites.remove(reference);
        changed();
    }

    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    public void addDerivation(KeyDerivation derivation, ServiceReference<KeyDerivation> reference) {
        derivations.add(derivation, reference);
        changed();
    }

    public void removeDerivation(KeyDerivation derivation, ServiceReference<KeyDerivation> reference) {
        derivations.remove(reference);
        changed();
    }

    @Reference(service = Kem.class, cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setKem(ServiceReference<Kem> reference) {
        kem = reference;
    }

    public void unsetKem(ServiceReference<Kem> reference) {
        if (reference.equals(kem)) {
            kem = null;
        }
    }

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

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    @Override
    public Optional<AeadSuite> suite(String name) {
        return isAllowed(name) ? installed(name) : Optional.empty();
    }

    @Override
    public Optional<AeadSuite> installed(String name) {
        return suites.holder(name).map(Claims.Claim::service);
    }

    @Override
    public String name(int code) {
        return suites.ofCode(code).map(AeadId::name).orElseGet(() -> Integer.toString(code));
    }

    @Override
    public List<AeadId> others() {
        return suites.held().stream()
                .map(Claims.Claim::id)
                .filter(id -> !AeadId.PROTOCOL.contains(id))
                .toList();
    }

    @Override
    public void recall(AeadId id) {
        suites.recall(id);
    }

    @Override
    public Optional<KeyDerivation> derivation(KdfId id) {
        return isAllowed(id.name()) ? provided(id) : Optional.empty();
    }

    private Optional<KeyDerivation> provided(KdfId id) {
        return derivations
                .holder(id.name())
                .filter(claim -> claim.id().equals(id))
                .map(Claims.Claim::service);
    }

    @Override
    public Optional<KeyDerivation> derivation(KdfParameters parameters) {
        return derivation(parameters.id())
                .filter(kdf -> KdfId.PROTOCOL.contains(parameters.id()) || allows(kdf, parameters));
    }

    private static boolean allows(KeyDerivation kdf, KdfParameters parameters) {
        try {
            kdf.requireLimits(parameters);
            return true;
        } catch (RuntimeException e) {
            // Whatever a third-party bundle throws here, it has not allowed the parameters.
            LOG.debug("parameters of a channel are rejected: {}", Faults.reason(e));
            return false;
        }
    }

    @Override
    public Optional<KdfId> otherDerivation(int code) {
        return derivations.ofCode(code).filter(id -> !KdfId.PROTOCOL.contains(id));
    }

    boolean isAllowed(String name) {
        return !settings.get().suites().denied().contains(name);
    }

    @Override
    public List<String> allowed() {
        LinkedHashSet<String> order =
                new LinkedHashSet<>(settings.get().suites().preference());
        sealingNames().forEach(order::add);
        order.removeIf(name -> !isAllowed(name));
        return List.copyOf(order);
    }

    @Override
    public List<String> every() {
        LinkedHashSet<String> order = new LinkedHashSet<>(allowed());
        sealingNames().forEach(order::add);
        return List.copyOf(order);
    }

    @Override
    public boolean forbidsAny() {
        return sealingNames().anyMatch(name -> !isAllowed(name));
    }

    private Stream<String> sealingNames() {
        return suites.known().stream().filter(AeadId::seals).map(AeadId::name);
    }

    @Override
    public List<AeadId> forSessions() {
        return allowed().stream()
                .flatMap(name -> suites.ofName(name).stream())
                .filter(SuiteRegistry::fitsOffer)
                .toList();
    }

    private static boolean fitsOffer(AeadId id) {
        return id.seals() && id.code() <= Handshakes.MOST_SUITE_CODE;
    }

    @Override
    public Optional<AeadSuite> sealing() {
        return sealing(AeadId::seals);
    }

    @Override
    public Optional<AeadSuite> sealingOffers() {
        return sealing(SuiteRegistry::fitsOffer);
    }

    private Optional<AeadSuite> sealing(Predicate<AeadId> which) {
        return settings.get().suites().preference().stream()
                .filter(this::isAllowed)
                .flatMap(name -> suites.holder(name).stream())
                .filter(claim -> which.test(claim.id()))
                .map(Claims.Claim::service)
                .findFirst();
    }

    @Override
    public String whyNoneSeals() {
        return "it waits for a cipher suite: none of "
                + String.join(", ", settings.get().suites().preference())
                + " is allowed and active (partyline:suite-list)";
    }

    @Override
    public List<Suite> list() {
        List<Suite> all = new ArrayList<>();
        List<String> preference = settings.get().suites().preference();
        LinkedHashSet<String> order = new LinkedHashSet<>(preference);
        suites.known().forEach(id -> order.add(id.name()));
        int rank = 0;
        for (String name : order) {
            boolean seals = suites.ofName(name).map(AeadId::seals).orElse(true);
            boolean ranked = seals && preference.contains(name) && isAllowed(name);
            all.add(describe("aead", name, seals, ranked ? ++rank : 0, suites.holder(name)));
        }
        for (KdfId id : derivations.known()) {
            order.add(id.name());
            all.add(describe("kdf", id.name(), true, 0, derivations.holder(id.name())));
        }
        order.add(KEM);
        all.add(describeKem());
        for (String name : settings.get().suites().denied()) {
            if (order.add(name)) {
                all.add(describe("unknown", name, false, 0, Optional.empty()));
            }
        }
        suites.refused()
                .forEach(claim -> all.add(refused("aead", claim, claim.id().seals())));
        derivations.refused().forEach(claim -> all.add(refused("kdf", claim, true)));
        return all;
    }

    private Suite describeKem() {
        ServiceReference<Kem> provider = kem;
        @Nullable Bundle bundle = provider == null ? expectedProvider("kem", KEM) : provider.getBundle();
        return new Suite("kem", KEM, provider != null, true, true, 0, version(bundle), stateOf(bundle), List.of());
    }

    /** Describes a second provider of a code or a name. */
    private Suite refused(String kind, Claims.Claim<?, ?> claim, boolean seals) {
        String name = claim.mark().name();
        return new Suite(
                kind,
                name,
                false,
                isAllowed(name),
                seals,
                0,
                claim.provider(),
                "refused: " + claim.refusal(),
                List.of());
    }

    private Suite describe(
            String kind, String name, boolean seals, int rank, Optional<? extends Claims.Claim<?, ?>> provider) {
        @Nullable
        Bundle bundle =
                provider.map(claim -> claim.reference().getBundle()).orElseGet(() -> expectedProvider(kind, name));
        return new Suite(
                kind,
                name,
                provider.isPresent(),
                isAllowed(name),
                seals,
                rank,
                version(bundle),
                stateOf(bundle),
                users.apply(name));
    }

    private static String version(@Nullable Bundle bundle) {
        return bundle == null ? "" : bundle.getSymbolicName() + " " + bundle.getVersion();
    }

    private static String stateOf(@Nullable Bundle bundle) {
        return bundle == null ? "absent" : state(bundle.getState());
    }

    /** Returns our own bundle of an algorithm, to report its state while it provides nothing. */
    private @Nullable Bundle expectedProvider(String kind, String name) {
        String compact = name.toLowerCase(Locale.ROOT).replace("_", "");
        String suffix = compact.startsWith("pbkdf2") ? "pbkdf2" : compact;
        for (Bundle bundle : context.getBundles()) {
            if (("org.partyline." + kind + "-" + suffix).equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        return null;
    }

    /** Returns a bundle's state in words. */
    private static String state(int state) {
        return switch (state) {
            case Bundle.ACTIVE -> "active";
            case Bundle.RESOLVED -> "stopped";
            case Bundle.STARTING -> "starting";
            case Bundle.STOPPING -> "stopping";
            case Bundle.INSTALLED -> "installed";
            default -> "uninstalled";
        };
    }

    @Override
    public void prefer(List<String> names) throws PartylineException {
        LinkedHashSet<String> order = new LinkedHashSet<>();
        for (String name : names) {
            String known = known(name);
            // A name that only the settings know is at least preferred, which is all that can be said about it.
            boolean seals = suites.ofName(known)
                    .map(AeadId::seals)
                    .orElse(settings.get().suites().preference().contains(known));
            if (!seals) {
                throw new NoSuchThingException(known + " cannot seal messages: prefer one of "
                        + sealingNames().collect(Collectors.joining(", ")));
            }
            order.add(known);
        }
        order.addAll(settings.get().suites().preference());
        settings.change(SuiteSettings.PREFERENCE, String.join(",", order));
        changed();
    }

    @Override
    public void allow(String name) throws PartylineException {
        change(name, false);
    }

    @Override
    public void deny(String name) throws PartylineException {
        change(name, true);
    }

    private void change(String name, boolean deny) throws PartylineException {
        String known = known(name);
        // One at a time: otherwise, of two commands at once, one would allow what the other has denied.
        synchronized (settings) {
            Set<String> denied = new LinkedHashSet<>(settings.get().suites().denied());
            if (deny) {
                denied.add(known);
            } else {
                denied.remove(known);
            }
            settings.change(SuiteSettings.DENIED, String.join(",", denied));
        }
        changed();
    }

    @Override
    public KdfParameters derivation(
            Optional<String> name, Optional<Integer> timeCost, Optional<Integer> memory, Optional<Integer> parallelism)
            throws NoSuchThingException {
        KdfId id = name.isEmpty() ? KdfId.ARGON2ID : knownDerivation(name.get());
        try {
            KdfParameters usual = KdfId.PROTOCOL.contains(id)
                    ? KdfParameters.defaults(id)
                    : provided(id).orElseThrow(() -> noDerivation(id.name())).defaults();
            KdfParameters chosen = KdfLimits.parameters(
                    id,
                    timeCost.orElse(usual.timeCost()),
                    memory.orElse(usual.memory()),
                    parallelism.orElse(usual.parallelism()));
            if (provided(id).isPresent()) {
                provided(id).get().requireLimits(chosen);
            }
            return chosen;
        } catch (IllegalArgumentException e) {
            throw new NoSuchThingException(e.getMessage());
        }
    }

    private KdfId knownDerivation(String name) throws NoSuchThingException {
        return derivations.ofName(written(name)).orElseThrow(() -> noDerivation(name));
    }

    private NoSuchThingException noDerivation(String name) {
        String here =
                derivations.held().stream().map(claim -> claim.mark().name()).collect(Collectors.joining(", "));
        return new NoSuchThingException("there is no key derivation '" + name + "': "
                + (here.isEmpty() ? "none is active (partyline:suite-list)" : "use one of " + here));
    }

    private static String written(String name) {
        return name.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private String known(String name) throws NoSuchThingException {
        Set<String> all = new LinkedHashSet<>();
        suites.known().forEach(id -> all.add(id.name()));
        derivations.known().forEach(id -> all.add(id.name()));
        all.addAll(settings.get().suites().preference());
        all.addAll(settings.get().suites().denied());
        String wanted = written(name);
        if (wanted.equals(KEM)) {
            throw new NoSuchThingException(
                    KEM + " is neither allowed nor denied here: set post-quantum (partyline:config)");
        }
        if (!all.contains(wanted)) {
            throw new NoSuchThingException("there is no suite '" + name + "': use one of " + String.join(", ", all));
        }
        return wanted;
    }
}
