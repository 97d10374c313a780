package org.partyline.shell.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.partyline.api.log.LogSettings.Format;
import org.partyline.api.log.LogSettings.Level;
import org.partyline.shell.testing.Runner;

/** Levels are set, shown and reset; unknown bundles and levels are rejected. */
class LogCommandTest {
    @Test
    void aLevelIsSetShownAndTakenBack() throws Exception {
        Runner runner = Runner.plain();
        assertTrue(runner.run("log").contains("transport-rpc"));
        String set = runner.run("log", "vault", "debug");
        assertTrue(set.contains("vault") && set.contains("debug"), set);
        assertEquals(Map.of("vault", Level.DEBUG), runner.fake.levels);
        runner.run("log", "vault", "default");
        assertEquals(Map.of(), runner.fake.levels);
    }

    @Test
    void theFormIsSet() throws Exception {
        Runner runner = Runner.plain();
        assertTrue(runner.run("log", "--format", "json").contains("log/partyline.jsonl"));
        assertEquals(Format.JSON, runner.fake.logFormat);
    }

    @Test
    void whatIsNoBundleOrNoLevelIsRefused() {
        Runner runner = Runner.plain();
        assertTrue(runner.refusal("log", "org.jline", "trace").contains("there is no bundle"));
        assertTrue(runner.refusal("log", "vault", "loud").contains("loud"));
        assertTrue(runner.refusal("log", "vault").contains("requires a level"));
        runner.refusal("log", "org.jline", "trace", "--format", "json");
        assertEquals(Format.TEXT, runner.fake.logFormat);
        assertEquals(Map.of(), runner.fake.levels);
    }
}
