package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.partyline.api.engine.Outages.Outage;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class StoppedBundlesTest {
    @Test
    void whatIsStoppedIsNamedWithItsTimeAndWhatToDo() {
        Engine engine = Engines.none();
        assertEquals(List.of(), engine.stoppedBundles().warnings());
        engine.outages = () -> List.of(
                new Outage("org.partyline.fees", "0.1.0", "stopped", Optional.of(Samples.NOW)),
                new Outage("org.partyline.cover", "0.1.0", "installed", Optional.empty()));
        assertEquals(
                List.of(
                        "bundle org.partyline.fees is stopped, since 2026-11-24 10:00:00 UTC: dependent functions "
                                + "wait (bundle:start org.partyline.fees)",
                        "bundle org.partyline.cover is installed, since before the server started: cover traffic is "
                                + "off; messages leave by their own schedule (bundle:start org.partyline.cover)"),
                engine.stoppedBundles().warnings());
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
                "Error: the cover service is not running: try again shortly; bundle org.partyline.cover is "
                        + "stopped, since 2026-11-24 10:00:00 UTC: cover traffic is off; messages leave by "
                        + "their own schedule (bundle:start org.partyline.cover)",
                runner.refusal("decoy-status"));
        assertTrue(runner.refusal("fee-status").endsWith("(bundle:start org.partyline.fees)"));
        assertTrue(runner.refusal("audit").endsWith("(bundle:start org.partyline.aead)"));
    }

    @Test
    void whatIsStoppedIsNamedThoughWhoKnowsSinceWhenIsStoppedToo() {
        Engine engine = Engines.none("org.partyline.vault");
        assertEquals(
                "Error: the store service is not running: try again shortly; bundle org.partyline.vault not "
                        + "running: dependent functions wait (bundle:start org.partyline.vault)",
                new Runner(new FakeEngine(), FakeSession.withoutTerminal(), engine).refusal("status"));
    }

    @Test
    void onlyBundlesOfOursCountAndNoFragments() {
        assertEquals(
                List.of("org.partyline.cover", "org.partyline.vault"),
                StoppedBundles.idle(
                        bundle("org.partyline.vault", Bundle.RESOLVED, Map.of()),
                        bundle("org.partyline.fees", Bundle.ACTIVE, Map.of()),
                        bundle("org.partyline.shell", Bundle.STARTING, Map.of()),
                        bundle("org.partyline.extra", Bundle.RESOLVED, Map.of(Constants.FRAGMENT_HOST, "x")),
                        bundle("org.apache.felix.x", Bundle.INSTALLED, Map.of()),
                        bundle(null, Bundle.INSTALLED, Map.of()),
                        bundle("org.partyline.cover", Bundle.INSTALLED, Map.of())));
    }

    private static Bundle bundle(String name, int state, Map<String, String> headers) {
        return (Bundle) Proxy.newProxyInstance(
                Bundle.class.getClassLoader(),
                new Class<?>[] {Bundle.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getSymbolicName" -> name;
                    case "getState" -> state;
                    case "getHeaders" -> new Hashtable<>(headers);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @Test
    void aCommandThatFailsWhileABundleIsStoppedNamesIt() {
        Engine engine = Engines.of(type ->
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    throw new IllegalStateException("away");
                }));
        engine.outages = () -> List.of(new Outage("org.partyline.fees", "0.1.0", "stopped", Optional.of(Samples.NOW)));
        String said = new Runner(new FakeEngine(), FakeSession.withoutTerminal(), engine).refusal("fee-status");
        assertTrue(
                said.startsWith("Error: partyline:fee-status failed while bundle org.partyline.fees is stopped, since "
                        + "2026-11-24 10:00:00 UTC: dependent functions wait (bundle:start org.partyline.fees); see "
                        + "the log"),
                said);
    }

    @Test
    void aCommandThatFindsNoEngineNamesWhatIsStopped() {
        Engine engine = Engines.none();
        engine.outages = () -> List.of(new Outage("org.partyline.fees", "0.1.0", "stopped", Optional.of(Samples.NOW)));
        assertEquals(
                "Error: the store service is not running: try again shortly; bundle org.partyline.fees is "
                        + "stopped, since 2026-11-24 10:00:00 UTC: dependent functions wait (bundle:start "
                        + "org.partyline.fees)",
                new Runner(new FakeEngine(), FakeSession.withoutTerminal(), engine).refusal("status"));
    }
}
