package org.partyline.messaging.kernel;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.Store;

/**
 * What the kernel has for a {@link Stage}, a service for as long as the kernel is there. Who puts a stage together takes single parts out of
 * it, and gives each class those that it uses; nobody else has it.
 */
public final class StageContext {
    private final Store store;
    private final StateGuard guard;
    private final Parts parts;
    private final OperatorSettings settings;
    private final Supplier<Optional<LegacyReader>> legacy;
    private final Clock clock;
    private final SecureRandom random;
    private final Notices notices;
    private final FragmentIds fragmentIds = new FragmentIds();
    private final Meter meter = new Meter();

    public StageContext(
            Store store,
            StateGuard guard,
            Parts parts,
            OperatorSettings settings,
            Supplier<Optional<LegacyReader>> legacy,
            Clock clock,
            SecureRandom random,
            Notices notices) {
        this.store = store;
        this.guard = guard;
        this.parts = parts;
        this.settings = settings;
        this.legacy = legacy;
        this.clock = clock;
        this.random = random;
        this.notices = notices;
    }

    /** A service of another bundle, which is the one that is here at each call: see {@link Parts#reference}. */
    public <T> T part(Class<T> type) {
        return parts.reference(type);
    }

    /** Which services of other bundles are here, and what to say of those that are not. */
    public Parts parts() {
        return parts;
    }

    /** The unlocked state, and transactions of the store. */
    public StateGuard guard() {
        return guard;
    }

    /** The whole store, for who opens, locks, collects or notes. */
    public Store store() {
        return store;
    }

    /** Those of now, or the last good ones. */
    public OperatorSettings settings() {
        return settings;
    }

    /** The reader of version 1 that is here, if any. */
    public Supplier<Optional<LegacyReader>> legacy() {
        return legacy;
    }

    public Clock clock() {
        return clock;
    }

    public SecureRandom random() {
        return random;
    }

    public Notices notices() {
        return notices;
    }

    /** Message ids that were given lately, by whichever bundle seals. */
    public FragmentIds fragmentIds() {
        return fragmentIds;
    }

    /** Is told what the stages cost, while someone watches. */
    public Meter meter() {
        return meter;
    }
}
