package org.partyline.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.settings.NodeSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.PostQuantumMode;
import org.partyline.api.settings.ReadingSettings;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.settings.RollingSettings;
import org.partyline.api.settings.SendingSettings;
import org.partyline.api.settings.SessionSettings;
import org.partyline.api.settings.Settings;
import org.partyline.api.settings.SuiteSettings;

/**
 * Settings for tests that need the service but not its rules. It stores the values of {@link #set} without applying
 * them.
 */
public final class TestSettings implements OperatorSettings {
    private final Map<String, String> set = new TreeMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    /** The keys of settings that do not apply to another server. */
    public final Set<String> unportable = new ConcurrentSkipListSet<>();
    /** The keys of settings that cannot be written. */
    public final Set<String> unwritable = new ConcurrentSkipListSet<>();
    /** Why the proxy cannot be required; null if it can. */
    public volatile String noProxy;

    private volatile boolean proxyRequired;
    private volatile Settings settings = new Settings(
            new SendingSettings(
                    Duration.ofHours(1),
                    80,
                    25,
                    Duration.ofHours(24),
                    false,
                    "confirm",
                    Optional.empty(),
                    Optional.empty(),
                    20,
                    Duration.ofMinutes(10)),
            new RollingSettings(Duration.ofSeconds(30), 3, 10_000, Duration.ofHours(6), false),
            new FeeSettings(new FeeRate(100), new FeeRate(50_000), false, 6, 20, 20_000, 50_000, 200_000, false),
            new ReadingSettings(true, Duration.ofSeconds(10), Duration.ofDays(14)),
            new SessionSettings(
                    false,
                    ReceiptMode.OFF,
                    false,
                    PostQuantumMode.OFF,
                    100,
                    Duration.ofHours(24),
                    Duration.ofHours(6),
                    Duration.ofDays(30),
                    10_000),
            new SuiteSettings(List.of(), Set.of()),
            new NodeSettings(Set.of(), Duration.ofMinutes(2), Duration.ofSeconds(30), Duration.ofMinutes(5), Map.of()));

    /** Replaces the settings of sending; listeners are notified. */
    public void sending(SendingSettings sending) {
        become(new Settings(
                sending,
                settings.rolling(),
                settings.fees(),
                settings.reading(),
                settings.sessions(),
                settings.suites(),
                settings.nodes()));
    }

    /** Changes the carrier of messages that name none. */
    public void carrier(String id) {
        SendingSettings now = get().sending();
        sending(new SendingSettings(
                now.defaultTtl(),
                now.maxBucket(),
                now.chainMessages(),
                now.within(),
                now.recallsExpired(),
                id,
                now.jitter(),
                now.perMinute(),
                now.burst(),
                now.rebroadcastAfter()));
    }

    /** Replaces the settings of fees; listeners are notified. */
    public void fees(FeeSettings fees) {
        become(new Settings(
                settings.sending(),
                settings.rolling(),
                fees,
                settings.reading(),
                settings.sessions(),
                settings.suites(),
                settings.nodes()));
    }

    /** Replaces the settings of suites; listeners are notified. */
    public void suites(List<String> preference, Set<String> denied) {
        become(new Settings(
                settings.sending(),
                settings.rolling(),
                settings.fees(),
                settings.reading(),
                settings.sessions(),
                new SuiteSettings(preference, denied),
                settings.nodes()));
    }

    /** Replaces the settings of nodes; listeners are notified. */
    public void nodes(NodeSettings nodes) {
        become(new Settings(
                settings.sending(),
                settings.rolling(),
                settings.fees(),
                settings.reading(),
                settings.sessions(),
                settings.suites(),
                nodes));
    }

    /** Replaces the settings of reading; listeners are notified. */
    public void reading(ReadingSettings reading) {
        become(new Settings(
                settings.sending(),
                settings.rolling(),
                settings.fees(),
                reading,
                settings.sessions(),
                settings.suites(),
                settings.nodes()));
    }

    /** Replaces the settings of sessions; listeners are notified. */
    public void sessions(SessionSettings sessions) {
        become(new Settings(
                settings.sending(),
                settings.rolling(),
                settings.fees(),
                settings.reading(),
                sessions,
                settings.suites(),
                settings.nodes()));
    }

    private void become(Settings next) {
        settings = next;
        listeners.forEach(Runnable::run);
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
    public void set(String key, String value) {
        if (unwritable.contains(key)) {
            throw new UnavailableException(key + " is unchanged: check the disk, and try again");
        }
        set.put(key, value);
    }

    @Override
    public Map<String, String> changed() {
        return Map.copyOf(set);
    }

    @Override
    public Map<String, String> values() {
        return changed();
    }

    @Override
    public boolean isPortable(String key, String value) {
        return !unportable.contains(key);
    }

    @Override
    public boolean isProxyRequired() {
        return proxyRequired;
    }

    @Override
    public void requireProxy() throws PartylineException {
        if (noProxy != null) {
            throw new PartylineException(noProxy);
        }
        proxyRequired = true;
    }
}
