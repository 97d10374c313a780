package org.partyline.bundleguard;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Logger;
import org.osgi.framework.wiring.BundleRevision;
import org.partyline.bundleguard.Judge.Verdict;

/** Logs each refused bundle once, and again when the reason changes. */
final class RefusalLog {
    /** The JDK's logger, which exists before the log service and is later handled by it. */
    private static final Logger LOG = Logger.getLogger("org.partyline.bundleguard");

    private final Map<BundleRevision, String> told = Collections.synchronizedMap(new WeakHashMap<>());
    /** While the framework resolves, logging may need to load a class, and would wait for the attempt that it logs. */
    private final ExecutorService writer = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "partyline-bundle-guard");
        thread.setDaemon(true);
        return thread;
    });

    void refused(BundleRevision revision, Verdict verdict) {
        if (!verdict.reason().equals(told.put(revision, verdict.reason()))) {
            warn("Refused: " + verdict.reason());
        }
    }

    void warn(String line) {
        writer.execute(() -> LOG.warning(line));
    }
}
