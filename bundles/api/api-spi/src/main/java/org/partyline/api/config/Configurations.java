package org.partyline.api.config;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Shows every setting of every running bundle, and changes them at once and permanently. A service. Thread-safe. */
@ProviderType
public interface Configurations {
    /** By the names of the sections. */
    List<Section> list();

    /**
     * Sets one.
     *
     * @param name {@link Value#name()}, or its key where only one section has that
     * @throws PartylineException names the setting, the value and what would be right; the last value holds then
     */
    void set(String name, String value) throws PartylineException;

    /**
     * Takes the value back that was set: the default holds.
     *
     * @param name as of {@link #set}
     */
    void reset(String name) throws PartylineException;

    /** The one of that name, or key where only one section has that. */
    Value get(String name) throws PartylineException;

    /**
     * The settings of one file.
     *
     * @param name unique, such as {@code engine}; what the names of its settings begin with
     * @param title what they are about
     * @param file its name
     * @param bundle who reads it
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
     * @param value what holds; of a secret: empty where none is set, else {@value #HIDDEN}
     * @param isSet whether it is in the configuration; else the default holds
     * @param standard the default
     * @param range what is allowed
     * @param unit what it counts, or none
     * @param what it is for
     * @param traits what else there is to know
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
        /** Stands for a secret. */
        public static final String HIDDEN = "(set)";
    }

    /**
     * The properties of a setting that are not its value.
     *
     * @param secret never shown
     * @param effect when a change counts
     * @param command that sets it; empty: {@link #set} does
     * @param choices words with what they stand for; more may be allowed
     */
    record Traits(boolean secret, String effect, String command, Map<String, String> choices) {}
}
