package org.partyline.transportbitcoinj.wallet;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.api.Faults;
import org.partyline.api.store.Forgetful;
import org.partyline.api.store.Store;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers the local wallets: {@link LocalWallets}, and a {@link Wallet} for each network that has one. */
@Component(
        immediate = true,
        service = {},
        configurationPid = WalletConfiguration.PID)
public final class LocalWalletsComponent {
    private static final Logger LOG = LoggerFactory.getLogger(LocalWalletsComponent.class);
    private static final long TICK_MILLIS = 500;
    /** Service property of a node that says whether wallets may follow it; missing: they may. */
    private static final String FEEDS_WALLET = "partyline.node.feeds.wallet";

    private final BundleContext bundle;
    private final List<Transport> nodes = new CopyOnWriteArrayList<>();
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private final Faults faults = new Faults("maintaining the wallets", LOG::error);
    private final ScheduledExecutorService timer;
    private final LocalWalletService wallets;

    /**
     * @param bundle registers the services
     * @param store keeps seeds and coins
     * @param values the configuration; an invalid one is rejected with a log line, and the defaults are used
     */
    @Activate
    public LocalWalletsComponent(BundleContext bundle, @Reference Store store, Map<String, Object> values) {
        this.bundle = bundle;
        WalletSettings settings;
        try {
            settings = WalletSettings.of(values);
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}; the defaults are used", WalletConfiguration.PID, e.getMessage());
            settings = WalletSettings.DEFAULTS;
        }
        wallets = new LocalWalletService(store, Clock.systemUTC(), new SecureRandom(), settings, nodes, this::offer);
        timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "partyline-local-wallets");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        services.add(bundle.registerService(LocalWallets.class, wallets, null));
        services.add(bundle.registerService(Forgetful.class, wallets::forget, null));
    }

    private void tick() {
        // Errors too: a timer that throws is never called again.
        faults.survive(wallets::tick);
    }

    private Runnable offer(Wallet wallet) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Wallet.NAME_PROPERTY, wallet.name());
        synchronized (services) {
            ServiceRegistration<?> service = bundle.registerService(Wallet.class, wallet, properties);
            services.add(service);
            return () -> withdraw(service);
        }
    }

    private void withdraw(ServiceRegistration<?> service) {
        synchronized (services) {
            if (services.remove(service)) {
                service.unregister();
            }
        }
    }

    /** A node was added. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addNode(Transport node, Map<String, Object> properties) {
        if (!Boolean.FALSE.equals(properties.get(FEEDS_WALLET))) {
            nodes.add(node);
        }
    }

    /** A node was removed. */
    void removeNode(Transport node) {
        nodes.remove(node);
    }

    /** Removes the wallets. */
    @Deactivate
    void stop() {
        timer.shutdownNow();
        synchronized (services) {
            services.forEach(ServiceRegistration::unregister);
            services.clear();
        }
        wallets.close();
    }
}
