package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.partyline.api.Network;
import org.partyline.api.transport.BlockMaker;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;

class EmbeddedComponentTest {
    @TempDir
    Path home;

    private final Map<Class<?>, Object> services = new HashMap<>();
    private final Map<Class<?>, Dictionary<?, ?>> properties = new HashMap<>();

    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getProperty")) {
                        return arguments[0].equals("partyline.home") ? home.toString() : null;
                    }
                    assertEquals("registerService", method.getName());
                    Class<?> type = (Class<?>) arguments[0];
                    services.put(type, arguments[1]);
                    properties.put(type, (Dictionary<?, ?>) arguments[2]);
                    return registration(type);
                });
    }

    private ServiceRegistration<?> registration(Class<?> type) {
        return (ServiceRegistration<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> {
                    assertEquals("unregister", method.getName());
                    services.remove(type);
                    return null;
                });
    }

    @Test
    void aConfigurationIsATransportAWalletAndABlockMaker() throws Exception {
        EmbeddedComponent component = new EmbeddedComponent(context(), Map.of("name", "home", "block-interval", "0"));

        Transport transport = (Transport) services.get(Transport.class);
        Wallet wallet = (Wallet) services.get(Wallet.class);
        BlockMaker blocks = (BlockMaker) services.get(BlockMaker.class);
        assertEquals("home", transport.name());
        assertEquals("embedded", transport.type());
        assertEquals(Network.EMBEDDED, transport.network());
        assertEquals(Network.EMBEDDED, wallet.network());
        assertEquals("home", properties.get(Transport.class).get(Transport.NAME_PROPERTY));
        assertEquals("home", properties.get(Wallet.class).get(Wallet.NAME_PROPERTY));
        assertEquals("home", properties.get(BlockMaker.class).get(Transport.NAME_PROPERTY));
        assertEquals(blocks.mine(), transport.status().tip().orElseThrow());
        assertTrue(Files.exists(home.resolve("embedded-home").resolve("chain.log")));

        component.stop();
        assertEquals(Map.of(), services);
        // The file is free again.
        new EmbeddedComponent(context(), Map.of("name", "home", "block-interval", "0")).stop();
    }

    @Test
    void aWrongChangeKeepsTheLastGoodSettings() throws Exception {
        EmbeddedComponent component = new EmbeddedComponent(
                context(), Map.of("name", "home", "block-interval", "0", "datacarrier-size", "83"));
        Transport transport = (Transport) services.get(Transport.class);

        component.change(Map.of("name", "home", "datacarrier-size", "huge"));
        assertEquals(83, transport.policy().maxScriptBytes());
        component.change(Map.of("name", "other", "datacarrier-size", "500"));
        assertEquals(83, transport.policy().maxScriptBytes());
        component.change(Map.of("name", "home", "block-interval", "0", "datacarrier-size", "500"));
        assertEquals(500, transport.policy().maxScriptBytes());
        component.stop();
    }

    @Test
    void aWrongConfigurationStartsNothing() {
        Map<String, Object> wrong = Map.of("name", "home", "block-interval", "soon");

        assertThrows(IllegalArgumentException.class, () -> new EmbeddedComponent(context(), wrong));

        assertEquals(List.of(), List.copyOf(services.values()));
    }
}
