package org.partyline.transportbitcoinj;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NodeAddresses;
import org.partyline.api.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages the node of a configuration, and registers its {@link Transport}.
 *
 * <p>An invalid change is rejected with a log line, and the node continues unchanged.
 */
@Component(
        immediate = true,
        service = {},
        configurationPid = P2pSettings.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class P2pNodeComponent {
    /** Service property of a node that feeds the local wallet. */
    static final String FEEDS_WALLET = "partyline.node.feeds.wallet";

    private static final Logger LOG = LoggerFactory.getLogger(P2pNodeComponent.class);

    private final BundleContext bundle;
    private final AtomicReference<NetworkPolicy> network = new AtomicReference<>();
    private @Nullable ServiceRegistration<Transport> service;
    private @Nullable ScheduledExecutorService loop;
    private @Nullable P2pNode node;

    /** @param bundle registers the services */
    @Activate
    public P2pNodeComponent(BundleContext bundle) {
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
        P2pSettings settings;
        try {
            settings = P2pSettings.of(values);
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}; the node is not started", where(values), e.getMessage());
            return;
        }
        start(settings);
    }

    /** @param values the new configuration */
    @Modified
    synchronized void modified(Map<String, Object> values) {
        P2pSettings settings;
        try {
            settings = P2pSettings.of(values);
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
        if (service != null) {
            service.unregister();
            service = null;
        }
        if (node != null) {
            node.close();
            node = null;
        }
        if (loop != null) {
            loop.shutdownNow();
            loop = null;
        }
    }

    private static String where(Map<String, Object> values) {
        Object file = values.get("felix.fileinstall.filename");
        String path = String.valueOf(file == null ? values.get("service.pid") : file);
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private synchronized void start(P2pSettings settings) {
        ThreadFactory threads = threads("partyline-p2p-" + settings.name());
        loop = Executors.newSingleThreadScheduledExecutor(threads);
        node = new P2pNode(
                settings,
                () -> Optional.ofNullable(network.get()),
                loop,
                threads,
                Clock.systemUTC(),
                new SecureRandom());
        node.start();
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Transport.NAME_PROPERTY, settings.name());
        properties.put(
                NodeAddresses.PROPERTY,
                settings.peers().stream().map(Endpoint::toString).toArray(String[]::new));
        properties.put(FEEDS_WALLET, settings.wallet());
        service = bundle.registerService(Transport.class, new P2pTransport(settings, node), properties);
    }

    /** Numbered daemon threads. */
    static ThreadFactory threads(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
