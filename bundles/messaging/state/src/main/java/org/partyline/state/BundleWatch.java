package org.partyline.state;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Outages;
import org.partyline.messaging.state.Operations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the bundles of this program start, stop and change, and writes each event to the log and the audit log: the
 * person who replaces one while messages flow may not be the operator.
 */
@Component(
        service = {Outages.class, BundleWatch.class},
        immediate = true)
public final class BundleWatch implements Outages, SynchronousBundleListener, Operations.Outages {
    private static final String OURS = "org.partyline.";
    /** Is present once Karaf has started everything that it starts by itself. */
    private static final String BOOTED = "org.apache.karaf.features.BootFinished";

    /** The header in which bundles declare the services they provide and need (OSGi Compendium, 135.4). */
    private static final String SERVICES = "osgi.service";

    private static final Pattern OBJECT_CLASS = Pattern.compile("\\(objectClass=([\\w.$]+)\\)");

    private static final int MOST_PENDING = 100;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);
    private static final Logger LOG = LoggerFactory.getLogger(BundleWatch.class);

    private final BundleContext context;
    private final Clock clock;
    private final BooleanSupplier booted;
    /** When bundles stopped, by bundle id. */
    private final Map<Long, Instant> stopped = new HashMap<>();
    /** Bundles that were not running when this began, and must be started by someone, by bundle id. */
    private final Set<Long> idle = new HashSet<>();
    /** Events that occurred while the audit log was unavailable. */
    private final Deque<String[]> pending = new ArrayDeque<>();

    /** Null while it is unavailable. */
    private @Nullable AuditLog auditLog;

    /** For Declarative Services. */
    @Activate
    public BundleWatch(BundleContext context) {
        this(context, Clock.systemUTC(), () -> context.getServiceReference(BOOTED) != null);
    }

    /** @param booted whether the initial installation is complete: later events are someone's action */
    BundleWatch(BundleContext context, Clock clock, BooleanSupplier booted) {
        this.context = context;
        this.clock = clock;
        this.booted = booted;
    }

    @Activate
    void start() {
        // At boot, as one of many, it is not worth recording.
        if (booted.getAsBoolean() && isStarted(context.getBundle())) {
            record("bundle-started", context.getBundle());
        }
        context.addBundleListener(this);
        for (Bundle bundle : context.getBundles()) {
            if (isOurs(bundle) && bundle.getState() != Bundle.ACTIVE && !startsByItself(bundle)) {
                synchronized (this) {
                    idle.add(bundle.getBundleId());
                }
            }
        }
    }

    /** Returns whether a bundle that is not running will start with the server: nobody has stopped it. */
    private static boolean startsByItself(Bundle bundle) {
        BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
        return level == null || level.isPersistentlyStarted();
    }

    /** Nobody else records that this bundle stops. */
    @Deactivate
    void stop() {
        context.removeBundleListener(this);
        if (!isEnding()) {
            record("bundle-stopped", context.getBundle());
        }
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    void setAuditLog(AuditLog log) {
        List<String[]> late;
        synchronized (this) {
            auditLog = log;
            late = new ArrayList<>(pending);
            pending.clear();
        }
        late.forEach(entry -> log.record(entry[0], entry[1]));
    }

    synchronized void unsetAuditLog(AuditLog log) {
        if (auditLog == log) {
            auditLog = null;
        }
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (!isOurs(bundle) || isEnding()) {
            return;
        }
        switch (event.getType()) {
            case BundleEvent.STOPPED -> {
                synchronized (this) {
                    stopped.put(bundle.getBundleId(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
                }
                record("bundle-stopped", bundle);
            }
            case BundleEvent.STARTED -> {
                boolean returns;
                synchronized (this) {
                    boolean wasIdle = idle.remove(bundle.getBundleId());
                    returns = stopped.remove(bundle.getBundleId()) != null || wasIdle;
                }
                if (returns) {
                    record("bundle-started", bundle);
                }
            }
            case BundleEvent.INSTALLED -> {
                if (booted.getAsBoolean()) {
                    synchronized (this) {
                        idle.add(bundle.getBundleId());
                    }
                }
            }
            case BundleEvent.UPDATED -> record("bundle-updated", bundle);
            case BundleEvent.UNINSTALLED -> record("bundle-uninstalled", bundle);
            default -> LOG.trace("bundle {} changes", bundle);
        }
    }

    private void record(String event, Bundle bundle) {
        String detail = bundle.getSymbolicName() + " " + bundle.getVersion();
        LOG.info("{}: {}", event, detail);
        AuditLog log;
        synchronized (this) {
            log = auditLog;
            if (log == null) {
                pending.add(
                        new String[] {event, detail + " (at " + clock.instant().truncatedTo(ChronoUnit.SECONDS) + ")"});
                while (pending.size() > MOST_PENDING) {
                    pending.poll();
                }
            }
        }
        if (log != null) {
            log.record(event, detail);
        }
    }

    private static boolean isOurs(Bundle bundle) {
        return bundle.getSymbolicName() != null
                && bundle.getSymbolicName().startsWith(OURS)
                && bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null;
    }

    /** Returns whether the whole server is stopping, and each bundle with it. */
    private boolean isEnding() {
        Bundle system = context.getBundle(Constants.SYSTEM_BUNDLE_ID);
        return system != null && system.getState() == Bundle.STOPPING;
    }

    @Override
    public boolean hasBooted() {
        return booted.getAsBoolean() && isStarted(null);
    }

    /**
     * Returns whether all of our bundles that start by themselves are running. @param but a bundle to leave out, or
     * null
     */
    private boolean isStarted(@Nullable Bundle but) {
        for (Bundle bundle : context.getBundles()) {
            boolean counts = isOurs(bundle) && !bundle.equals(but);
            if (counts && bundle.getState() != Bundle.ACTIVE && startsByItself(bundle)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public List<Outage> list() {
        List<Outage> all = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            if (isOurs(bundle) && bundle.getState() != Bundle.ACTIVE) {
                Optional<Instant> since;
                synchronized (this) {
                    since = Optional.ofNullable(stopped.get(bundle.getBundleId()));
                }
                all.add(new Outage(
                        bundle.getSymbolicName(), bundle.getVersion().toString(), state(bundle.getState()), since));
            }
        }
        all.sort(Comparator.comparing(Outage::bundle));
        return all;
    }

    /** Returns a state in words. */
    private static String state(int state) {
        return switch (state) {
            case Bundle.RESOLVED -> "stopped";
            case Bundle.STARTING -> "starting";
            case Bundle.STOPPING -> "stopping";
            case Bundle.INSTALLED -> "installed";
            default -> "uninstalled";
        };
    }

    @Override
    public Optional<String> stopped(String bundle) {
        return list().stream()
                .filter(outage -> outage.bundle().equals(OURS + bundle))
                .findFirst()
                .map(BundleWatch::reason);
    }

    private static String reason(Outage outage) {
        return "it waits for bundle " + outage.bundle() + ", which is " + outage.state()
                + outage.since().map(since -> " since " + TIME.format(since)).orElse("");
    }

    /**
     * Uses the bundles' own declarations: the capabilities and requirements that are generated from their components'
     * descriptions.
     */
    @Override
    public Optional<String> missing(String service) {
        return missing(service, new HashSet<>());
    }

    /** @param asked services that were examined before */
    private Optional<String> missing(String service, Set<String> asked) {
        if (!asked.add(service)) {
            return Optional.empty();
        }
        List<Bundle> providers = Stream.of(context.getBundles())
                .filter(BundleWatch::isOurs)
                .filter(bundle -> provides(bundle, service))
                .toList();
        for (Bundle bundle : providers) {
            if (bundle.getState() != Bundle.ACTIVE) {
                return stopped(bundle.getSymbolicName().substring(OURS.length()));
            }
        }
        // The providers are running, and wait for other services themselves.
        return providers.stream()
                .flatMap(bundle -> needed(bundle).stream())
                .flatMap(needed -> missing(needed, asked).stream())
                .findFirst();
    }

    @Override
    public int providers(String service) {
        return (int) Stream.of(context.getBundles())
                .filter(BundleWatch::isOurs)
                .filter(bundle -> provides(bundle, service))
                .count();
    }

    private static boolean provides(Bundle bundle, String service) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision != null
                && revision.getDeclaredCapabilities(SERVICES).stream()
                        .map(capability -> capability.getAttributes().get(Constants.OBJECTCLASS))
                        .anyMatch(types -> types instanceof Collection<?> all && all.contains(service));
    }

    /** Returns the services that a bundle's components require. */
    private static List<String> needed(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision == null
                ? List.of()
                : revision.getDeclaredRequirements(SERVICES).stream()
                        .map(BundleRequirement::getDirectives)
                        .filter(directives -> !"optional".equals(directives.get("resolution")))
                        .map(directives -> OBJECT_CLASS.matcher(directives.getOrDefault("filter", "")))
                        .filter(Matcher::find)
                        .map(found -> found.group(1))
                        .toList();
    }
}
