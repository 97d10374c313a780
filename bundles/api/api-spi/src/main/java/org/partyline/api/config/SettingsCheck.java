package org.partyline.api.config;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Reads a configuration as the bundle would that it is for, before it is stored. A service; for what min, max and options in
 * Metatype do not say. Thread-safe.
 */
@ConsumerType
public interface SettingsCheck {
    /** Of the configuration, without the name of an instance. */
    String pid();

    /**
     * @param settings keys and values as in the file; what is not there has its default
     * @throws IllegalArgumentException the first value that is refused: key, value, and what would be right
     */
    void check(Map<String, String> settings);
}
