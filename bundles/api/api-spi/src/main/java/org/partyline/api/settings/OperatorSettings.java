package org.partyline.api.settings;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * All settings of the engine, from files and commands. A bad value is refused, with its key, itself and what would be
 * right, and the last good settings stay. A service; it may go, while those who use it go on with the
 * {@link LastSettings}. Thread-safe.
 */
@ProviderType
public interface OperatorSettings {
    /** What holds now. */
    Settings get();

    /** Is called after the settings changed; must not block. */
    void onChange(Runnable listener);

    /** Is called no more. */
    void removeListener(Runnable listener);

    /**
     * Changes one setting, at once and for good.
     *
     * @throws IllegalArgumentException names the key, the value and what would be right; nothing has changed then
     */
    void set(String key, String value);

    /** The settings that an operator can carry to another server, as texts by their keys, where they differ from what holds by itself. */
    Map<String, String> changed();

    /** Every setting that can be carried, as it is configured, or as it is by itself. */
    Map<String, String> values();

    /** Whether a setting can be carried here from another server: its key is one of those, and its value is good. */
    boolean isPortable(String key, String value);

    /** Whether nothing may leave this machine but through a proxy. */
    boolean isProxyRequired();

    /**
     * Nothing leaves this machine but through a proxy from now on.
     *
     * @throws PartylineException when that cannot be written down: what to do
     */
    void requireProxy() throws PartylineException;
}
