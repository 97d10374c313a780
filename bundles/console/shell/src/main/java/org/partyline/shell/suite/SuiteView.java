package org.partyline.shell.suite;

import java.util.List;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.api.json.JsonValues;

record SuiteView(
        String kind,
        String name,
        boolean available,
        boolean allowed,
        boolean seals,
        Integer rank,
        String bundle,
        String bundleState,
        List<String> usedBy) {
    static SuiteView of(Suite suite) {
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
