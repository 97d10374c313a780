package org.partyline.shell.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.partyline.shell.testing.Runner;

class HookCommandsTest {
    private final Runner runner = Runner.plain();

    @Test
    void aHookIsAddedListedAndRemoved() throws Exception {
        assertTrue(runner.run("hook-add", "ntfy", "--run", "/opt/ntfy")
                .startsWith("Added ntfy: /opt/ntfy is started for each event from now on."));
        String list = runner.run("hook-list");
        assertTrue(list.contains("/opt/ntfy"), list);
        assertEquals("Removed ntfy.\n", runner.run("hook-remove", "ntfy"));
        assertEquals(2, runner.fake.hooks.all.size());
        assertEquals(
                "Error: there is no hook of that name: see partyline:hook-list", runner.refusal("hook-remove", "ntfy"));
    }

    @Test
    void theListExplainsAFailure() throws Exception {
        String list = runner.run("hook-list");
        assertTrue(list.contains("bridge: the program exited with status 3. It is tried again at "), list);
        runner.fake.hooks.giveUp();
        list = runner.run("hook-list");
        assertTrue(list.contains("To try it again, run partyline:hook-redeliver bridge."), list);
        runner.fake.hooks.all.clear();
        assertTrue(runner.run("hook-list").startsWith("No hooks yet: "));
    }

    @Test
    void aFailedEventIsTriedAgainOrSkipped() throws Exception {
        assertTrue(runner.run("hook-redeliver", "bridge").startsWith("bridge receives the failed event again now."));
        assertEquals(false, runner.fake.hooks.skipped);
        assertTrue(
                runner.run("hook-redeliver", "bridge", "--skip").startsWith("bridge continues with the next event."));
        assertEquals(true, runner.fake.hooks.skipped);
    }

    @Test
    void theSecretOfAWebHookIsPrinted() throws Exception {
        String added = runner.run("hook-add", "web", "--url", "https://10.0.0.1/", "--allow-private");
        assertTrue(added.contains("signed with:\nwhsec_AAAA"), added);
        assertEquals("https://10.0.0.1/ privately", runner.fake.hooks.all.get(2).target());
    }

    @Test
    void aHookNeedsAProgramOrAnAddress() {
        String needs = "Error: a hook needs --run with a program or --url with an address, one of the two";
        assertEquals(needs, runner.refusal("hook-add", "x"));
        assertEquals(needs, runner.refusal("hook-add", "x", "--run", "/a", "--url", "https://example.org/"));
        assertEquals("Error: --url must be an address, not a b", runner.refusal("hook-add", "x", "--url", "a b"));
    }
}
