package org.partyline.logs;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Lists this program's bundles with classes, and the prefixes of their loggers' names. */
final class OurLoggers {
    private static final String OURS = "org.partyline.";

    private final BundleContext context;

    OurLoggers(BundleContext context) {
        this.context = context;
    }

    /** Bundle names without {@code org.partyline.}, and the prefixes of their loggers. */
    Map<String, String> all() {
        Map<String, String> loggers = new TreeMap<>();
        for (Bundle bundle : context.getBundles()) {
            String name = bundle.getSymbolicName();
            if (name != null && name.startsWith(OURS)) {
                root(
                                bundle.getHeaders("").get("Private-Package"),
                                bundle.getHeaders("").get("Export-Package"))
                        .ifPresent(root -> loggers.put(name.substring(OURS.length()), root));
            }
        }
        return loggers;
    }

    /** The package of ours that contains all others or is their common prefix. */
    static Optional<String> root(String... headers) {
        return Arrays.stream(headers)
                .filter(header -> header != null)
                // Versions and uses are in quotation marks, and may contain commas.
                .flatMap(header -> Stream.of(header.replaceAll("\"[^\"]*\"", "").split(",")))
                .map(clause -> clause.split(";")[0].strip())
                .filter(each -> each.startsWith(OURS))
                .reduce(OurLoggers::common)
                .filter(root -> root.startsWith(OURS));
    }

    private static String common(String one, String other) {
        String[] parts = one.split("\\.");
        String[] others = other.split("\\.");
        int same = 0;
        while (same < Math.min(parts.length, others.length) && parts[same].equals(others[same])) {
            same++;
        }
        return String.join(".", Arrays.copyOf(parts, same));
    }
}
