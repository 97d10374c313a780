package org.partyline.doctor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** Checks that all bundles have the same version, and shows the versions of Karaf and Java. */
final class VersionsCheck implements HealthCheck {
    private final Supplier<Map<String, String>> bundles;
    private final String below;

    /**
     * @param bundles our bundles, with their versions
     * @param below the platform in a few words
     */
    VersionsCheck(Supplier<Map<String, String>> bundles, String below) {
        this.bundles = bundles;
        this.below = below;
    }

    @Override
    public String name() {
        return "versions";
    }

    @Override
    public List<Finding> examine() {
        Map<String, String> all = bundles.get();
        Map<String, Long> counted =
                all.values().stream().collect(Collectors.groupingBy(version -> version, Collectors.counting()));
        String program = counted.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse("of no version");
        List<Finding> findings = new ArrayList<>();
        all.entrySet().stream()
                .filter(bundle -> !bundle.getValue().equals(program))
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .forEach(bundle -> findings.add(Finding.warning(
                        name(),
                        "bundle " + bundle.getKey() + " is " + bundle.getValue() + ", but the others are " + program
                                + ": this combination is not tested",
                        "bundle:update " + bundle.getKey() + " file:/PATH, with the file of version " + program)));
        if (findings.isEmpty()) {
            findings.add(Finding.ok(name(), "Partyline " + program + ", on " + below));
        }
        return findings;
    }
}
