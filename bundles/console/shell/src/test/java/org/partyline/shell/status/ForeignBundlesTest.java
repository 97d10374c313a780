package org.partyline.shell.status;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.bundles.ForeignBundles;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** The status names every third-party bundle. */
class ForeignBundlesTest {
    private final FakeEngine fake = new FakeEngine();

    private String status(String... words) throws Exception {
        return new Runner(fake, FakeSession.withoutTerminal()).run("status", words);
    }

    @Test
    void withoutAnyNothingIsSaid() throws Exception {
        String shown = status();

        assertFalse(shown.contains("Foreign"), shown);
        assertTrue(status("--json").contains("\"foreign_bundles\":[]"));
    }

    @Test
    void eachIsNamedWithItsState() throws Exception {
        fake.foreign.addAll(List.of(
                Samples.foreign(90, "com.example.a", true, true),
                Samples.foreign(91, "com.example.b", true, false),
                Samples.foreign(92, "com.example.c", false, true),
                Samples.foreign(93, "com.example.d", false, false)));

        List<String> shown = status().lines().toList();

        assertTrue(
                shown.contains("Foreign   com.example.a 1.0.0 (running), com.example.b 1.0.0 (allowed, not running),"
                        + " com.example.c 1.0.0 (running, no longer allowed), com.example.d 1.0.0 (refused)"),
                shown.toString());
    }

    @Test
    void withoutAGuardItSaysThatNothingGuards() throws Exception {
        Runner unguarded = new Runner(fake, FakeSession.withoutTerminal(), fake.engineWithout(ForeignBundles.class));

        String shown = unguarded.run("status");

        assertTrue(shown.contains("Foreign   unknown: bundle-guard is not running"), shown);
        String document = new Runner(fake, FakeSession.withoutTerminal(), fake.engineWithout(ForeignBundles.class))
                .run("status", "--json");
        assertTrue(document.contains("\"foreign_bundles\":null"), document);
    }
}
