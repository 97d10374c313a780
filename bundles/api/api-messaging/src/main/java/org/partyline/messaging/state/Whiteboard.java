package org.partyline.messaging.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The services of one kind that bundles offer now, highest ranking first, then oldest first. Thread-safe. */
public final class Whiteboard<T> {
    private static final String RANKING = "service.ranking";
    private static final String ID = "service.id";

    private record Entry<T>(T service, int ranking, long id) {}

    private final List<Entry<T>> entries = new ArrayList<>();

    /** A bundle offers one. @param properties of the service */
    public synchronized void add(T service, Map<String, ?> properties) {
        int ranking = properties.get(RANKING) instanceof Integer number ? number : 0;
        long id = properties.get(ID) instanceof Long number ? number : Long.MAX_VALUE;
        entries.add(new Entry<>(service, ranking, id));
        entries.sort(
                Comparator.<Entry<T>>comparingInt(entry -> -entry.ranking()).thenComparingLong(Entry::id));
    }

    /** It was removed. */
    public synchronized void remove(T service) {
        entries.removeIf(entry -> entry.service() == service);
    }

    /** All that are here now. */
    public synchronized List<T> all() {
        return entries.stream().map(Entry::service).toList();
    }
}
