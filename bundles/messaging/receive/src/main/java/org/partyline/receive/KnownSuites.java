package org.partyline.receive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Remembers third-party suites in the store: after a restart without their bundle, packets sealed with them still wait
 * and are not treated as junk.
 */
final class KnownSuites {
    /** Longer than any packet waits; long enough to reinstall a bundle. */
    private static final Duration KEPT = Duration.ofDays(30);

    private static final int MOST_COUNTED = 100;

    private final Deque<Instant> unopened = new ArrayDeque<>();
    private final SuiteDirectory suites;
    private final Clock clock;

    KnownSuites(SuiteDirectory suites, Clock clock) {
        this.suites = suites;
        this.clock = clock;
    }

    /** Called when none of the available suites could open a packet with our locator. */
    synchronized void couldNotOpen() {
        unopened.addLast(clock.instant());
        if (unopened.size() > MOST_COUNTED) {
            unopened.removeFirst();
        }
    }

    /** Returns how many there were in the last day, counting at most a hundred. */
    synchronized int unopened() {
        Instant since = clock.instant().minus(Duration.ofDays(1));
        unopened.removeIf(time -> time.isBefore(since));
        return unopened.size();
    }

    /** A known suite, like {@link AeadId}. */
    record Known(int code, String name, int nonceLength, boolean seals) {}

    /** Tells the registry which suites were available before, and stores those that are available now. */
    void exchange(StoreTransaction tx) throws StoreException {
        for (Known known : Tables.all(tx, HeldPackets.KNOWN_SUITES, Known.class)) {
            suites.recall(new AeadId(known.code(), known.name(), known.nonceLength(), known.seals()));
        }
        for (AeadId id : suites.others()) {
            tx.put(
                    HeldPackets.KNOWN_SUITES,
                    Keys.of(id.code()),
                    Keys.ALL,
                    Cbor.write(new Known(id.code(), id.name(), id.nonceLength(), id.seals())),
                    clock.instant().plus(KEPT));
        }
    }
}
