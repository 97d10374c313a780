package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.partyline.api.carrier.Carrier;

class GuardedCarrierTest {
    private static final Map<Class<?>, Object> ZERO = Map.of(boolean.class, true, long.class, 7L, int.class, 3);

    private final List<String> calls = new ArrayList<>();

    private Carrier guarded(boolean fails) {
        Carrier carrier = (Carrier) Proxy.newProxyInstance(
                Carrier.class.getClassLoader(), new Class<?>[] {Carrier.class}, (self, method, arguments) -> {
                    calls.add(method.getName() + Arrays.toString(arguments));
                    if (fails) {
                        throw new IllegalStateException("it fails");
                    }
                    return ZERO.get(method.getReturnType());
                });
        return new GuardedCarrier("confirm", carrier, () -> calls.add("begin"), () -> calls.add("end"));
    }

    private static Object[] arguments(Method method) {
        return Arrays.stream(method.getParameterTypes()).map(ZERO::get).toArray();
    }

    /** Including those with a default, which the guard would otherwise answer itself. */
    @Test
    void eachCallReachesTheCarrierBetweenItsBeginningAndItsEnd() throws Exception {
        Carrier guarded = guarded(false);
        for (Method method : Carrier.class.getMethods()) {
            calls.clear();
            Object[] arguments = arguments(method);
            assertEquals(ZERO.get(method.getReturnType()), method.invoke(guarded, arguments), method.getName());
            String call = method.getName() + (arguments.length == 0 ? "null" : Arrays.toString(arguments));
            assertEquals(List.of("begin", call, "end"), calls);
        }
    }

    @Test
    void aCallThatFailsEndsToo() {
        Carrier guarded = guarded(true);
        for (Method method : Carrier.class.getMethods()) {
            calls.clear();
            assertThrows(InvocationTargetException.class, () -> method.invoke(guarded, arguments(method)));
            assertEquals("end", calls.get(calls.size() - 1), method.getName());
        }
    }
}
