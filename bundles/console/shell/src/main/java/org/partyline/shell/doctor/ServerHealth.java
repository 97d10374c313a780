package org.partyline.shell.doctor;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.health.Finding.Verdict;
import org.partyline.api.store.Store;
import org.partyline.shell.command.Engine;
import org.partyline.shell.error.CommandError;

/**
 * The doctor's findings, which {@code status} and {@code doctor} show and which determine their exit status.
 *
 * @param time of the check
 * @param findings all of them, in the order of the checks
 */
public record ServerHealth(Instant time, List<Finding> findings) {
    /** The store is locked, or there is none. */
    private static final int LOCKED = 4;
    /** It works, but something should be done. */
    private static final int DEGRADED = 5;
    /** Something is unsafe, or nothing is sent and received. */
    private static final int UNSAFE = 6;

    public ServerHealth {
        findings = List.copyOf(findings);
    }

    /** Checks now. While the doctor is not running, reports that as a finding, and which bundles are not running. */
    public static ServerHealth of(Engine engine, Instant time) {
        try {
            return new ServerHealth(time, engine.doctor().examine());
        } catch (CommandError e) {
            List<Finding> findings = new ArrayList<>();
            findings.add(Finding.warning("doctor", "nothing was checked: " + e.getMessage(), ""));
            engine.stoppedBundles().warnings().forEach(line -> findings.add(Finding.warning("bundles", line, "")));
            return new ServerHealth(time, findings);
        }
    }

    /** Returns the number of findings of each kind. */
    public Doctor.Look look() {
        return Doctor.Look.of(time, findings);
    }

    /** Returns the problems, worst first. */
    public List<Finding> wrong() {
        return findings.stream()
                .filter(finding -> finding.verdict() != Verdict.OK)
                .sorted(Comparator.comparing(Finding::verdict).reversed())
                .toList();
    }

    /**
     * Returns the exit status of {@code status} and {@code doctor}. @param store empty while its service is not running
     */
    public int exitStatus(Optional<Store.State> store) {
        Doctor.Look look = look();
        if (look.unsafe() > 0) {
            return UNSAFE;
        }
        if (store.filter(Store.State.OPEN::equals).isEmpty()) {
            return LOCKED;
        }
        return look.warnings() > 0 ? DEGRADED : 0;
    }
}
