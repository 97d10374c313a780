package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.store.NotLeaderException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebAccess.Created;
import org.partyline.api.web.WebAccess.Wanted;
import org.partyline.api.web.WebToken;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

class TokensTest {
    private final HandSetClock clock = new HandSetClock();
    private final MemoryStore store = MemoryStore.open();
    private final Names names = new Names();
    private final Tokens tokens = new Tokens(() -> store, names::service, clock, new SecureRandom());

    private Created create(String name) throws PartylineException {
        return tokens.create(new Wanted(
                name,
                EnumSet.of(Scope.READ, Scope.SEND),
                new Selection(Optional.empty(), Set.of("me/channel:lobby")),
                OptionalLong.of(5000),
                Optional.empty()));
    }

    private WebToken bearer(Created created) throws PartylineException {
        return tokens.bearer("Bearer " + created.secret());
    }

    @Test
    void aTokenIsKnownByItsSecretAndKeepsWhatItPermits() throws Exception {
        Created created = create("bot");
        WebToken token = bearer(created);
        assertEquals(created.token().id(), token.id());
        assertEquals(Set.of(Scope.READ, Scope.SEND), token.scopes());
        assertTrue(token.covers("me", false, "lobby"));
        assertFalse(token.covers("me", false, "attic"));
        assertEquals(OptionalLong.of(5000), token.dailySat());
    }

    @Test
    void aTokenMayBeLimitedToAPersona() throws Exception {
        Selection ofMe = new Selection(Optional.of("me"), Set.of());
        Created created =
                tokens.create(new Wanted("bot", EnumSet.of(Scope.READ), ofMe, OptionalLong.empty(), Optional.empty()));
        WebToken token = bearer(created);
        assertEquals(ofMe, token.seen());
        assertTrue(token.isLimited());
        assertTrue(token.covers("me", true, "bob"));
        assertFalse(token.covers("work", true, "bob"));
    }

    /** Another conversation, or persona, may get the name that a token was created with. */
    @Test
    void aTokenFollowsWhatItIsLimitedToWhenThatIsRenamed() throws Exception {
        Created created = create("bot");
        names.rename("me/channel:lobby", "me/channel:attic");
        WebToken token = bearer(created);
        assertTrue(token.covers("me", false, "attic"));
        assertFalse(token.covers("me", false, "lobby"));
        assertEquals(token.seen(), tokens.list().get(0).seen());

        Selection ofMe = new Selection(Optional.of("me"), Set.of());
        Created ofPersona = tokens.create(
                new Wanted("another", EnumSet.of(Scope.READ), ofMe, OptionalLong.empty(), Optional.empty()));
        names.rename("me", "olga");
        assertTrue(bearer(ofPersona).covers("olga", true, "bob"));
        assertFalse(bearer(ofPersona).covers("me", true, "bob"));
    }

    @Test
    void aLimitedTokenIsRefusedWhileNobodyKnowsTheNamesButCanBeRevoked() throws Exception {
        Created limited = create("bot");
        Created unlimited = tokens.create(new Wanted(
                "another", EnumSet.of(Scope.READ), Selection.EVERYTHING, OptionalLong.empty(), Optional.empty()));
        Tokens without = new Tokens(() -> store, () -> null, clock, new SecureRandom());
        assertThrows(PartylineException.class, () -> without.bearer("Bearer " + limited.secret()));
        assertFalse(without.bearer("Bearer " + unlimited.secret()).isLimited());
        assertEquals(limited.token().id(), without.revoke("bot").id());
        assertThrows(PartylineException.class, () -> bearer(limited));
    }

    @Test
    void onlyAHashOfTheSecretIsInTheStore() throws Exception {
        String secret = create("bot").secret();
        String stored =
                store.transact(tx -> new String(tx.list(Tokens.TABLE).get(0).value(), StandardCharsets.UTF_8));
        assertFalse(stored.contains(secret.substring(secret.lastIndexOf('_') + 1)), stored);
        assertTrue(stored.contains("\"hash\""), stored);
    }

    @Test
    void aSecretIsNotShownByToString() throws Exception {
        Created created = create("bot");
        assertFalse(created.toString().contains(created.secret()));
    }

    @Test
    void theLastUseIsKeptToTheMinute() throws Exception {
        Created created = create("bot");
        assertEquals(Optional.empty(), tokens.list().get(0).lastUsed());
        bearer(created);
        Optional<Instant> first = tokens.list().get(0).lastUsed();
        long writes = store.writes();
        clock.pass(Duration.ofSeconds(59));
        bearer(created);
        assertEquals(writes, store.writes());
        assertEquals(first, tokens.list().get(0).lastUsed());
        clock.pass(Duration.ofSeconds(1));
        bearer(created);
        assertEquals(
                first.map(time -> time.plusSeconds(60)), tokens.list().get(0).lastUsed());
    }

    @Test
    void aTokenIsAcceptedWhileTheStoreCannotBeWrittenAndItsLastUseIsStoredLater() throws Exception {
        Created created = create("bot");
        bearer(created);
        Optional<Instant> first = tokens.list().get(0).lastUsed();
        clock.pass(Duration.ofSeconds(60));
        store.failCommits(1);
        assertEquals(created.token().id(), bearer(created).id());
        assertEquals(first, tokens.list().get(0).lastUsed());
        // Not with each request, since a failing write may take long.
        clock.pass(Duration.ofSeconds(59));
        bearer(created);
        assertEquals(first, tokens.list().get(0).lastUsed());
        clock.pass(Duration.ofSeconds(1));
        bearer(created);
        assertEquals(
                first.map(time -> time.plusSeconds(120)), tokens.list().get(0).lastUsed());
    }

    /** Such a server may have an old copy of the permissions. */
    @Test
    void aServerThatIsNoLongerTheLeaderAcceptsNoToken() throws Exception {
        Created created = create("bot");
        Store lost = (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (self, method, given) -> {
                    if (method.getName().equals("update")) {
                        throw new NotLeaderException();
                    }
                    return method.invoke(store, given);
                });
        Tokens others = new Tokens(() -> lost, names::service, clock, new SecureRandom());
        assertThrows(NotLeaderException.class, () -> others.bearer("Bearer " + created.secret()));
    }

    @Test
    void aNameIsGivenOnceUntilItIsRevoked() throws Exception {
        Created created = create("bot");
        assertThrows(PartylineException.class, () -> create("bot"));
        assertEquals(created.token().id(), tokens.revoke("bot").id());
        assertThrows(PartylineException.class, () -> tokens.revoke("bot"));
        create("bot");
        assertThrows(PartylineException.class, () -> bearer(created));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-bot", "a b", "a/b", "abcdefghijklmnopqrstuvwxyz1234567"})
    void aNameThatIsNotOneIsRefused(String name) {
        assertThrows(PartylineException.class, () -> create(name));
    }

    @Test
    void aTokenNeedsAScopeAndAnOpenStore() {
        assertThrows(
                PartylineException.class,
                () -> tokens.create(
                        new Wanted("bot", Set.of(), Selection.EVERYTHING, OptionalLong.empty(), Optional.empty())));
        store.lock();
        assertThrows(StoreLockedException.class, () -> create("bot"));
    }

    @Test
    void whereThereIsNoStoreTheListSaysHowToCreateOne() {
        MemoryStore none = new MemoryStore();
        assertEquals(
                "there is no store yet: create one with partyline:setup",
                assertThrows(
                                StoreLockedException.class,
                                () -> new Tokens(() -> none, names::service, clock, new SecureRandom()).list())
                        .getMessage());
    }
}
