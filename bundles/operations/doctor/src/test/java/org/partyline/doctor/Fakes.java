package org.partyline.doctor;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.partyline.api.PartylineException;

/** Services with prepared answers. */
final class Fakes implements DoctorSources {
    private final Map<Class<?>, Map<String, Object>> answers = new HashMap<>();

    /** @param answer the result of a method, or the exception that it throws */
    Fakes with(Class<?> type, String method, Object answer) {
        answers.computeIfAbsent(type, none -> new HashMap<>()).put(method, answer);
        return this;
    }

    @Override
    public <T> T need(Class<T> type) throws PartylineException {
        Map<String, Object> known = answers.get(type);
        if (known == null) {
            throw new PartylineException(
                    "the " + type.getSimpleName().toLowerCase(Locale.ROOT) + " service is not running");
        }
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            if (!known.containsKey(method.getName())) {
                throw new AssertionError("nobody said what " + method + " gives");
            }
            if (known.get(method.getName()) instanceof Exception thrown) {
                throw thrown;
            }
            return known.get(method.getName());
        }));
    }
}
