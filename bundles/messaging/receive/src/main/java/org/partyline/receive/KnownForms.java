package org.partyline.receive;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.partyline.api.receive.PacketForm;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;

/**
 * What packets of other bundles' receivers look like, also of those that were here before: what comes while one is away is kept for it.
 * Thread-safe.
 */
public final class KnownForms {
    /** Long enough for somebody to put a bundle back. */
    private static final Duration KEPT = Duration.ofDays(30);

    private Map<String, List<PacketForm>> here = Map.of();
    private Map<String, List<PacketForm>> before = Map.of();
    /** Those that have gone and are not stored yet. */
    private final Map<String, List<PacketForm>> gone = new TreeMap<>();

    /** Of both: read for each payload on the network. */
    private volatile PacketForm[] all = {};

    private final Clock clock;

    public KnownForms(Clock clock) {
        this.clock = clock;
    }

    /** What is stored of a receiver. */
    record Known(String id, List<PacketForm> forms) {}

    /** Whether a payload that is a part of these bytes may be a receiver's. Costs next to nothing. */
    public boolean match(byte[] bytes, int offset, int length) {
        for (PacketForm form : all) {
            if (form.matches(bytes, offset, length)) {
                return true;
            }
        }
        return false;
    }

    boolean match(byte[] payload) {
        return match(payload, 0, payload.length);
    }

    /** Whether there is a receiver now. */
    public synchronized boolean isAnyHere() {
        return !here.isEmpty();
    }

    /** These receivers are here now. */
    synchronized void here(Map<String, List<PacketForm>> receivers) {
        gone.putAll(here);
        here = Map.copyOf(receivers);
        spread();
    }

    private void spread() {
        all = Stream.of(here, gone, before)
                .flatMap(forms -> forms.values().stream())
                .flatMap(List::stream)
                .distinct()
                .toArray(PacketForm[]::new);
    }

    /** Reads which were here before, and stores which are here. Part of the caller's transaction. */
    public synchronized void exchange(StoreTransaction tx) throws StoreException {
        gone.putAll(here);
        for (Map.Entry<String, List<PacketForm>> receiver : gone.entrySet()) {
            tx.put(
                    HeldPackets.KNOWN_RECEIVERS,
                    Keys.of(receiver.getKey()),
                    Keys.ALL,
                    Cbor.write(new Known(receiver.getKey(), receiver.getValue())),
                    clock.instant().plus(KEPT));
        }
        Map<String, List<PacketForm>> stored = new TreeMap<>();
        for (StoredRecord one : tx.list(HeldPackets.KNOWN_RECEIVERS)) {
            Known known = Cbor.read(one.value(), Known.class);
            stored.put(known.id(), known.forms());
        }
        before = stored;
        gone.clear();
        spread();
    }
}
