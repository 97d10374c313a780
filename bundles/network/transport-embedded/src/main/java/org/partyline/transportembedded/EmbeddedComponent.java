package org.partyline.transportembedded;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.partyline.api.Faults;
import org.partyline.api.ServerHome;
import org.partyline.api.transport.BlockMaker;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages one embedded node for each configuration. The services are registered in code because each has its own name
 * property.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = EmbeddedComponent.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class EmbeddedComponent {
    /** The factory PID. */
    static final String PID = "org.partyline.transport.embedded";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedComponent.class);

    private final String name;
    private final ScheduledExecutorService scheduler;
    private final EmbeddedNode node;
    private final List<ServiceRegistration<?>> services = new ArrayList<>();

    /** Starts the node, unless the configuration is invalid. */
    @Activate
    public EmbeddedComponent(BundleContext context, Map<String, Object> properties) throws IOException {
        EmbeddedSettings settings;
        try {
            name = EmbeddedConfig.name(properties);
            settings = EmbeddedConfig.read(properties);
        } catch (IllegalArgumentException e) {
            LOG.error("No embedded node: {}", e.getMessage());
            throw e;
        }
        scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "embedded-" + name + "-blocks");
            thread.setDaemon(true);
            return thread;
        });
        try {
            node = new EmbeddedNode(
                    name,
                    ServerHome.of(context::getProperty),
                    settings,
                    Clock.systemUTC(),
                    new SecureRandom(),
                    scheduler);
        } catch (IOException e) {
            scheduler.shutdownNow();
            LOG.error("No embedded node {}: {}", name, e.getMessage());
            throw e;
        }
        services.add(context.registerService(BlockMaker.class, node.transport(), named(Transport.NAME_PROPERTY)));
        services.add(context.registerService(Wallet.class, node.wallet(), named(Wallet.NAME_PROPERTY)));
        services.add(context.registerService(Transport.class, node.transport(), named(Transport.NAME_PROPERTY)));
    }

    private Dictionary<String, String> named(String property) {
        Dictionary<String, String> properties = new Hashtable<>();
        properties.put(property, name);
        return properties;
    }

    /** Applies a changed configuration; an invalid one changes nothing. */
    @Modified
    void change(Map<String, Object> properties) {
        try {
            if (!EmbeddedConfig.name(properties).equals(name)) {
                LOG.error(
                        "name = '{}' is not allowed: a node keeps its name, '{}'; add another node",
                        EmbeddedConfig.name(properties),
                        name);
                return;
            }
            node.change(EmbeddedConfig.read(properties));
        } catch (IllegalArgumentException e) {
            LOG.error("Embedded node {} keeps its last good configuration: {}", name, e.getMessage());
        }
    }

    /** Stops the node. */
    @Deactivate
    void stop() {
        services.forEach(ServiceRegistration::unregister);
        scheduler.shutdown();
        try {
            node.close();
        } catch (IOException e) {
            LOG.warn("Node {} did not close its file: {}", name, Faults.reason(e));
        }
    }
}
