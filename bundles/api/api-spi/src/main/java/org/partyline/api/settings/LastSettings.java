package org.partyline.api.settings;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;

/**
 * Provides the last valid settings while their bundle is unavailable; nothing can be set meanwhile. Code that starts
 * without them waits until {@link #isKnown}. Thread-safe.
 */
public final class LastSettings implements OperatorSettings {
    /** The bundle to start if they are unavailable. */
    public static final String BUNDLE = "org.partyline.settings";

    private final Supplier<? extends RuntimeException> absent;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Runnable changed = () -> listeners.forEach(Runnable::run);
    private volatile @Nullable OperatorSettings source;
    private volatile @Nullable Settings last;

    public LastSettings() {
        this(() -> new IllegalStateException(away()));
    }

    /** @param absent the exception for requests that only the service can answer while it is unavailable */
    public LastSettings(Supplier<? extends RuntimeException> absent) {
        this.absent = absent;
    }

    private static String away() {
        return "it waits for bundle " + BUNDLE + ": start it";
    }

    /** The service was added or replaced. Listeners are called. */
    public void added(OperatorSettings settings) {
        OperatorSettings before = source;
        if (before != null) {
            before.removeListener(changed);
        }
        settings.onChange(changed);
        last = settings.get();
        source = settings;
        changed.run();
    }

    /** The service was removed. @param settings if another one has replaced it, that one stays */
    public void removed(OperatorSettings settings) {
        settings.removeListener(changed);
        if (source == settings) {
            last = settings.get();
            source = null;
        }
    }

    /** Whether they were ever available. */
    public boolean isKnown() {
        return last != null;
    }

    @Override
    public Settings get() {
        OperatorSettings now = source;
        Settings settings = now == null ? last : now.get();
        if (settings == null) {
            throw absent.get();
        }
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

    private OperatorSettings source() {
        OperatorSettings now = source;
        if (now == null) {
            throw absent.get();
        }
        return now;
    }

    @Override
    public void set(String key, String value) {
        source().set(key, value);
    }

    /**
     * The same for a command.
     *
     * @throws PartylineException if they are unavailable: which bundle to start
     */
    public void change(String key, String value) throws PartylineException {
        if (source == null) {
            throw new PartylineException("not possible now: " + away() + ", then try again");
        }
        set(key, value);
    }

    @Override
    public Map<String, String> changed() {
        return source().changed();
    }

    @Override
    public Map<String, String> values() {
        return source().values();
    }

    @Override
    public boolean isPortable(String key, String value) {
        return source().isPortable(key, value);
    }

    @Override
    public boolean isProxyRequired() {
        return source().isProxyRequired();
    }

    @Override
    public void requireProxy() throws PartylineException {
        source().requireProxy();
    }
}
