package org.partyline.shell.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.shell.testing.Runner;

/** Settings are listed, explained, set and reset; a secret is never shown. */
class ConfigCommandTest {
    private final Runner runner = Runner.plain();

    @Test
    void aListNamesTheFileAndOneSettingIsExplained() throws Exception {
        String all = runner.run("config");
        assertTrue(all.contains("engine: Messages, suites and fees. (etc/org.partyline.engine.cfg)"), all);
        assertTrue(all.contains("(set)"), all);
        assertFalse(runner.run("config", "engine").contains("rpc-home"));
        String one = runner.run("config", "roll-end");
        assertTrue(one.contains("burn: it is replaced; confirm: it is mined"), one);
        assertTrue(one.contains("confirm (default)"), one);
    }

    @Test
    void aValueIsSetAndTakenBackAndSaysWhatItWas() throws Exception {
        assertEquals(
                "engine.default-ttl was 1h, now 2h. Takes effect at once.\n",
                runner.run("config", "default-ttl", "2h"));
        String changed = runner.run("config", "--changed");
        assertTrue(changed.contains("2h"), changed);
        assertFalse(changed.contains("roll-end"), changed);
        assertEquals(
                "engine.default-ttl was 2h, now 1h again (the default). Takes effect at once.\n",
                runner.run("config", "--reset", "default-ttl"));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertEquals(
                "Error: roll-end = 'bad': it must be confirm or burn",
                runner.refusal("config", "roll-end", "bad").strip());
        runner.refusal("config", "--reset");
        runner.refusal("config", "--reset", "roll-end", "burn");
        runner.refusal("config", "--changed", "roll-end", "burn");
    }

    @Test
    void aValueIsCompletedByTheWordsOfItsSetting() throws Exception {
        var engine = runner.fake.engine();
        assertEquals(
                List.of("burn", "confirm"),
                List.copyOf(new SettingValues().list(engine, null, List.of("engine.roll-end"))));
        assertEquals(
                List.of(), List.copyOf(new SettingValues().list(engine, null, List.of("transport.rpc-home.password"))));
        assertEquals(List.of(), List.copyOf(new SettingValues().list(engine, null, List.of())));
        assertTrue(new SettingNames().list(engine, null).containsAll(List.of("engine", "engine.default-ttl")));
    }
}
