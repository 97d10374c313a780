package org.partyline.shell.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebAccess;
import org.partyline.api.web.WebDevice;
import org.partyline.api.web.WebToken;
import org.partyline.consoleline.Role;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class WebCommandsTest {
    private final FakeEngine fake = FakeEngine.furnished();
    private final FakeSession session = FakeSession.withoutTerminal();
    private final Runner runner = new Runner(fake, session);

    @Test
    void aTokenIsMadeAsItIsAskedFor() throws Exception {
        runner.run(
                "token-create",
                "bot",
                "--scope",
                "read, send",
                "--conversation",
                "lobby",
                "--spend-limit",
                "5000sat/day",
                "--expires",
                "90d");
        WebToken made = fake.web.tokens.get(1);
        assertEquals("bot", made.name());
        assertEquals(Set.of(Scope.READ, Scope.SEND), made.scopes());
        assertEquals(new Selection(Optional.empty(), Set.of("me/channel:lobby")), made.seen());
        assertEquals(OptionalLong.of(5000), made.dailySat());
        assertEquals(Optional.of(Samples.NOW.plus(Duration.ofDays(90))), made.expires());
    }

    @Test
    void aTokenPermitsNoMoreThanTheRolesOfItsMaker() throws Exception {
        Role.restrict(session, Set.of(Role.OPERATE));
        for (String scope : List.of("read", "send", "admin,read")) {
            assertEquals(
                    "Error: the scopes read and send need the role talk, which you do not have: ask someone who has "
                            + "both roles to create the token",
                    runner.refusal("token-create", "bot", "--scope", scope));
        }
        runner.run("token-create", "bot", "--scope", "wallet,admin");
        Role.restrict(session, Set.of(Role.OPERATE, Role.TALK));
        runner.run("token-create", "other", "--scope", "read,send");
        assertEquals(3, fake.web.tokens.size());
    }

    @Test
    void aTokenIsLimitedToAPersona() throws Exception {
        runner.run("token-create", "bot", "--scope", "read", "--persona", "me");
        assertEquals(
                new Selection(Optional.of("me"), Set.of()),
                fake.web.tokens.get(1).seen());
        assertTrue(runner.run("token-list").contains("all of me"));
        fake.personas.add(Samples.persona(2, "work", false));
        assertEquals(
                "Error: there is no channel or contact 'lobby': see partyline:conversation-list",
                runner.refusal("token-create", "b", "--scope", "read", "--persona", "work", "--conversation", "lobby"));
    }

    @Test
    void withoutLimitsATokenCoversEverythingForever() throws Exception {
        runner.run("token-create", "bot", "--scope", "read");
        WebToken made = fake.web.tokens.get(1);
        assertFalse(made.isLimited());
        assertTrue(made.dailySat().isEmpty() && made.expires().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--scope write | Error: --scope must be read, send, wallet or admin, or several of them separated by commas, not 'write'",
                "--expires 1h | Error: a token needs --scope: read, send, wallet or admin, separated by commas",
                "--scope read --conversation nowhere | Error: there is no channel or contact 'nowhere': see partyline:conversation-list",
                "--scope read --persona nobody | Error: there is no persona 'nobody': see partyline:persona-list",
                "--scope send --spend-limit 5000sat | Error: --spend-limit must be an amount a day, like 5000sat/day, not '5000sat'",
                "--scope send --spend-limit 5/day | Error: '5' is not an amount: write it like 1200sat"
            })
    void whatIsNotRightIsRefused(String options, String refusal) {
        assertEquals(refusal, runner.refusal("token-create", ("bot " + options).split(" ")));
        assertEquals(1, fake.web.tokens.size());
    }

    @Test
    void withoutAWebServerItIsSaidHowToStartIt() {
        Runner none = new Runner(fake, FakeSession.withoutTerminal(), fake.engineWithout(WebAccess.class));
        for (String command :
                List.of("token-list", "token-create", "token-revoke", "web-login", "web-devices", "web-logout")) {
            String[] words = List.of("token-list", "web-login", "web-devices").contains(command)
                    ? new String[0]
                    : new String[] {"bot"};
            assertEquals(
                    "Error: the web server is not running: start it with partyline:web-start",
                    none.refusal(command, words));
        }
    }

    @Test
    void oneBrowserOrAllOfThemAreLoggedOut() throws Exception {
        runner.run("web-logout", "90ab12cd");
        assertEquals(
                List.of("5f3a09c1"),
                fake.web.devices.stream().map(WebDevice::id).toList());
        for (String[] wrong : List.of(new String[0], new String[] {"5f3a09c1", "--all"})) {
            assertEquals(
                    "Error: name one browser, as partyline:web-devices lists it, or --all",
                    runner.refusal("web-logout", wrong));
        }
        assertTrue(runner.run("web-logout", "--all").contains("1 browser logged out"));
        assertEquals(List.of(), fake.web.devices);
    }

    @Test
    void aBrowserMayDoWhatTheRolesOfItsLinksMakerPermit() throws Exception {
        assertTrue(runner.run("web-login").contains("see the wallet and lock the store"));
        assertEquals(Set.of(Scope.values()), fake.web.permitted);
        Role.restrict(session, Set.of(Role.TALK));
        assertFalse(runner.run("web-login").contains("lock the store,"));
        assertEquals(Set.of(Scope.READ, Scope.SEND), fake.web.permitted);
    }

    @Test
    void aRevokedTokenIsGone() throws Exception {
        assertTrue(runner.run("token-list").contains("alerts"));
        runner.run("token-revoke", "alerts");
        assertEquals(List.of(), fake.web.tokens);
    }
}
