package com.example.extension.loopback;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;

/** Runs a node for each file {@code org.partyline.transport.loopback-NAME.cfg}. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "org.partyline.transport.loopback",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class LoopbackComponent {
    private final LoopbackNode node;
    private final List<ServiceRegistration<?>> services;

    /** Starts the node. */
    @Activate
    public LoopbackComponent(BundleContext context, Map<String, Object> settings) {
        String name = String.valueOf(settings.get("name"));
        node = new LoopbackNode(name);
        services = List.of(
                context.registerService(
                        Wallet.class, new LoopbackWallet(name, node), named(Wallet.NAME_PROPERTY, name)),
                context.registerService(Transport.class, node, named(Transport.NAME_PROPERTY, name)));
    }

    private static Dictionary<String, String> named(String property, String name) {
        Dictionary<String, String> properties = new Hashtable<>();
        properties.put(property, name);
        return properties;
    }

    @Deactivate
    void stop() {
        services.forEach(ServiceRegistration::unregister);
        node.close();
    }
}
