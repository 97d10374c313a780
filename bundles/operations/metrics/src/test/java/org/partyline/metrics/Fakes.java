package org.partyline.metrics;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Services with prepared answers. */
final class Fakes implements Sources {
    private final Map<Class<?>, Map<String, Supplier<?>>> answers = new HashMap<>();

    /** @param method the name of one of the type's methods */
    Fakes with(Class<?> type, String method, Supplier<?> answer) {
        answers.computeIfAbsent(type, none -> new HashMap<>()).put(method, answer);
        return this;
    }

    @Override
    public <T> Optional<T> find(Class<T> type) {
        Map<String, Supplier<?>> known = answers.get(type);
        return known == null
                ? Optional.empty()
                : Optional.of(type.cast(Proxy.newProxyInstance(
                        type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
                            if (!known.containsKey(method.getName())) {
                                throw new AssertionError("nobody said what " + method + " gives");
                            }
                            return known.get(method.getName()).get();
                        })));
    }
}
