package org.partyline.doctor;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.ServerHome;
import org.partyline.api.UnavailableException;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs all checks: our own in a fixed order, then those of other bundles by name. */
@Component(service = Doctor.class)
public final class Examination implements Doctor {
    private static final Logger LOG = LoggerFactory.getLogger(Examination.class);

    private final List<HealthCheck> ours;
    private final Clock clock;
    private final List<HealthCheck> others = new CopyOnWriteArrayList<>();
    private volatile @Nullable Look newest;

    /** For Declarative Services. */
    @Activate
    public Examination(BundleContext context) {
        this(
                Clock.systemUTC(),
                checks(
                        new DoctorBundleSources(context),
                        new VersionsCheck(() -> ours(context), below(context)),
                        Clock.systemUTC(),
                        Stream.of("karaf.etc", "karaf.data")
                                .map(context::getProperty)
                                .flatMap(Stream::ofNullable)
                                .map(Path::of)
                                .toList(),
                        Optional.ofNullable(context.getProperty("karaf.data")).map(Path::of),
                        ServerHome.of(context::getProperty)));
    }

    Examination(Clock clock, List<HealthCheck> ours) {
        this.clock = clock;
        this.ours = ours;
    }

    private static Map<String, String> ours(BundleContext context) {
        return Stream.of(context.getBundles())
                .filter(bundle -> String.valueOf(bundle.getSymbolicName()).startsWith("org.partyline."))
                .collect(Collectors.toMap(
                        Bundle::getSymbolicName, bundle -> bundle.getVersion().toString(), (one, other) -> other));
    }

    private static String below(BundleContext context) {
        return "Karaf " + context.getProperty("karaf.version") + " and Java " + Runtime.version();
    }

    /**
     * @param versions checks the versions
     * @param files directories whose files must be private
     * @param data a directory of the server
     * @param home the directory of the store
     */
    private static List<HealthCheck> checks(
            DoctorSources sources,
            HealthCheck versions,
            Clock clock,
            List<Path> files,
            Optional<Path> data,
            Path home) {
        return List.of(
                JavaCheck.here(clock),
                RandomnessCheck.here(),
                versions,
                new ProcessCheck(sources),
                new FilesCheck(files),
                new DiskCheck(sources, home, data),
                new BundlesCheck(sources),
                new ForeignCheck(sources),
                new StoreCheck(sources),
                new NodesCheck(sources),
                new ClockCheck(sources, clock),
                new FeesCheck(sources),
                new CoinsCheck(sources),
                new PrivacyCheck(sources),
                new BackupCheck(sources, clock),
                new KeysCheck(sources, clock),
                new ContactsCheck(sources),
                new OutboxCheck(sources),
                new LegacyCheck(sources),
                new AuditCheck(sources));
    }

    /** For Declarative Services. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addCheck(HealthCheck check) {
        others.add(check);
    }

    /** For Declarative Services. */
    public void removeCheck(HealthCheck check) {
        others.remove(check);
    }

    @Override
    public List<Finding> examine() {
        List<Finding> all = new ArrayList<>();
        ours.forEach(check -> all.addAll(look(check)));
        others.stream()
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .forEach(check -> all.addAll(look(check)));
        newest = Look.of(clock.instant(), all);
        return List.copyOf(all);
    }

    @Override
    public Optional<Look> newest() {
        return Optional.ofNullable(newest);
    }

    /** A failing check must not hide the findings of others. */
    private static List<Finding> look(HealthCheck check) {
        try {
            return check.examine();
        } catch (PartylineException | UnavailableException e) {
            return List.of(Finding.warning(check.name(), "this cannot be checked: " + e.getMessage(), ""));
        } catch (RuntimeException e) {
            LOG.error("the check {} failed: {}", check.name(), Faults.reason(e));
            return List.of(Finding.warning(check.name(), "this cannot be checked: the check failed, see the log", ""));
        }
    }
}
