package org.partyline.metrics;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.partyline.api.PartylineException;
import org.partyline.api.ServerHome;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Vault;
import org.partyline.api.metrics.StageMeter;
import org.partyline.api.store.Forgetful;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and stops the metrics according to the settings. While they are not served, nothing is measured. */
@Component(
        service = {},
        immediate = true,
        configurationPid = MetricsConfiguration.PID)
public final class MetricsService {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsService.class);

    private final BundleContext context;
    private final Path home;
    private MetricsSettings settings = MetricsSettings.of(Map.of());
    /** Null while metrics are not served. */
    private @Nullable Running running;

    /** Everything that exists while metrics are served. */
    private record Running(
            Publisher publisher, MetricsServer door, List<ServiceRegistration<?>> services, BundleNumbers bundles) {}

    /** For Declarative Services. */
    @Activate
    public MetricsService(BundleContext context, Map<String, Object> properties) {
        this.context = context;
        this.home = ServerHome.of(context::getProperty);
        modified(properties);
    }

    /** For Declarative Services: the settings changed. */
    @Modified
    public synchronized void modified(Map<String, Object> properties) {
        MetricsSettings next;
        try {
            next = MetricsSettings.of(properties);
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}. The last good settings stay in force.", MetricsConfiguration.PID, e.getMessage());
            return;
        }
        if (running != null && next.equals(settings)) {
            return;
        }
        settings = next;
        stop();
        if (next.enabled()) {
            start(next);
        }
    }

    private void start(MetricsSettings now) {
        StageNumbers stages = new StageNumbers();
        BundleNumbers bundles = new BundleNumbers();
        SecureRandom random = new SecureRandom();
        Clock clock = Clock.systemUTC();
        List<MetricSource> numbers = List.of(
                new NodeNumbers(),
                new QueueNumbers(clock, new Waiting(random)),
                stages,
                new MoneyNumbers(),
                new StoreNumbers(home),
                new ProcessNumbers(),
                bundles);
        Sources sources = new BundleSources(context);
        Publisher publisher = new Publisher(
                new Look(sources, numbers, clock)::take,
                () -> sources.find(Vault.class).map(Vault::state),
                now.period(),
                random);
        try {
            MetricsServer door = MetricsServer.open(
                    now.address(), publisher, now.token() ? Optional.of(Token.in(home, random)) : Optional.empty());
            publisher.start();
            context.addBundleListener(bundles);
            Forgetful forgetful = () -> {
                stages.clear();
                publisher.forget();
            };
            running = new Running(
                    publisher,
                    door,
                    List.of(
                            context.registerService(StageMeter.class, stages, new Hashtable<>()),
                            context.registerService(Forgetful.class, forgetful, new Hashtable<>())),
                    bundles);
            LOG.info(
                    "metrics are served on port {} of {}",
                    door.port(),
                    now.address().getAddress().getHostAddress());
        } catch (BindException e) {
            publisher.close();
            LOG.error(
                    "no metrics: port {} is in use; set another in {}.cfg",
                    now.address().getPort(),
                    MetricsConfiguration.PID);
        } catch (IOException | PartylineException | UnavailableException e) {
            publisher.close();
            LOG.error("no metrics: {}", e.getMessage());
        }
    }

    /** For Declarative Services. */
    @Deactivate
    public synchronized void stop() {
        if (running == null) {
            return;
        }
        running.services().forEach(ServiceRegistration::unregister);
        context.removeBundleListener(running.bundles());
        running.door().close();
        running.publisher().close();
        running = null;
        LOG.info("metrics are no longer served");
    }
}
