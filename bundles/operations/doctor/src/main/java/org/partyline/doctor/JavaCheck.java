package org.partyline.doctor;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** The Java that runs the server, and its heap. */
final class JavaCheck implements HealthCheck {
    /** Karaf still asks for the security manager, which Java 24 took away. */
    private static final int NEWEST = 23;

    private static final int OLDEST = 17;
    private static final long MEBI = 1024L * 1024;
    /** A key derivation of the default size needs 64 MiB beside what the server itself needs. */
    private static final long LEAST_HEAP = 160 * MEBI;

    private final int version;
    private final long heap;

    /** @param version the feature number @param heap at most, in bytes */
    JavaCheck(int version, long heap) {
        this.version = version;
        this.heap = heap;
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public List<Finding> examine() {
        List<Finding> all = new ArrayList<>();
        all.add(
                version < OLDEST || version > NEWEST
                        ? Finding.warning(
                                name(),
                                "Java " + version + " was not tried with this server",
                                "run it with Java " + OLDEST + " to " + NEWEST)
                        : Finding.ok(name(), "Java " + version));
        if (heap < LEAST_HEAP) {
            all.add(Finding.warning(
                    name(),
                    "the heap is " + heap / MEBI + " MiB at most: key derivations of 64 MiB may wait for memory",
                    "set JAVA_MAX_MEM=" + LEAST_HEAP / MEBI + "m or more before the start"));
        }
        return all;
    }
}
