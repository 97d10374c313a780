package org.partyline.transportrpc;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Setting;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NodeSettingException;
import org.partyline.api.transport.NodeSettingsCheck;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.WalletException;

/** Checks the settings of a new node, and asks the node whether it accepts them. */
@Component
public final class RpcSettingsCheck implements NodeSettingsCheck {
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile NetworkPolicy network;

    /** For Declarative Services, which fills the field. */
    public RpcSettingsCheck() {}

    /** @param network makes the connections */
    RpcSettingsCheck(NetworkPolicy network) {
        this.network = network;
    }

    @Override
    public String type() {
        return "rpc";
    }

    @Override
    public String title() {
        return "A Bitcoin Core node over JSON-RPC and ZMQ, and its wallet.";
    }

    @Override
    public List<Setting<?>> settings() {
        return RpcConfiguration.ALL;
    }

    @Override
    public void check(Map<String, String> settings) throws PartylineException {
        NodeSettingsCheck.super.check(settings);
        read(settings);
    }

    @Override
    public void ask(Map<String, String> settings) throws PartylineException {
        try {
            RpcNode.ask(
                    read(settings),
                    () -> Optional.ofNullable(network),
                    Clock.systemUTC(),
                    new SecureRandom(),
                    time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()));
        } catch (NodeProblem e) {
            throw new NodeSettingException(
                    e.setting(),
                    e.state() == NodeStatus.State.REFUSED,
                    e.getMessage().replace("; it is tried again", ""),
                    e);
        } catch (WalletException e) {
            throw new NodeSettingException("wallet", true, e.getMessage(), e);
        }
    }

    private static RpcSettings read(Map<String, String> settings) {
        return RpcSettings.of(settings, Path.of(System.getProperty("user.home", ".")));
    }
}
