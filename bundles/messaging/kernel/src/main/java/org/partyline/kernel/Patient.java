package org.partyline.kernel;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.kernel.AbsentException;

/** A service of the kernel as others see it: what cannot be done while a bundle is unavailable is refused with a reason, as all else is. */
public final class Patient {
    private Patient() {}

    public static <T> T with(Class<T> type, T service) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    case "toString" -> type.getSimpleName();
                    default -> call(service, method, arguments);
                }));
    }

    private static Object call(Object service, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(service, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof AbsentException absent) {
                throw refusal(method, absent);
            }
            throw e.getCause();
        }
    }

    /** In a form that the method may throw. */
    private static Exception refusal(Method method, AbsentException absent) {
        String message = "not possible now: " + absent.getMessage() + "; try again when that is running";
        for (Class<?> declared : method.getExceptionTypes()) {
            if (declared.isAssignableFrom(PartylineException.class)) {
                return new PartylineException(message);
            }
            if (declared.isAssignableFrom(StoreException.class)) {
                return new StoreException(message);
            }
            if (declared.isAssignableFrom(NoSuchThingException.class)) {
                return new NoSuchThingException(message);
            }
        }
        return absent;
    }
}
