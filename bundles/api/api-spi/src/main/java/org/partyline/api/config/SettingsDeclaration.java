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
    /** Of the configuration, without the name of an instance. */
    String pid();

    /** Whether there are several, each with a name after the hyphen in its file's name. */
    default boolean isFactory() {
        return false;
    }

    /** What it is about. */
    String title();

    /** In the order in which they are shown. */
    List<Setting<?>> settings();

    /**
     * Reads a configuration as the bundle would, before it is stored.
     *
     * @param values keys and values as in the file; what is not there has its default
     * @throws PartylineException the first value that is refused: key, value, and what would be right
     * @throws IllegalArgumentException the same
     */
    default void check(Map<String, String> values) throws PartylineException {
        settings().forEach(setting -> setting.in(values));
    }
}
