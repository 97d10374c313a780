package org.partyline.metrics;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Objects;

/** Provides heap and thread numbers of the process. */
final class ProcessNumbers implements MetricSource {
    @Override
    public void write(Sources sources, Page page) {
        long most = Runtime.getRuntime().maxMemory();
        // After the latest collection, so that garbage of a message or key derivation does not count.
        long used = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .filter(Objects::nonNull)
                .mapToLong(MemoryUsage::getUsed)
                .sum();
        page.gauge("heap_max_bytes", "Maximum heap of Java.", most);
        page.gauge(
                "heap_used_ratio",
                "Share of the heap that was in use after the newest collection: 0, 0.25, 0.5, 0.8, 0.9 or 1.",
                Steps.ratio(used, most));
        page.gauge(
                "threads",
                "Threads, in tens.",
                Steps.tens(ManagementFactory.getThreadMXBean().getThreadCount()));
    }
}
