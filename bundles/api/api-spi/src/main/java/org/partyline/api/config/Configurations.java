package org.partyline.api.config;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Shows every setting of every running bundle, and changes them at once and permanently. A service. Thread-safe. */
@ProviderType
public interface Configurations {
    /** All sections, by name. */
    List<Section> list();

    /**
     * Changes one setting.
     *
     * @param name {@link Value#name()}, or its key if only one section has it
     * @throws PartylineException names the setting, the value and what is valid; the last value stays in force
     */
    void set(String name, String value) throws PartylineException;

    /**
     * Resets a setting to its default.
     *
     * @param name as for {@link #set}
     */
    void reset(String name) throws PartylineException;

    /** The setting of that name, or of that key if only one section has it. */
    Value get(String name) throws PartylineException;

    /**
     * The settings of one file.
     *
     * @param name unique, such as {@code engine}; the names of its settings begin with it
     * @param title its subject
     * @param file the file's name
     * @param bundle the bundle that reads it
     */
    record Section(String name, String title, String file, String bundle, List<Value> settings) {
        /** Copies the list. */
        public Section {
            settings = List.copyOf(settings);
        }
    }

    /**
     * A setting and its current value.
     *
     * @param name unique: section, dot, key
     * @param value the value in force; for a secret, empty if none is set, otherwise {@value #HIDDEN}
     * @param isSet whether it is in the configuration; otherwise the default is in force
     * @param standard the default
     * @param range the allowed values
     * @param unit its unit, or none
     * @param what its description
     * @param traits its other properties
     */
    record Value(
            String name,
            String value,
            boolean isSet,
            String standard,
            String range,
            String unit,
            String what,
            Traits traits) {
        /** Shown instead of a secret. */
        public static final String HIDDEN = "(set)";
    }

    /**
     * The properties of a setting that are not its value.
     *
     * @param secret whether it is never shown
     * @param effect when a change takes effect
     * @param command the command that sets it; empty: {@link #set}
     * @param choices fixed words with their meanings; other values may be allowed, too
     */
    record Traits(boolean secret, String effect, String command, Map<String, String> choices) {}
}
