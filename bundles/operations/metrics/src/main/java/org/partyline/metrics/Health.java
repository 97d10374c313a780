package org.partyline.metrics;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.partyline.api.health.Finding;
import org.partyline.api.health.Finding.Verdict;

/**
 * Provides the doctor's verdict for each check, without texts. Checks of personal data (contacts, keys, coins, privacy,
 * version-1 messages, spending) and those of other bundles are not named, and their warnings are not counted: a new
 * warning would reveal when something was received. If one of them finds something unsafe, that is reported.
 *
 * @param worst the worst verdict of all checks
 * @param checks the worst verdict of each reported check, by name
 */
record Health(Verdict worst, Map<String, Verdict> checks) {
    /** Checks of the server itself. */
    static final List<String> TOLD = List.of(
            "audit", "backup", "bundles", "clock", "disk", "files", "foreign", "java", "nodes", "process", "store");

    Health {
        checks = Collections.unmodifiableMap(new TreeMap<>(checks));
    }

    /** Before the first run, or while the doctor is unavailable. */
    static Health unknown() {
        return new Health(Verdict.WARNING, Map.of());
    }

    static Health of(List<Finding> findings) {
        Map<String, Verdict> checks = new TreeMap<>();
        Verdict worst = Verdict.OK;
        for (Finding finding : findings) {
            boolean told = TOLD.contains(finding.check());
            if (told) {
                checks.merge(finding.check(), finding.verdict(), Health::worse);
            }
            if (told || finding.verdict() == Verdict.UNSAFE) {
                worst = worse(worst, finding.verdict());
            }
        }
        return new Health(worst, checks);
    }

    private static Verdict worse(Verdict one, Verdict other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** The HTTP status: 200, or 503 if something is unsafe. */
    int status() {
        return worst == Verdict.UNSAFE ? 503 : 200;
    }

    /** One JSON document. */
    byte[] json() {
        String each = checks.entrySet().stream()
                .map(check -> "\"" + check.getKey() + "\":\"" + word(check.getValue()) + "\"")
                .collect(Collectors.joining(","));
        return ("{\"health\":\"" + word(worst) + "\",\"checks\":{" + each + "}}\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    /** For Prometheus: 0 is ok, 1 a warning, 2 unsafe. */
    void write(Page page) {
        page.gauge("health", "Worst result of partyline:doctor: 0 ok, 1 warning, 2 unsafe.", worst.ordinal());
        checks.forEach((check, verdict) -> page.gauge(
                "health_check",
                "Result of partyline:doctor for one area: 0 ok, 1 warning, 2 unsafe.",
                verdict.ordinal(),
                "check",
                check));
    }
}
