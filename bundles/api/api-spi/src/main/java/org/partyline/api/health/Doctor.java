package org.partyline.api.health;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Runs every {@link HealthCheck}. A service. */
@ProviderType
public interface Doctor {
    /**
     * Looks now; may take some seconds. What cannot be looked at is a warning.
     *
     * @return all findings, in the order of the checks
     */
    List<Finding> examine();

    /** What came of the newest look since the server started; empty before the first. Quick. */
    Optional<Look> newest();

    /**
     * The result of running all checks.
     *
     * @param time when
     * @param unsafe how many findings are
     * @param warnings how many are
     */
    record Look(Instant time, long unsafe, long warnings) {
        /** Of the findings of a look. */
        public static Look of(Instant time, List<Finding> findings) {
            return new Look(time, count(findings, Finding.Verdict.UNSAFE), count(findings, Finding.Verdict.WARNING));
        }

        private static long count(List<Finding> findings, Finding.Verdict verdict) {
            return findings.stream()
                    .filter(finding -> finding.verdict() == verdict)
                    .count();
        }
    }
}
