package org.partyline.networkpolicy;

import java.io.IOException;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.partyline.api.panic.Severable;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link NetworkPolicy} of the configuration {@value NetworkSettings#PID}. Without the configuration there is no
 * service, and so no connection; with an invalid one, nothing leaves this machine.
 */
@Component(
        immediate = true,
        service = {NetworkPolicy.class, Severable.class},
        configurationPid = NetworkSettings.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class NetworkPolicyComponent implements NetworkPolicy, Severable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkPolicyComponent.class);
    private static final NetworkSettings ENDED =
            new NetworkSettings(org.partyline.api.transport.ProxyChoice.NONE, true, "the network policy has stopped");

    private final ConnectionGate gate;

    /** @param values the configuration */
    @Activate
    public NetworkPolicyComponent(Map<String, Object> values) {
        gate = new ConnectionGate(read(values), new Circuits(new SecureRandom()), System::nanoTime);
    }

    /** @param values the new configuration */
    @Modified
    void modified(Map<String, Object> values) {
        gate.change(read(values));
    }

    /** Closes connections to other machines. */
    @Deactivate
    void end() {
        gate.change(ENDED);
    }

    private static NetworkSettings read(Map<String, Object> values) {
        NetworkSettings settings = NetworkSettings.of(values);
        if (!settings.fault().isEmpty()) {
            LOG.error("{}; nothing leaves this machine until it is corrected", settings.fault());
        }
        return settings;
    }

    @Override
    public NetworkRoute route(NetworkTarget target) {
        return gate.route(target);
    }

    @Override
    public Socket connect(NetworkTarget target, Duration timeout) throws NetworkException, IOException {
        return gate.connect(target, timeout);
    }

    @Override
    public String name() {
        return "connections to nodes";
    }

    @Override
    public int sever(String mark) {
        return gate.closeAll();
    }
}
