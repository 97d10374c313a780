package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleTest {
    private static final Set<Role> NOBODY = Set.of();
    private static final Set<Role> TALKER = Set.of(Role.TALK);
    private static final Set<Role> OPERATOR = Set.of(Role.OPERATE);
    private static final Set<Role> ERASER = Set.of(Role.ERASE);
    private static final Set<Role> OWNER = Set.of(Role.OWNER);

    @TempDir
    Path home;

    private final List<String> ran = new ArrayList<>();
    private TestConsole console;

    @BeforeEach
    void start() throws IOException {
        console = new TestConsole(home);
        for (Role role : Role.values()) {
            console.with(role, "to-" + role.label(), words -> ran.add(role.label()));
        }
        console.with("unsaid", words -> ran.add("unsaid"));
        for (String name : List.of("list", "start", "stop", "restart", "update", "install", "uninstall")) {
            console.with("bundle", name, words -> ran.add(name));
        }
        for (String name :
                List.of("config:property-get", "feature:install", "scr:info", "system:shutdown", "shell:info")) {
            console.with(name.split(":")[0], name.split(":")[1], words -> ran.add(name));
        }
    }

    @AfterEach
    void stop() {
        console.close();
    }

    private boolean runs(Set<Role> roles, String line) {
        ran.clear();
        TestConsole.Run run = console.run(roles, line);
        assertEquals(run.error().isEmpty(), !ran.isEmpty(), line + ": " + run.error());
        assertTrue(ran.isEmpty() == (console.status == 1) && console.status < 2, line + ": " + console.status);
        return !ran.isEmpty();
    }

    @Test
    void eachRoleRunsItsOwnCommandsAndTheOwnerAll() {
        for (Role needed : Role.values()) {
            String line = "to-" + needed.label();
            assertEquals(needed == Role.EVERYONE, runs(NOBODY, line), line);
            assertEquals(needed == Role.EVERYONE || needed == Role.TALK, runs(TALKER, line), line);
            assertEquals(needed == Role.EVERYONE || needed == Role.OPERATE, runs(OPERATOR, line), line);
            assertEquals(needed == Role.EVERYONE || needed == Role.ERASE, runs(ERASER, line), line);
            assertEquals(
                    needed != Role.ERASE && needed != Role.OWNER, runs(Set.of(Role.TALK, Role.OPERATE), line), line);
            assertTrue(runs(OWNER, line), line);
        }
    }

    @Test
    void aCommandOfOursThatSaysNothingIsForTheOwner() {
        assertTrue(!runs(EnumSet.of(Role.TALK, Role.OPERATE, Role.ERASE), "unsaid"));
        assertTrue(runs(OWNER, "unsaid"));
    }

    @Test
    void aRefusalSaysWhatIsMissingAndHowToGetIt() {
        assertEquals(
                "Error: to-erase needs the role erase, which you do not have: ask root for it (the group partyline-erase, or"
                        + " _g_:erase for an SSH key)",
                console.run(TALKER, "to-erase").error());
        assertEquals(
                "Error: bundle:install is for root and the server's own user: ask root to run it",
                console.run(OPERATOR, "karaf bundle:install file:/tmp/x.jar").error());
    }

    @Test
    void nothingOfALineRunsWhenAPartOfItIsRefused() {
        TestConsole.Run run = console.run(TALKER, "to-talk\nto-erase");
        assertEquals(List.of(), ran);
        assertEquals(1, console.status);
        assertTrue(!runs(TALKER, "to-operate | head -1"));
    }

    @Test
    void onlyAFewOfKarafsCommandsAreForOthersThanTheOwner() {
        for (String line : List.of(
                "bundle:install file:/tmp/x.jar",
                "bundle:uninstall org.partyline.fees",
                "config:property-get -p org.partyline.transport.rpc-core password",
                "feature:install scr",
                "scr:info x",
                "bundle:start 0",
                "bundle:stop 0",
                "bundle:stop -f 0",
                "bundle:stop org.partyline.*",
                "bundle:stop org.partyline.console-line",
                "bundle:stop org.partyline.bundle-guard",
                "bundle:stop org.apache.felix.scr",
                "bundle:update org.partyline.fees file:/tmp/x.jar",
                "bundle:stop org.partyline.fees/0.1.0 --help")) {
            assertTrue(!runs(EnumSet.of(Role.TALK, Role.OPERATE, Role.ERASE), line), line);
            assertTrue(runs(OWNER, line), line);
        }
        for (String line : List.of(
                "bundle:list",
                "bundle:stop org.partyline.fees",
                "bundle:start org.partyline.fees org.partyline.pace",
                "bundle:restart org.partyline.console-line",
                "bundle:update org.partyline.fees")) {
            assertTrue(runs(OPERATOR, line), line);
            assertTrue(!runs(Set.of(Role.TALK, Role.ERASE), line), line);
        }
        assertTrue(runs(NOBODY, "shell:info"));
    }

    @Test
    void whatKarafHidesFromSomebodyIsRefusedAndNotUnknown() {
        assertEquals(
                "Error: feature:uninstall is for root and the server's own user: ask root to run it",
                console.run(OPERATOR, "feature:uninstall x").error());
        assertEquals(1, console.status);
        assertTrue(console.run(OWNER, "feature:uninstall x").error().startsWith("Error: there is no command"));
    }

    @Test
    void whatCanBeGivenIsKnownByItsName() {
        Collection<String> all = List.of("talk", "operate", "erase", "owner", "everyone", "admin", "Talk", "");
        assertEquals(EnumSet.of(Role.TALK, Role.OPERATE, Role.ERASE), Role.named(all));
        assertEquals(NOBODY, Role.named(List.of("")));
    }
}
