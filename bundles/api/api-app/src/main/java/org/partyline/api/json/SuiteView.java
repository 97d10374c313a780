package org.partyline.api.json;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Suites.Suite;

/** An algorithm as {@code --json} shows it. */
public record SuiteView(
        String kind,
        String name,
        boolean available,
        boolean allowed,
        boolean seals,
        @Nullable Integer rank,
        @Nullable String bundle,
        String bundleState,
        List<String> usedBy) {
    /** Returns what is shown of it. */
    public static SuiteView of(Suite suite) {
        return new SuiteView(
                suite.kind(),
                suite.name(),
                suite.available(),
                suite.allowed(),
                suite.seals(),
                suite.rank() == 0 ? null : suite.rank(),
                JsonValues.orNull(suite.bundle()),
                suite.bundleState(),
                suite.usedBy());
    }
}
