package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.partyline.api.engine.Vault;
import org.partyline.messaging.state.EventHub;
import org.partyline.state.StateComponent;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.TestSettings;
import org.partyline.testkit.messaging.StageBench;

/** A vault that starts without a bundle that someone has stopped. */
class StartTest {
    private final List<Object> offered = new CopyOnWriteArrayList<>();
    private final MachineStore store = new MachineStore();
    private final StateComponent state =
            new StateComponent(store, new StageBench.NoOutages(), new HandSetClock(), new SecureRandom());
    private final VaultComponent vault = new VaultComponent(state.services(), store.outside);

    private BundleContext context() {
        return proxy(BundleContext.class, (method, arguments) -> {
            if (method.equals("registerService")) {
                offered.add(arguments[0]);
                return proxy(ServiceRegistration.class, (name, none) -> null);
            }
            return null;
        });
    }

    private interface Handler {
        Object handle(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> handler.handle(method.getName(), arguments)));
    }

    @AfterEach
    void stop() {
        vault.stop();
        state.stop();
    }

    /**
     * The events, and the maintenance of records, outlive this bundle: none of its methods is called once it is stopped
     * or replaced.
     */
    @Test
    void whatItListenedToCallsItNoMoreOnceItIsStopped() throws Exception {
        state.setOperatorSettings(new TestSettings());
        vault.start(context());
        vault.begin();
        assertEquals(1, followers());
        vault.stop();
        assertEquals(0, followers());
        new VaultComponent(state.services(), store.outside).stop();
        assertEquals(0, followers());
    }

    private int followers() throws ReflectiveOperationException {
        java.lang.reflect.Field field = EventHub.class.getDeclaredField("followers");
        field.setAccessible(true);
        return ((List<?>) field.get(state.services().notices().events())).size();
    }

    @Test
    void withoutSettingsItWaitsAndWithThemItNeedsNothingElse() {
        vault.start(context());
        vault.begin();
        assertEquals(List.of(), offered);
        state.setOperatorSettings(new TestSettings());
        vault.begin();
        assertTrue(offered.contains(Vault.class), offered::toString);
    }
}
