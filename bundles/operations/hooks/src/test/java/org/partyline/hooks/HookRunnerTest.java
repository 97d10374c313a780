package org.partyline.hooks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Events.Event;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.hooks.Hook;
import org.partyline.api.hooks.Hook.State;
import org.partyline.api.hooks.Hooks;
import org.partyline.api.store.StoreLockedException;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

class HookRunnerTest {
    @TempDir
    Path directory;

    private final MemoryStore store = MemoryStore.open();
    private final FakeLog log = new FakeLog();
    private final HandSetClock clock = new HandSetClock();
    private final List<String> audit = new ArrayList<>();
    private final List<String> details = new ArrayList<>();
    private final List<String> delivered = new ArrayList<>();
    private final List<Type> types = new ArrayList<>();
    private Optional<String> answer = Optional.empty();
    private Callable<?> during = () -> null;
    private final HookList hooks =
            new HookList(() -> store, () -> log, clock, new SecureRandom(), this::record, () -> this.runner.wake());
    private HookRunner runner = runner();

    private HookRunner runner() {
        return new HookRunner(() -> store, () -> log, this::deliver, Runnable::run, clock, this::record);
    }

    private void record(String event, String detail) {
        audit.add(event);
        details.add(detail);
    }

    private Optional<String> deliver(HookRecord hook, Event event) {
        delivered.add(hook.name() + event.cursor());
        types.add(event.type());
        assertDoesNotThrow(during::call);
        return answer;
    }

