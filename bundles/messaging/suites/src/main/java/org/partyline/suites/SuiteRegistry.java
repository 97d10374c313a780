package org.partyline.engine.suites;

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
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Suites;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.LastSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.SuiteSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows the algorithms that bundles provide, and what policy says of them. They come and go while messages flow. */
@Component(service = {Suites.class, SuiteRegistry.class})
public final class SuiteRegistry implements Suites {
    private static final Logger LOG = LoggerFactory.getLogger(SuiteRegistry.class);

    private final LastSettings settings = new LastSettings();
    private final BundleContext context;
    private final Claims<AeadId, AeadSuite> suites =
            new Claims<>("cipher suite", AeadId.PROTOCOL, AeadSuite::id, id -> new Claims.Mark(id.code(), id.name()));
    private final Claims<KdfId, KeyDerivation> derivations = new Claims<>(
            "key derivation", KdfId.PROTOCOL, KeyDerivation::id, id -> new Claims.Mark(id.code(), id.name()));
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Function<String, List<String>> users = name -> List.of();

    /** For Declarative Services. */
    @Activate
    public SuiteRegistry(BundleContext context) {
        this.context = context;
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setOperatorSettings(OperatorSettings present) {
        settings.came(present);
    }

    /** The last good ones stay in use. */
    public void unsetOperatorSettings(OperatorSettings present) {
        settings.went(present);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addSuite(AeadSuite suite, ServiceReference<AeadSuite> reference) {
        suites.add(suite, reference);
        changed();
    }

    public void removeSuite(AeadSuite suite, ServiceReference<AeadSuite> reference) {
        suites.remove(reference);
        changed();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addDerivation(KeyDerivation derivation, ServiceReference<KeyDerivation> reference) {
        derivations.add(derivation, reference);
        changed();
    }

    public void removeDerivation(KeyDerivation derivation, ServiceReference<KeyDerivation> reference) {
        derivations.remove(reference);
        changed();
    }

    /** Is called after suites came, went, or policy changed; must not block. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    /** Who uses a suite: channels, by name. */
    public void setUsers(Function<String, List<String>> users) {
        this.users = users;
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    /** The suite, if a bundle provides it and policy allows it. */
    public Optional<AeadSuite> suite(String name) {
        return isAllowed(name) ? installed(name) : Optional.empty();
    }

    /** The suite, if a bundle provides it, whatever policy says. */
    public Optional<AeadSuite> installed(String name) {
        return suites.holder(name).map(Claims.Claim::service);
    }

    /** What a suite is called, by its code on the wire; the code where it was never here, which is nobody's name. */
    public String name(int code) {
        return suites.ofCode(code).map(AeadId::name).orElseGet(() -> Integer.toString(code));
    }

    /** The suites here that are not in the protocol's table. */
    public List<AeadId> others() {
        return suites.held().stream()
                .map(Claims.Claim::id)
                .filter(id -> !AeadId.PROTOCOL.contains(id))
                .toList();
    }

    /** A suite was here before this process began: what is sealed with it may wait for it. */
    public void recall(AeadId id) {
        suites.recall(id);
    }

    /** The derivation, if a bundle provides it and policy allows it. */
    public Optional<KeyDerivation> derivation(KdfId id) {
        return isAllowed(id.name()) ? provided(id) : Optional.empty();
    }

    private Optional<KeyDerivation> provided(KdfId id) {
        return derivations
                .holder(id.name())
                .filter(claim -> claim.id().equals(id))
                .map(Claims.Claim::service);
    }

    /**
     * The same for parameters that may have been stored, or put back from a backup, while nobody knew the limits of a
     * derivation that is not the protocol's: one that refuses them counts as absent.
     */
    public Optional<KeyDerivation> derivation(KdfParameters parameters) {
        return derivation(parameters.id())
                .filter(kdf -> KdfId.PROTOCOL.contains(parameters.id()) || allows(kdf, parameters));
    }

    private static boolean allows(KeyDerivation kdf, KdfParameters parameters) {
        try {
            kdf.requireLimits(parameters);
            return true;
        } catch (RuntimeException e) {
            // Whatever another's bundle throws here, it has not said that it allows them.
            LOG.debug("parameters of a channel are refused", e);
            return false;
        }
    }

    /** A derivation of others, by its code on the wire. */
    public Optional<KdfId> otherDerivation(int code) {
        return derivations.ofCode(code).filter(id -> !KdfId.PROTOCOL.contains(id));
    }

    boolean isAllowed(String name) {
        return !settings.get().suites().denied().contains(name);
    }

    /** The suites that may open a packet, our preference first, whether or not they are here. */
    public List<String> allowed() {
        LinkedHashSet<String> order =
                new LinkedHashSet<>(settings.get().suites().preference());
        sealingNames().forEach(order::add);
        order.removeIf(name -> !isAllowed(name));
        return List.copyOf(order);
    }

    /** Every suite that somebody may have sealed with, our preference first, allowed or not. */
    public List<String> every() {
        LinkedHashSet<String> order = new LinkedHashSet<>(allowed());
        sealingNames().forEach(order::add);
        return List.copyOf(order);
    }

    /** Whether policy forbids a suite that somebody may have sealed with. */
    public boolean forbidsAny() {
        return sealingNames().anyMatch(name -> !isAllowed(name));
    }

    private Stream<String> sealingNames() {
        return suites.known().stream().filter(AeadId::seals).map(AeadId::name);
    }

    /** The suites that a session may use, our preference first, whether or not they are here: those that an offer can name. */
    public List<AeadId> forSessions() {
        return allowed().stream()
                .flatMap(name -> suites.ofName(name).stream())
                .filter(SuiteRegistry::fitsOffer)
                .toList();
    }

    private static boolean fitsOffer(AeadId id) {
        return id.seals() && id.code() <= Handshakes.MOST_SUITE_CODE;
    }

    /** The suite to seal with now: the first preferred one that is allowed and here. */
    public Optional<AeadSuite> sealing() {
        return sealing(AeadId::seals);
    }

    /** The same for who offers a session: the other side tries what it could be offered, and may know no other. */
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

    /** Why there is no suite to seal with, in one line. */
    public String whyNoneSeals() {
        return "it waits for a cipher suite: none of " + settings.get().suites().preference()
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

    /** A second one of a code or a name. */
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
        Bundle bundle =
                provider.map(claim -> claim.reference().getBundle()).orElseGet(() -> expectedProvider(kind, name));
        return new Suite(
                kind,
                name,
                provider.isPresent(),
                isAllowed(name),
                seals,
                rank,
                bundle == null ? "" : bundle.getSymbolicName() + " " + bundle.getVersion(),
                bundle == null ? "absent" : state(bundle.getState()),
                users.apply(name));
    }

    /** Our own bundle of an algorithm, for the state it is in when it provides nothing. */
    private Bundle expectedProvider(String kind, String name) {
        String compact = name.toLowerCase(Locale.ROOT).replace("_", "");
        String suffix = compact.startsWith("pbkdf2") ? "pbkdf2" : compact;
        for (Bundle bundle : context.getBundles()) {
            if (("org.partyline." + kind + "-" + suffix).equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        return null;
    }

    /** A bundle's state, for people. */
    public static String state(int state) {
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
            // Of a name that only the settings know nobody can say more than that it is preferred.
            boolean seals = suites.ofName(known)
                    .map(AeadId::seals)
                    .orElse(settings.get().suites().preference().contains(known));
            if (!seals) {
                throw new NoSuchThingException(known + " cannot seal messages: prefer one of "
                        + sealingNames().toList());
            }
            order.add(known);
        }
        order.addAll(settings.get().suites().preference());
        settings.change(SuiteSettings.PREFERENCE, String.join(",", order));
        changed();
    }

    @Override
    public void allow(String name) throws PartylineException {
        Set<String> denied = new LinkedHashSet<>(settings.get().suites().denied());
        denied.remove(known(name));
        settings.change(SuiteSettings.DENIED, String.join(",", denied));
        changed();
    }

    @Override
    public void deny(String name) throws PartylineException {
        Set<String> denied = new LinkedHashSet<>(settings.get().suites().denied());
        denied.add(known(name));
        settings.change(SuiteSettings.DENIED, String.join(",", denied));
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
                + (here.isEmpty() ? "none is active (partyline:suite-list)" : "take one of " + here));
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
        if (!all.contains(wanted)) {
            throw new NoSuchThingException("there is no suite '" + name + "': the names are " + all);
        }
        return wanted;
    }
}
