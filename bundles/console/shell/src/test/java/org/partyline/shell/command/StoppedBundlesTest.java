package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Outages.Outage;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class StoppedBundlesTest {
    @Test
    void whatIsStoppedIsNamedWithItsTimeAndWhatToDo() {
        Engine engine = Engines.none();
        assertEquals(List.of(), StoppedBundles.warnings(engine));
        engine.outages = () -> List.of(
                new Outage("org.partyline.fees", "0.1.0", "stopped", Optional.of(Samples.NOW)),
                new Outage("org.partyline.cover", "0.1.0", "installed", Optional.empty()));
        assertEquals(
                List.of(
                        "bundle org.partyline.fees is stopped, since 2026-11-24 10:00:00 UTC: what needs it waits"
                                + " (bundle:start org.partyline.fees)",
                        "bundle org.partyline.cover is installed, since before this server looked: what needs it waits"
                                + " (bundle:start org.partyline.cover)"),
                StoppedBundles.warnings(engine));
    }

    @Test
    void statusShowsIt() throws Exception {
        FakeEngine fake = new FakeEngine();
        Engine engine = fake.engine();
        engine.outages = () -> List.of(new Outage("org.partyline.fees", "0.1.0", "stopped", Optional.of(Samples.NOW)));
        String printed = new Runner(fake, FakeSession.withoutTerminal(), engine).run("status");
        assertTrue(
                printed.contains("Warning  bundle org.partyline.fees is stopped, since 2026-11-24 10:00:00 UTC"),
                printed);
    }

    @Test
    void theBundleOfTheServiceIsNamedBeforeAnother() {
        Engine engine = Engines.none();
        engine.outages = () -> List.of(
                new Outage("org.partyline.aead", "0.1.0", "stopped", Optional.of(Samples.NOW)),
                new Outage("org.partyline.fees", "0.1.0", "stopped", Optional.of(Samples.NOW)),
                new Outage("org.partyline.cover", "0.1.0", "stopped", Optional.of(Samples.NOW)));
        Runner runner = new Runner(new FakeEngine(), FakeSession.withoutTerminal(), engine);
        assertEquals(
                "Error: the cover service is away: try again in a moment; bundle org.partyline.cover is stopped, since"
                        + " 2026-11-24 10:00:00 UTC: what needs it waits (bundle:start org.partyline.cover)",
                runner.refusal("decoy-status"));
        assertTrue(runner.refusal("fee-status").endsWith("(bundle:start org.partyline.fees)"));
        assertTrue(runner.refusal("audit").endsWith("(bundle:start org.partyline.aead)"));
    }

    @Test
    void aCommandThatFindsNoEngineNamesWhatIsStopped() {
        Engine engine = Engines.none();
        engine.outages = () -> List.of(new Outage("org.partyline.fees", "0.1.0", "stopped", Optional.of(Samples.NOW)));
        assertEquals(
                "Error: the store service is away: try again in a moment; bundle org.partyline.fees is stopped, since"
                        + " 2026-11-24 10:00:00 UTC: what needs it waits (bundle:start org.partyline.fees)",
                new Runner(new FakeEngine(), FakeSession.withoutTerminal(), engine).refusal("status"));
    }
}
