package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

class StageCareTest {
    private final List<Object> asked = new ArrayList<>();
    private volatile Bundle[] users;
    private final ServiceReference<?> stage =
            proxy(ServiceReference.class, (self, method, arguments) -> switch (method.getName()) {
                case "getUsingBundles" -> users;
                case "hashCode" -> 1;
                case "equals" -> self == arguments[0];
                default -> null;
            });
    private final BundleContext context =
            proxy(BundleContext.class, (self, method, arguments) -> switch (method.getName()) {
                case "getServiceReferences" -> List.of(stage);
                case "getService" -> {
                    asked.add(arguments[0]);
                    users = new Bundle[0];
                    yield new Object();
                }
                default -> null;
            });
    private final StageCare care = new StageCare(context);

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @AfterEach
    void stop() {
        care.stop();
    }

    @Test
    void aStageThatNobodyHasIsAskedForAgain() {
        care.look();
        assertEquals(List.of(), asked, "it may just be bound");
        care.look();
        assertEquals(List.of(stage), asked);
        care.look();
        assertEquals(List.of(stage), asked, "it is made");
    }

    @Test
    void aStageThatTheKernelHasIsLeftAlone() {
        users = new Bundle[0];
        care.look();
        care.look();
        assertEquals(List.of(), asked);
    }
}
