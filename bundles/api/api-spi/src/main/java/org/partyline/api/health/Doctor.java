package org.partyline.api.health;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Runs every {@link HealthCheck}. A service. */
@ProviderType
public interface Doctor {
    /**
     * Runs the checks now; may take some seconds. A check that fails is reported as a warning.
     *
     * @return all findings, in the order of the checks
     */
    List<Finding> examine();

    /** The result of the latest run since the server started; empty before the first. Quick. */
    Optional<Look> newest();

    /**
     * The result of running all checks.
     *
     * @param time when they ran
     * @param unsafe the number of unsafe findings
     * @param warnings the number of warnings
     */
    record Look(Instant time, long unsafe, long warnings) {
        /** The summary of a run's findings. */
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
