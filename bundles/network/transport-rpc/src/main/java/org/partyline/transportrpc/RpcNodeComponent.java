package org.partyline.transportrpc;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NodeAddresses;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages the node of a configuration, and registers its {@link Transport} and, if configured, its {@link Wallet}.
 *
 * <p>An invalid change is rejected with a log line, and the node continues unchanged.
 */
@Component(
        immediate = true,
        service = {},
        configurationPid = RpcSettings.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class RpcNodeComponent {
    private static final Logger LOG = LoggerFactory.getLogger(RpcNodeComponent.class);

    private final BundleContext bundle;
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private final AtomicReference<NetworkPolicy> network = new AtomicReference<>();
    /** Null while there is no node. */
    private @Nullable ScheduledExecutorService executor;

    private @Nullable RpcNode node;

    /** @param bundle registers the services */
    @Activate
    public RpcNodeComponent(BundleContext bundle) {
        this.bundle = bundle;
    }

    /** @param policy makes the connections from now on */
    @Reference(
            cardinality = OPTIONAL,
            policy = DYNAMIC,
            policyOption = GREEDY,
            updated = "networkUpdated",
            unbind = "networkGone")
    void network(NetworkPolicy policy) {
        network.set(policy);
        networkChanged();
    }

    /** @param policy has changed; Declarative Services only calls this method if it has the parameter */
    void networkUpdated(NetworkPolicy policy) {
        networkChanged();
    }

    private synchronized void networkChanged() {
        if (node != null) {
            node.networkChanged();
        }
    }

    /** @param policy makes no more connections */
    void networkGone(NetworkPolicy policy) {
        network.compareAndSet(policy, null);
        networkChanged();
    }

    /** @param values the configuration */
    @Activate
    void begin(Map<String, Object> values) {
        RpcSettings settings;
        try {
            settings = read(values);
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}; the node is not started", where(values), e.getMessage());
            return;
        }
        start(settings);
    }

    /** @param values the new configuration */
    @Modified
    synchronized void modified(Map<String, Object> values) {
        RpcSettings settings;
        try {
            settings = read(values);
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "{}: {}; {}",
                    where(values),
                    e.getMessage(),
                    node == null ? "the node is not started" : "the node keeps its previous settings");
            return;
        }
        stop();
        start(settings);
    }

    /** Removes the node. */
    @Deactivate
    synchronized void stop() {
        services.forEach(ServiceRegistration::unregister);
        services.clear();
        if (node != null) {
            node.close();
            node = null;
        }
        if (executor != null) {
            executor.shutdownNow();
            executor = null;
        }
    }

    private static RpcSettings read(Map<String, Object> values) {
        return RpcSettings.of(values, Path.of(System.getProperty("user.home", ".")));
    }

    private static String where(Map<String, Object> values) {
        Object file = values.get("felix.fileinstall.filename");
        String path = String.valueOf(file == null ? values.get("service.pid") : file);
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private synchronized void start(RpcSettings settings) {
        executor = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "partyline-rpc-" + settings.name());
            thread.setDaemon(true);
            return thread;
        });
        node = RpcNode.open(
                settings,
                () -> Optional.ofNullable(network.get()),
                executor,
                Clock.systemUTC(),
                new SecureRandom(),
                time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()));
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Transport.NAME_PROPERTY, settings.name());
        properties.put(NodeAddresses.PROPERTY, new String[] {settings.url().getAuthority()});
        services.add(bundle.registerService(Transport.class, node.transport(), properties));
        Dictionary<String, Object> checked = new Hashtable<>();
        checked.put(Transport.NAME_PROPERTY, settings.name());
        services.add(bundle.registerService(HealthCheck.class, node.check(), checked));
        node.wallet().ifPresent(wallet -> {
            Dictionary<String, Object> named = new Hashtable<>();
            named.put(Wallet.NAME_PROPERTY, settings.name());
            services.add(bundle.registerService(Wallet.class, wallet, named));
        });
    }
}
