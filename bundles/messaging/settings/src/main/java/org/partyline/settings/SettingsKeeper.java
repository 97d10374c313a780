package org.partyline.settings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.config.Setting;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the engine's settings: rejects an invalid value with a log line, and keeps the last valid settings. */
@Component(service = OperatorSettings.class, configurationPid = EngineSettings.PID)
public final class SettingsKeeper implements OperatorSettings {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsKeeper.class);

    private final ConfigurationAdmin admin;
    private final Optional<SettingsFile> file;
    private final NetworkFile network;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Settings settings = EngineSettings.defaults();

    /** For Declarative Services. */
    @Activate
    public SettingsKeeper(@Reference ConfigurationAdmin admin, BundleContext context, Map<String, Object> properties) {
        this(
                admin,
                etc(context).map(etc -> new SettingsFile(etc.resolve(EngineSettings.PID + ".cfg"))),
                etc(context),
                properties);
    }

    /**
     * @param file where changes are stored; empty for the configuration only
     * @param etc the directory of the machine's network configuration; empty if there is none
     */
    public SettingsKeeper(
            ConfigurationAdmin admin, Optional<SettingsFile> file, Optional<Path> etc, Map<String, Object> properties) {
        this.admin = admin;
        this.file = file;
        this.network = new NetworkFile(etc);
        accept(properties);
    }

    private static Optional<Path> etc(BundleContext context) {
        return Optional.ofNullable(context.getProperty("karaf.etc")).map(Path::of);
    }

    /** Called late, on a thread of Configuration Admin: a setting that was changed meanwhile must not be reverted. */
    @Modified
    void modified(Map<String, Object> properties) {
        synchronized (this) {
            accept(newest(properties));
        }
        listeners.forEach(Runnable::run);
    }

    private Map<String, Object> newest(Map<String, Object> told) {
        try {
            Dictionary<String, Object> configured =
                    admin.getConfiguration(EngineSettings.PID, "?").getProperties();
            if (configured == null) {
                return told;
            }
            Map<String, Object> newest = new HashMap<>();
            for (var keys = configured.keys(); keys.hasMoreElements(); ) {
                String name = keys.nextElement();
                newest.put(name, configured.get(name));
            }
            return newest;
        } catch (IOException | IllegalStateException e) {
            return told;
        }
    }

    private void accept(Map<String, Object> properties) {
        try {
            settings = EngineSettings.parse(properties);
            for (String name : EngineSettings.namesOfOthers(settings.suites())) {
                LOG.warn(
                        "{}: '{}' is not a suite or key derivation of this program: check its spelling, unless "
                                + "another bundle provides it (partyline:suite-list)",
                        EngineSettings.PID,
                        name);
            }
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}. The last good settings stay in force.", EngineSettings.PID, e.getMessage());
        }
    }

    @Override
    public Settings get() {
        return settings;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    @Override
    public Map<String, String> changed() {
        Map<String, String> changed = new TreeMap<>();
        try {
            Dictionary<String, Object> configured =
                    admin.getConfiguration(EngineSettings.PID, "?").getProperties();
            for (String key : EngineSettings.PORTABLE) {
                Object value = configured == null ? null : configured.get(key);
                if (value != null && !EngineSettings.isDefault(key, value.toString())) {
                    changed.put(key, value.toString());
                }
            }
        } catch (IOException e) {
            LOG.warn("the configuration cannot be read: {}", e.getMessage());
        }
        return changed;
    }

    @Override
    public Map<String, String> values() {
        Map<String, String> values = new TreeMap<>();
        EngineSettings.ALL.forEach(setting -> values.put(setting.key(), setting.standard()));
        values.putAll(changed());
        return values;
    }

    @Override
    public synchronized void set(String key, String value) {
        try {
            Configuration configuration = admin.getConfiguration(EngineSettings.PID, "?");
            Dictionary<String, Object> before = configuration.getProperties();
            Hashtable<String, Object> after = new Hashtable<>();
            if (before != null) {
                for (var keys = before.keys(); keys.hasMoreElements(); ) {
                    String name = keys.nextElement();
                    after.put(name, before.get(name));
                }
            }
            after.put(key, value);
            Settings changed = parse(key, value, after);
            if (file.isPresent()) {
                file.get().set(key, value);
            }
            settings = changed;
            configuration.update(after);
        } catch (IOException e) {
            LOG.debug("a setting cannot be written: {}", Faults.reason(e));
            throw new UnavailableException(key + " is unchanged, since the file " + EngineSettings.PID
                    + ".cfg in etc cannot be written: check the disk and the file's permissions, and try again");
        }
    }

    private static Settings parse(String key, String value, Hashtable<String, Object> all) {
        // Alone, since it may be valid only with another value, such as a minimum above the default maximum.
        EngineSettings.ALL.stream()
                .filter(setting -> setting.key().equals(key))
                .forEach(setting -> setting.in(Map.of(key, value)));
        try {
            return EngineSettings.parse(asMap(all));
        } catch (IllegalArgumentException e) {
            // Another value, which was in force before, is an operator's mistake in the file.
            throw new UnavailableException(key + " is unchanged, since another value in the file " + EngineSettings.PID
                    + ".cfg in etc is wrong: " + e.getMessage() + ". Correct it, and try again");
        }
    }

    @Override
    public boolean isPortable(String key, String value) {
        try {
            for (Setting<?> setting : EngineSettings.ALL) {
                if (setting.key().equals(key)) {
                    // A line end would add a line to the file, and with it another setting.
                    setting.check(value);
                }
            }
            return EngineSettings.PORTABLE.contains(key);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public boolean isProxyRequired() {
        return network.isProxyRequired();
    }

    @Override
    public void requireProxy() throws PartylineException {
        network.requireProxy();
    }

    private static Map<String, Object> asMap(Hashtable<String, Object> table) {
        return Map.copyOf(table);
    }
}