    @BeforeEach
    void add() throws Exception {
        log.add(3);
        Path program = Files.createFile(
                directory.resolve("program"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        hooks.addProgram("a", program);
    }

    private Hook hook() throws PartylineException {
        return hooks.list().get(0);
    }

    @Test
    void whereThereIsNoStoreTheListSaysHowToCreateOne() {
        MemoryStore none = new MemoryStore();
        HookList list = new HookList(() -> none, () -> log, clock, new SecureRandom(), this::record, () -> {});
        assertEquals(
                "there is no store yet: create one with partyline:setup",
                assertThrows(StoreLockedException.class, list::list).getMessage());
    }

    @Test
    void aHookIsHandedEachEventFromNowOnInItsOrder() throws Exception {
        runner.round();
        assertEquals(List.of(), delivered);
        log.add(50);
        runner.round();
        assertEquals(50, delivered.size());
        assertEquals(List.of("a4", "a5"), delivered.subList(0, 2));
        assertEquals("a53", delivered.get(49));
        assertEquals(0, hook().waiting());
        assertEquals(Optional.of(clock.instant()), hook().lastDelivered());
        runner.round();
        assertEquals(50, delivered.size());
        assertEquals(List.of("hook-added"), audit);
    }

    @Test
    void whatIsNotAcceptedIsTriedAgainForADayAndHoldsUpTheOthers() throws Exception {
        answer = Optional.of("the program exited with status 3");
        log.add(2);
        Instant begin = clock.instant();
        for (int attempt = 1; attempt <= HookRecord.PAUSES.size(); attempt++) {
            runner.round();
            runner.round();
            assertEquals(attempt, delivered.size());
            assertEquals(State.FAILING, hook().state());
            clock.set(hook().nextAttempt().orElseThrow());
        }
        runner.round();
        Hook hook = hook();
        assertEquals(State.DISABLED, hook.state());
        assertEquals(Optional.of("the program exited with status 3"), hook.failure());
        assertEquals(HookRecord.PAUSES.size() + 1, hook.attempts());
        assertEquals(2, hook.waiting());
        assertTrue(Duration.between(begin, clock.instant()).compareTo(Duration.ofHours(23)) > 0);
        assertEquals("hook-disabled", audit.get(audit.size() - 1));
        assertEquals(
                HookRecord.PAUSES.size(),
                audit.stream().filter("hook-failed"::equals).count());
        clock.pass(Duration.ofDays(30));
        runner.round();
        assertEquals(HookRecord.PAUSES.size() + 1, delivered.size());

        answer = Optional.empty();
        delivered.clear();
        assertEquals(State.FAILING, hooks.redeliver("a", false).state());
        runner.round();
        assertEquals(List.of("a4", "a5"), delivered);
        assertEquals(State.ACTIVE, hook().state());
        assertThrows(PartylineException.class, () -> hooks.redeliver("a", false));
    }

    /** The list shows it, from the store. */
    @Test
    void theUnencryptedLogDoesNotNameWhereAHookLeads() throws Exception {
        String why = "no connection: the SOCKS proxy 127.0.0.1:9050 cannot reach alice.example.org:443";
        answer = Optional.of(why);
        log.add(1);
        runner.round();
        assertEquals(Optional.of(why), hook().failure());
        assertEquals(List.of("hook-added", "hook-failed"), audit);
        assertFalse(details.toString().contains("alice"), details.toString());
    }

    @Test
    void anEventThatIsNeverAcceptedCanBeSkipped() throws Exception {
        answer = Optional.of("no");
        log.add(2);
        runner.round();
        answer = Optional.empty();
        assertEquals(State.ACTIVE, hooks.redeliver("a", true).state());
        runner.round();
        assertEquals(List.of("a4", "a5"), delivered);
        assertTrue(audit.contains("hook-skipped"));
    }

    /** Programs take time, and a failing one most of all. */
    @Test
    void anEventThatIsSkippedWhileItIsHandedOverLeavesNoFailureToTheNextOne() throws Exception {
        answer = Optional.of("no");
        log.add(2);
        runner.round();
        clock.pass(HookRecord.PAUSES.get(0));
        during = () -> {
            if (delivered.size() == 2) {
                hooks.redeliver("a", true);
            } else {
                answer = Optional.empty();
            }
            return null;
        };
        runner.round();
        assertEquals(List.of("a4", "a4", "a5"), delivered);
        assertEquals(State.ACTIVE, hook().state());
        assertEquals(List.of("hook-added", "hook-failed", "hook-skipped"), audit);
    }

    /** The log no longer returns events that expired. */
    private void expire(int cursor) {
        log.expired.add((long) cursor);
    }

    @Test
    void whatFollowsAnEventThatExpiredIsTriedForADayToo() throws Exception {
        answer = Optional.of("no");
        log.add(2);
        for (int attempt = 0; attempt < 4; attempt++) {
            runner.round();
            clock.set(hook().nextAttempt().orElseThrow());
        }
        assertEquals(4, hook().attempts());
        expire(4);
        runner.round();
        assertEquals(List.of("a4", "a4", "a4", "a4", "a5"), delivered);
        assertEquals(1, hook().attempts());
        assertEquals(
                clock.instant().plus(HookRecord.PAUSES.get(0)),
                hook().nextAttempt().orElseThrow());
    }

    @Test
    void anEventIsNotSkippedInPlaceOfAnExpiredOne() throws Exception {
        answer = Optional.of("no");
        log.add(2);
        runner.round();
        expire(4);
        answer = Optional.empty();
        hooks.redeliver("a", true);
        runner.round();
        assertEquals(List.of("a4", "a5"), delivered);
    }

    /** Programs take time: an event erased meanwhile is not handed over. */
    @Test
    void anEventIsReadWhenItIsHandedOverAndNotBefore() throws Exception {
        log.add(2);
        during = () -> log.all.set(4, FakeLog.event(5, Type.ERASED));
        runner.round();
        assertEquals(List.of("a4", "a5"), delivered);
        assertEquals(List.of(Type.STATE, Type.ERASED), types);
    }

    @Test
    void aClockThatIsSetBackHoldsUpNothing() throws Exception {
        clock.pass(Duration.ofDays(400));
        answer = Optional.of("no");
        log.add(1);
        runner.round();
        clock.pass(Duration.ofDays(-400));
        answer = Optional.empty();
        runner.round();
        assertEquals(List.of("a4", "a4"), delivered);
        assertEquals(State.ACTIVE, hook().state());
    }

    @Test
    void aRestartForgetsNoFailure() throws Exception {
        answer = Optional.of("no");
        log.add(1);
        runner.round();
        runner = runner();
        runner.round();
        assertEquals(1, delivered.size());
        clock.pass(HookRecord.PAUSES.get(0));
        answer = Optional.empty();
        runner.round();
        assertEquals(List.of("a4", "a4"), delivered);
    }

    @Test
    void aRemovedHookIsHandedNothing() throws Exception {
        hooks.remove("a");
        log.add(1);
        runner.round();
        assertEquals(List.of(), delivered);
        assertThrows(PartylineException.class, () -> hooks.remove("a"));
        assertEquals(List.of("hook-added", "hook-removed"), audit);
    }

    @Test
    void aRemovedHookLeavesNothingInTheLog() throws Exception {
        log.add(1);
        runner.round();
        assertEquals(1, log.acknowledged.size());
        hooks.remove("a");
        assertEquals(Map.of(), log.acknowledged);
    }

    @Test
    void aHookThatIsRemovedWhileItIsHandedAnEventLeavesNothingInTheLog() throws Exception {
        log.add(2);
        during = () -> hooks.remove("a");
        runner.round();
        assertEquals(List.of("a4"), delivered);
        assertEquals(Map.of(), log.acknowledged);
    }

    @Test
    void aRefusedHookLeavesNothingInTheLog() {
        assertThrows(PartylineException.class, () -> hooks.addProgram("a", directory.resolve("program")));
        assertEquals(1, log.acknowledged.size());
    }

    /**
     * The store fails at any commit, as if the power failed: afterwards each event is delivered, in order, and at most
     * one extra time for each failure.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noEventIsLostWhateverHappensInBetween(long seed) throws Exception {
        Random chance = new Random(seed);
        int cuts = 0;
        for (int i = 0; i < 40; i++) {
            log.add(chance.nextInt(3));
            if (chance.nextInt(3) == 0) {
                cuts++;
                store.failCommitsAfter(chance.nextInt(3));
                runner.round();
                store.failCommits(0);
                runner = runner();
            }
            answer = chance.nextInt(5) == 0 ? Optional.of("no") : Optional.empty();
            runner.round();
            clock.pass(Duration.ofSeconds(chance.nextInt(60)));
        }
        answer = Optional.empty();
        clock.pass(Duration.ofDays(1));
        runner.round();
        assertEquals(State.ACTIVE, hook().state());
        long last = 3;
        for (String one : delivered) {
            long cursor = Long.parseLong(one.substring(1));
            assertTrue(cursor == last || cursor == last + 1, delivered::toString);
            last = cursor;
        }
        assertEquals(log.newest(), last, () -> "after cuts: " + delivered);
        assertTrue(cuts > 0);
    }

    @Test
    void theSecretOfAWebHookIsShownOnce() throws Exception {
        Hooks.Created created = hooks.addUrl("web", URI.create("https://example.org/hook"), false);
        assertTrue(created.secret().startsWith("whsec_"));
        assertEquals("https://example.org/hook", created.hook().target());
        assertThrows(PartylineException.class, () -> hooks.addUrl("b", URI.create("https://10.0.0.1/"), false));
        log.add(1);
        runner.round();
        assertEquals(List.of("a4", "web4"), delivered);
        HookRecord record = store.<HookRecord, PartylineException>transact(
                tx -> HookRecords.all(tx).get(1));
        assertEquals(created.secret(), record.secret());
        assertFalse(record.toString().contains(record.secret())
                || created.toString().contains(record.secret()));
    }

    @Test
    void namesAndNumbersAreLimited() throws Exception {
        Path program = directory.resolve("program");
        assertThrows(PartylineException.class, () -> hooks.addProgram("a", program));
        assertThrows(PartylineException.class, () -> hooks.addProgram("a b", program));
        for (int i = 1; i < HookList.MOST; i++) {
            hooks.addProgram("b" + i, program);
        }
        assertThrows(PartylineException.class, () -> hooks.addProgram("c", program));
    }
}
