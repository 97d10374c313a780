package org.partyline.settings;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;

/** What the settings are where nothing is configured, as {@link EngineConfiguration} says. */
final class EngineDefaults {
    private EngineDefaults() {}

    static Map<String, String> values() {
        Map<String, String> values = new TreeMap<>();
        for (Method method : EngineConfiguration.class.getDeclaredMethods()) {
            values.put(method.getName().replace("$_$", "-"), String.valueOf(method.getDefaultValue()));
        }
        return values;
    }
}
