package org.partyline.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Suites;

/** Knows the algorithms that bundles provide, and what policy says of them. They come and go while messages flow. */
@Component(service = {Suites.class, SuiteRegistry.class})
public final class SuiteRegistry implements Suites {
    private final SettingsKeeper settings;
    private final BundleContext context;
    private final Map<AeadId, TreeMap<ServiceReference<AeadSuite>, AeadSuite>> suites = new EnumMap<>(AeadId.class);
    private final Map<KdfId, TreeMap<ServiceReference<KeyDerivation>, KeyDerivation>> derivations =
            new EnumMap<>(KdfId.class);
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Function<String, List<String>> users = name -> List.of();

    /** For Declarative Services. */
    @Activate
    public SuiteRegistry(@Reference SettingsKeeper settings, BundleContext context) {
        this.settings = settings;
        this.context = context;
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addSuite(AeadSuite suite, ServiceReference<AeadSuite> reference) {
        synchronized (suites) {
            suites.computeIfAbsent(suite.id(), id -> new TreeMap<>()).put(reference, suite);
        }
        changed();
    }

    void removeSuite(AeadSuite suite, ServiceReference<AeadSuite> reference) {
        synchronized (suites) {
            suites.getOrDefault(suite.id(), new TreeMap<>()).remove(reference);
        }
        changed();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addDerivation(KeyDerivation derivation, ServiceReference<KeyDerivation> reference) {
        synchronized (derivations) {
            derivations.computeIfAbsent(derivation.id(), id -> new TreeMap<>()).put(reference, derivation);
        }
        changed();
    }

    void removeDerivation(KeyDerivation derivation, ServiceReference<KeyDerivation> reference) {
        synchronized (derivations) {
            derivations.getOrDefault(derivation.id(), new TreeMap<>()).remove(reference);
        }
        changed();
    }

    /** Is called after suites came, went, or policy changed; must not block. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    /** Who uses a suite: channels, by name. */
    void setUsers(Function<String, List<String>> users) {
        this.users = users;
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    /** The suite, if a bundle provides it and policy allows it: the one of the highest ranking. */
    Optional<AeadSuite> suite(AeadId id) {
        return isAllowed(id.name()) ? installed(id) : Optional.empty();
    }

    /** The suite, if a bundle provides it, whatever policy says. */
    Optional<AeadSuite> installed(AeadId id) {
        synchronized (suites) {
            TreeMap<ServiceReference<AeadSuite>, AeadSuite> present = suites.get(id);
            return present == null || present.isEmpty()
                    ? Optional.empty()
                    : Optional.of(present.lastEntry().getValue());
        }
    }

    Optional<KeyDerivation> derivation(KdfId id) {
        if (!isAllowed(id.name())) {
            return Optional.empty();
        }
        synchronized (derivations) {
            TreeMap<ServiceReference<KeyDerivation>, KeyDerivation> present = derivations.get(id);
            return present == null || present.isEmpty()
                    ? Optional.empty()
                    : Optional.of(present.lastEntry().getValue());
        }
    }

    boolean isAllowed(String name) {
        return !settings.get().suiteDenied().contains(name);
    }

    /** The suites that may open a packet, our preference first, whether or not they are here. */
    List<AeadId> allowed() {
        LinkedHashSet<AeadId> order = new LinkedHashSet<>(settings.get().suitePreference());
        Arrays.stream(AeadId.values()).filter(AeadId::seals).forEach(order::add);
        order.removeIf(id -> !isAllowed(id.name()));
        return List.copyOf(order);
    }

    /** The suite to seal with now: the first preferred one that is allowed and here. */
    Optional<AeadSuite> sealing() {
        return settings.get().suitePreference().stream()
                .map(this::suite)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Why there is no suite to seal with, in one line. */
    String whyNoneSeals() {
        return "it waits for a cipher suite: none of " + settings.get().suitePreference()
                + " is allowed and active (partyline:suite-list)";
    }

    @Override
    public List<Suite> list() {
        List<Suite> all = new ArrayList<>();
        List<AeadId> preference = settings.get().suitePreference();
        LinkedHashSet<AeadId> order = new LinkedHashSet<>(preference);
        order.addAll(Arrays.asList(AeadId.values()));
        int rank = 0;
        for (AeadId id : order) {
            boolean ranked = preference.contains(id) && isAllowed(id.name());
            Bundle bundle;
            synchronized (suites) {
                TreeMap<ServiceReference<AeadSuite>, AeadSuite> present = suites.get(id);
                bundle = present == null || present.isEmpty()
                        ? null
                        : present.lastKey().getBundle();
            }
            all.add(describe("aead", id.name(), id.seals(), ranked ? ++rank : 0, bundle));
        }
        for (KdfId id : KdfId.values()) {
            Bundle bundle;
            synchronized (derivations) {
                TreeMap<ServiceReference<KeyDerivation>, KeyDerivation> present = derivations.get(id);
                bundle = present == null || present.isEmpty()
                        ? null
                        : present.lastKey().getBundle();
            }
            all.add(describe("kdf", id.name(), true, 0, bundle));
        }
        return all;
    }

    private Suite describe(String kind, String name, boolean seals, int rank, Bundle provider) {
        Bundle bundle = provider != null ? provider : expectedProvider(kind, name);
        return new Suite(
                kind,
                name,
                provider != null,
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
    static String state(int state) {
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
    public void prefer(List<String> names) throws NoSuchThingException {
        LinkedHashSet<String> order = new LinkedHashSet<>();
        for (String name : names) {
            String known = known(name);
            boolean seals = Arrays.stream(AeadId.values())
                    .anyMatch(a -> a.seals() && a.name().equals(known));
            if (!seals) {
                throw new NoSuchThingException(known + " cannot seal messages: prefer one of "
                        + Arrays.stream(AeadId.values()).filter(AeadId::seals).toList());
            }
            order.add(known);
        }
        settings.get().suitePreference().forEach(id -> order.add(id.name()));
        settings.set(Settings.SUITE_PREFERENCE, String.join(",", order));
        changed();
    }

    @Override
    public void allow(String name) throws NoSuchThingException {
        Set<String> denied = new LinkedHashSet<>(settings.get().suiteDenied());
        denied.remove(known(name));
        settings.set(Settings.SUITE_DENIED, String.join(",", denied));
        changed();
    }

    @Override
    public void deny(String name) throws NoSuchThingException {
        Set<String> denied = new LinkedHashSet<>(settings.get().suiteDenied());
        denied.add(known(name));
        settings.set(Settings.SUITE_DENIED, String.join(",", denied));
        changed();
    }

    private static String known(String name) throws NoSuchThingException {
        List<String> all = new ArrayList<>();
        Arrays.stream(AeadId.values()).forEach(a -> all.add(a.name()));
        Arrays.stream(KdfId.values()).forEach(k -> all.add(k.name()));
        String wanted = name.replace('-', '_').toUpperCase(Locale.ROOT);
        if (!all.contains(wanted)) {
            throw new NoSuchThingException("there is no suite '" + name + "': the names are " + all);
        }
        return wanted;
    }
}
