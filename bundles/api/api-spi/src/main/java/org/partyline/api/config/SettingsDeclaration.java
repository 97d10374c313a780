package org.partyline.api.config;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;

/**
 * Declares the settings of one configuration, or of several of the same kind. A service of the bundle that reads it.
 * Thread-safe.
 */
@ConsumerType
public interface SettingsDeclaration {
    /** The name of the configuration, without the name of an instance. */
    String pid();

    /** Whether there are several, each with its name after the hyphen in the file's name. */
    default boolean isFactory() {
        return false;
    }

    /** Its subject. */
    String title();

    /** The settings in the order in which they are shown. */
    List<Setting<?>> settings();

    /**
     * Checks a configuration as the bundle would, before it is stored.
     *
     * @param values keys and values as in the file; a missing key has its default
     * @throws PartylineException for the first invalid value: key, value, and what is valid
     * @throws IllegalArgumentException the same
     */
    default void check(Map<String, String> values) throws PartylineException {
        settings().forEach(setting -> setting.in(values));
    }
}
