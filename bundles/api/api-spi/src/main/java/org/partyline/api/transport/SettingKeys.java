package org.partyline.api.transport;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.partyline.api.PartylineException;

/** The keys of a configuration, from the annotation type that describes it, so that no second list has to be kept. */
public final class SettingKeys {
    private SettingKeys() {}

    /** The keys, in order: a method's name as OSGi reads it (Declarative Services 1.5, 112.8.2.1). */
    public static List<String> of(Class<?> configuration) {
        return Arrays.stream(configuration.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(Method::getName)
                .map(SettingKeys::key)
                .sorted()
                .toList();
    }

    private static String key(String method) {
        return method.replace("$_$", "-").replaceAll("(?<!_)_(?!_)", ".").replace("__", "_");
    }

    /**
     * @param type of the node, for the message
     * @param given the keys that someone set
     * @throws PartylineException names the first that is none, and those that there are
     */
    public static void check(String type, Class<?> configuration, Collection<String> given) throws PartylineException {
        List<String> known = of(configuration);
        for (String key : given) {
            if (!known.contains(key)) {
                throw new PartylineException("a node of type " + type + " has no setting '" + key
                        + "': its settings are " + String.join(", ", known));
            }
        }
    }
}
