package org.partyline.api.settings;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * All settings of the engine, from files and commands. An invalid value is rejected with its key, the value and what is
 * valid, and the last valid settings stay in force. A service; while it is stopped, its users continue with the {@link
 * LastSettings}. Thread-safe.
 */
@ProviderType
public interface OperatorSettings {
    /** The settings in force. */
    Settings get();

    /** Adds a listener, called after the settings changed; it must not block. */
    void onChange(Runnable listener);

    /** Removes a listener. */
    void removeListener(Runnable listener);

    /**
     * Changes one setting, at once and permanently.
     *
     * @throws IllegalArgumentException names the key, the value and what is valid; nothing was changed
     * @throws org.partyline.api.UnavailableException if it cannot be stored; nothing was changed
     */
    void set(String key, String value);

    /**
     * The settings that an operator can carry to another server and that differ from their defaults, as texts by key.
     */
    Map<String, String> changed();

    /** Every setting that can be carried to another server, with its configured or default value. */
    Map<String, String> values();

    /** Whether a setting from another server can be used here: its key is one of those, and its value is valid. */
    boolean isPortable(String key, String value);

    /** Whether connections to other machines must use a proxy. */
    boolean isProxyRequired();

    /**
     * Requires a proxy for all connections to other machines from now on.
     *
     * @throws PartylineException if that cannot be stored: what to do
     */
    void requireProxy() throws PartylineException;
}
