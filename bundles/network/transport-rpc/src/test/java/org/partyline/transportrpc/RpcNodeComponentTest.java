package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.Eventually;

class RpcNodeComponentTest {
    private final FakeNode node = new FakeNode().healthy();
    /** The registered services: interface and name to service. */
    private final Map<String, Object> services = new TreeMap<>();

    private final FakeNetwork network = new FakeNetwork();
    private RpcNodeComponent component;

    @AfterEach
    void close() {
        if (component != null) {
            component.stop();
        }
        node.close();
    }

    private BundleContext bundle() {
        return (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    assertEquals("registerService", method.getName());
                    Class<?> type = (Class<?>) arguments[0];
                    Object name = ((Dictionary<?, ?>) arguments[2])
                            .get(type == Wallet.class ? Wallet.NAME_PROPERTY : Transport.NAME_PROPERTY);
                    String key = type.getSimpleName() + " " + name;
                    services.put(key, arguments[1]);
                    return Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {ServiceRegistration.class},
                            (registration, what, none) -> {
                                assertEquals("unregister", what.getName());
                                return services.remove(key);
                            });
                });
    }

    private void begin(Map<String, Object> values) {
        component = new RpcNodeComponent(bundle());
        component.network(network);
        component.begin(values);
    }

    private Map<String, Object> values(String... pairs) {
        Map<String, Object> values = new HashMap<>(Map.of(
                "name", "home", "network", "regtest", "url", node.url().toString(), "user", "rpc", "password", "p"));
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        return values;
    }

    @Test
    void aWalletServiceIsThereOnlyWhereAWalletIsConfigured() {
        begin(values());
        assertEquals("[HealthCheck home, Transport home]", services.keySet().toString());
        component.modified(values("wallet", "w"));
        assertEquals(
                "[HealthCheck home, Transport home, Wallet home]",
                services.keySet().toString());
        component.stop();
        assertEquals("[]", services.keySet().toString());
    }

    @Test
    void aBadChangeLeavesTheNodeAsItWas() {
        begin(values("wallet", "w"));
        Map<String, Object> before = new TreeMap<>(services);
        component.modified(values("poll-interval", "soon"));
        assertEquals(before, services);
    }

    @Test
    void aBadStartIsRepairedByAGoodChange() {
        begin(values("network", "mars"));
        assertEquals("[]", services.keySet().toString());
        component.modified(values());
        assertEquals("[HealthCheck home, Transport home]", services.keySet().toString());
    }

    @Test
    void aChangeOfThePolicyAndItsGoingAndComingAreSeenAtOnce() throws Exception {
        network.knows("core.onion", node.url().getPort()).remote(NetworkRoute.refused("not now"));
        begin(values("url", "http://core.onion:8332"));
        Transport transport = (Transport) services.get("Transport home");
        Eventually.that("it says so", () -> transport.status().detail().contains("not now"));
        network.remote(FakeNetwork.PROXY);
        component.networkUpdated(network);
        Eventually.that("it is ready", () -> transport.status().state() == NodeStatus.State.READY);
        network.closeAll();
        component.networkGone(network);
        Eventually.that("it says so", () -> transport.status().detail().contains("the network policy is not running"));
        assertEquals("none", transport.status().route());
        component.network(network);
        Eventually.that("it is ready", () -> transport.status().state() == NodeStatus.State.READY);
        component.networkGone(new FakeNetwork());
        assertEquals(NodeStatus.State.READY, transport.status().state());
    }
}
