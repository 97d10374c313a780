package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.partyline.api.store.RowsPutBackException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.continuity.TokenRecord;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;

/** Restored files of a server that are older than its messages are detected by the token outside them. */
class ContinuityTest {
    private static final char[] PASSPHRASE = "store passphrase".toCharArray();

    private static final String SESSIONS = "sessions";
    private static final byte[] ALICE = Keys.of(7);
    private static final String NAME = "2753a090e689d95301ab6d439bd4487f";

    private final HandSetClock clock = new HandSetClock();
    private Life life;

    @BeforeEach
    void firstLife() throws Exception {
        MachineStore store = new MachineStore();
        store.create(PASSPHRASE);
        life = new Life(store);
    }

    /** The records here are none that the event log could read. */
    private static StateGuard guard(Store store) {
        return new StateGuard(store, new Operations(new StageBench.NoOutages(), Duration.ofSeconds(1)));
    }

    /** A server's use of its token while the store is open. */
    private final class Life implements StateOwner {
        final MachineStore store;
        final Continuity continuity;
        final StateGuard guard;
        /** Why its state was repaired. */
        final List<String> mended = new ArrayList<>();

        /** @param store open */
        Life(MachineStore store) throws StoreException {
            this.store = store;
            this.guard = guard(store);
            this.continuity = new Continuity(store, guard, new SecureRandom(), clock, store.outside, this);
            continuity.enter();
        }

        @Override
        public int place() {
            return 1;
        }

        @Override
        public boolean hasUsedKeys(StoreTransaction tx) throws StoreException {
            return tx.count("spoken") > 0;
        }

        @Override
        public void mend(StoreTransaction tx, AfterCommit after, String why) {
            after.then(() -> mended.add(why));
        }

        /** Simulates that a key of a session is used. */
        void speak() throws StoreException {
            try (AfterCommit after = new AfterCommit()) {
                guard.transact(tx -> {
                    tx.put("spoken", Keys.of(tx.count("spoken")), Keys.ALL, new byte[] {1}, null);
                    tx.put(SESSIONS, ALICE, Keys.ALL, Keys.of(tx.count("spoken")), null);
                    continuity.step(tx, after);
                    return null;
                });
                after.commit();
            }
        }

        /** Simulates that data of a session is stored without using a key. */
        void hear(int what) throws StoreException {
            guard.transact(tx -> {
                tx.put(SESSIONS, ALICE, Keys.ALL, Keys.of(what), null);
                return null;
            });
        }

        /** As at a lock and at a clean stop. */
        void stop() {
            continuity.leave();
            kill();
        }

        /** As after kill -9: nothing that a stop does was done. */
        void kill() {
            store.lock();
        }

        byte[] outside() {
            return store.outside.tokens.values().iterator().next();
        }
    }

    /** Starts a server again on these files. */
    private void next(MachineStore files) throws Exception {
        files.unlock(PASSPHRASE);
        life = new Life(files);
    }

    private void assertNothingWasFound() {
        assertEquals(List.of(), life.mended);
        assertEquals(List.of(), life.continuity.warnings());
    }

    private void assertFound(String why) {
        assertEquals(1, life.mended.size());
        assertTrue(life.mended.get(0).contains(why), life.mended::toString);
        List<String> warnings = life.continuity.warnings();
        assertTrue(warnings.get(0).startsWith("the store may be a restored old copy"), warnings::toString);
        assertTrue(warnings.get(0).contains(why), warnings::toString);
    }

    // ---- several machines

    @Test
    void aStandbyThatWatchedItsLeaderTakesTheStoreForTheNewest() throws Exception {
        life.speak();
        MachineStore other = life.store.onAnotherMachine();
        life.kill();
        next(other.watched());
        assertNothingWasFound();
        life.speak();
        life.stop();
        // From now on it has the token itself.
        next(life.store);
        assertNothingWasFound();
    }

    @Test
    void aStandbyThatDidNotWatchItsLeaderIsNotSure() throws Exception {
        life.speak();
        MachineStore other = life.store.onAnotherMachine();
        life.kill();
        next(other);
        assertFound("its token is missing in the test's memory");
    }

    /** Watching vouches for the moment of the takeover, not for later restorations. */
    @Test
    void anOldCopyOnAServerThatTookOverIsFound() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        life.speak();
        MachineStore other = life.store.onAnotherMachine();
        life.kill();
        next(other.watched());
        MachineStore old = before.onAnotherMachine();
        life.speak();
        old.outside.tokens.putAll(life.store.outside.tokens);
        life.stop();
        next(old);
        assertFound("another server that used it left another token");
    }

    @Test
    void filesPutBackBeforeATakeoverAreFound() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        life.speak();
        MachineStore other = life.store.onAnotherMachine(before);
        life.kill();
        next(other.watched());
        assertFound("its database is in an earlier state than its leader reported");
    }

    @Test
    void aSessionPutBackBeforeATakeoverIsFound() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        life.speak();
        MachineStore other = life.store.onAnotherMachine();
        other.putBack(before, SESSIONS);
        life.kill();
        next(other.watched());
        assertFound("records of chains or sessions are older than the rest of it");
    }

    /**
     * This server's own token matches; what it saw of the other one as a standby, before it was restarted, shows the
     * difference.
     */
    @Test
    void aCopyOfTheTimeWhenThisServerLedLastIsFoundAfterAnotherOneLed() throws Exception {
        life.speak();
        MachineStore own = life.store.copy();
        MachineStore other = life.store.onAnotherMachine();
        life.kill();
        next(other.watched());
        life.speak();
        own.saw(life.store.onAnotherMachine());
        life.kill();
        next(own);
        assertFound("its database is in an earlier state than its leader reported");
        life.stop();
        next(life.store);
        assertNothingWasFound();
    }

    /** As a standby sees it: it keeps the mark with the highest number. */
    private static long count(MachineStore leader) {
        String mark = leader.onAnotherMachine().published().orElseThrow();
        return Long.parseLong(mark.substring(0, mark.indexOf(':')));
    }

    /** Otherwise a standby that saw the former store would take the new one for an old copy. */
    @Test
    void aNewStoreCountsOnFromTheOneBeforeInItsDatabase() throws Exception {
        life.speak();
        life.stop();
        long before = count(life.store);
        MachineStore pair = life.store.onAnotherMachine();
        // First before this server has opened one, as after a restart.
        for (int i = 0; i < 3; i++) {
            pair.putBack(new MachineStore());
            next(pair);
            assertNothingWasFound();
            assertEquals(before + 1, count(pair));
            life.speak();
            life.stop();
            before = count(pair);
        }
    }

    @Test
    void aStoreThatWasPutBackCountsOnFromTheStateThatWasLost() throws Exception {
        life.speak();
        MachineStore other = life.store.onAnotherMachine();
        life.kill();
        next(other.watched());
        MachineStore before = life.store.copy();
        life.speak();
        life.speak();
        long lost = count(life.store);
        life.store.putBack(before);
        life.continuity.enter();
        assertFound("its database is in an earlier state than its leader reported");
        assertEquals(lost + 1, count(life.store));
    }

    @Test
    void aCountThatNoServerReachesIsNotContinued() throws Exception {
        life.store.publish(Long.MAX_VALUE + ":x");
        MachineStore other = life.store.onAnotherMachine();
        other.putBack(new MachineStore());
        next(other);
        assertTrue(count(other) > 0);
    }

    /** The leader was faster than its heartbeats. */
    @Test
    void aStandbyThatSawLessThanTheLeaderDidFindsNothing() throws Exception {
        life.speak();
        MachineStore seen = life.store.onAnotherMachine();
        life.speak();
        life.speak();
        MachineStore other = life.store.onAnotherMachine();
        other.saw(seen);
        life.kill();
        next(other.watched());
        assertNothingWasFound();
    }

    @Test
    void anotherStateOfTheSameNumberIsFound() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        life.speak();
        MachineStore other = life.store.onAnotherMachine();
        life.kill();
        next(before);
        life.kill();
        MachineStore fork = life.store.onAnotherMachine();
        fork.saw(other);
        next(fork.watched());
        assertFound("its database is in an earlier state");
    }

    // ---- restored while the store is open

    private RowsPutBackException assertRefused(Executable work) {
        return assertThrows(RowsPutBackException.class, work);
    }

    /** The finding ends when the store is read again. */
    private void assertMendedAndGoesOn(String why) throws Exception {
        assertTrue(life.guard.newestRows().found().isPresent());
        assertRefused(life::speak);
        life.continuity.leave();
        life.continuity.enter();
        assertFound(why);
        life.speak();
        life.stop();
        next(life.store);
        assertNothingWasFound();
    }

    @Test
    void allThatIsPutBackBetweenTwoUsesOfKeysIsRefused() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        life.speak();
        life.store.putBack(before);
        assertRefused(life::speak);
        assertMendedAndGoesOn("another server that used it left another token");
    }

    @Test
    void theStateOneUseOfAKeyEarlierIsRefusedToo() throws Exception {
        for (int i = 0; i < 3; i++) {
            MachineStore before = life.store.copy();
            life.speak();
            life.store.putBack(before);
            assertRefused(life::speak);
            life.continuity.leave();
            life.continuity.enter();
        }
    }

    /** Even if only the token shows it. */
    @Test
    void aTokenThatIsOlderIsNotOverwritten() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        life.speak();
        life.store.putBack(before);
        try (AfterCommit after = new AfterCommit()) {
            assertRefused(() -> life.store.transact(tx -> {
                life.continuity.step(tx, after);
                return null;
            }));
        }
    }

    @Test
    void aSingleRecordThatIsPutBackIsRefused() throws Exception {
        life.hear(1);
        MachineStore before = life.store.copy();
        life.hear(2);
        life.store.putBack(before, SESSIONS);
        assertRefused(() -> life.guard.transact(tx -> tx.get(SESSIONS, ALICE)));
        assertMendedAndGoesOn("a record of 'sessions' in the store");
    }

    @Test
    void aRecordThatIsPutBackAfterItWasDeletedIsRefused() throws Exception {
        life.hear(1);
        MachineStore before = life.store.copy();
        life.guard.transact(tx -> tx.delete(SESSIONS, ALICE));
        life.store.putBack(before, SESSIONS);
        assertRefused(() -> life.guard.transact(tx -> tx.list(SESSIONS)));
    }

    @Test
    void workThatSwallowsItIsNotStored() throws Exception {
        life.hear(1);
        MachineStore before = life.store.copy();
        life.hear(2);
        life.store.putBack(before, SESSIONS);
        assertRefused(() -> life.guard.transact(tx -> {
            assertRefused(() -> tx.get(SESSIONS, ALICE));
            tx.put("t", Keys.of(1), Keys.ALL, new byte[1], null);
            return null;
        }));
        assertEquals(0, life.store.count("t"));
    }

    @Test
    void aRecordThatIsPutBackWhileTheStoreIsLockedIsFound() throws Exception {
        life.hear(1);
        MachineStore before = life.store.copy();
        life.hear(2);
        life.continuity.leave();
        life.store.putBack(before, SESSIONS);
        life.continuity.enter();
        assertFound("records of chains or sessions are older than the rest of it");
    }

    /** Together with the combined hash of the same time. */
    @Test
    void recordsThatArePutBackTogetherWhileTheStoreIsLockedAreFound() throws Exception {
        life.hear(1);
        life.continuity.leave();
        MachineStore before = life.store.copy();
        life.continuity.enter();
        life.hear(2);
        life.continuity.leave();
        life.store.putBack(before);
        // As if the token outside had been restored, too.
        byte[] old = life.store
                .transact(tx -> tx.get("continuity", Keys.of("token")))
                .orElseThrow();
        byte[] token = Cbor.read(old, TokenRecord.class).now();
        life.store.outside.tokens.replaceAll((name, newer) -> token);
        life.continuity.enter();
        assertFound("records of chains or sessions differ from what this server last stored");
    }

    @Test
    void aRecordThatIsPutBackBetweenTwoRunsIsFound() throws Exception {
        life.hear(1);
        MachineStore before = life.store.copy();
        life.hear(2);
        life.stop();
        life.store.putBack(before, SESSIONS);
        next(life.store);
        assertFound("records of chains or sessions are older than the rest of it");
    }

    @Test
    void theCombinedHashCannotBeTakenAway() throws Exception {
        life.hear(1);
        MachineStore before = life.store.copy();
        life.hear(2);
        life.stop();
        life.store.putBack(before, SESSIONS);
        life.store.putBack(new MachineStore(), "newest");
        next(life.store);
        assertFound("records of chains or sessions are older than the rest of it");
    }

    @Test
    void whatTheStoreItselfFoundIsMended() throws Exception {
        life.speak();
        life.continuity.leave();
        life.store.putBack = true;
        life.continuity.enter();
        assertFound("it is not in the state this server last stored");
    }

    /** If a connection breaks, it is unknown whether a transaction has succeeded. */
    @Test
    void aTransactionOfWhichNobodyKnowsWhetherItTookPlaceFindsNothing() throws Exception {
        life.speak();
        for (int i = 0; i < 4; i++) {
            boolean tookPlace = i % 2 == 0;
            if (tookPlace) {
                life.store.afterChange = () -> {
                    life.store.afterChange = () -> {};
                    throw new IllegalStateException("no answer");
                };
            } else {
                life.store.failCommits(1);
            }
            assertThrows(Exception.class, life::speak);
            if (i < 2) {
                life.speak();
            }
            life.hear(i);
            life.speak();
            assertNothingWasFound();
        }
        life.store.afterChange = () -> {
            life.store.afterChange = () -> {};
            throw new IllegalStateException("no answer");
        };
        assertThrows(IllegalStateException.class, life::speak);
        life.kill();
        next(life.store);
        assertNothingWasFound();
    }

    @Test
    void aTransactionOfWhichNobodyKnowsThenALockFindsNothing() throws Exception {
        life.speak();
        life.store.afterChange = () -> {
            life.store.afterChange = () -> {};
            throw new IllegalStateException("no answer");
        };
        assertThrows(IllegalStateException.class, life::speak);
        life.continuity.leave();
        life.continuity.enter();
        assertNothingWasFound();
    }

    /** It would be overwritten without being read. */
    @Test
    void whatIsOnlyWrittenOverAStateThatWasPutBackIsRefused() throws Exception {
        life.hear(1);
        MachineStore before = life.store.copy();
        life.hear(2);
        life.store.putBack(before);
        assertRefused(() -> life.hear(3));
    }

    @Test
    void aTransactionOfWhichNobodyKnowsThenALockWithoutAWordFindsNothing() throws Exception {
        life.speak();
        life.store.afterChange = () -> {
            life.store.afterChange = () -> {};
            throw new IllegalStateException("no answer");
        };
        assertThrows(IllegalStateException.class, life::speak);
        life.store.lock();
        life.continuity.leave();
        life.store.unlock(PASSPHRASE);
        life.continuity.enter();
        assertNothingWasFound();
    }

    @Test
    void anotherStoreThatWasUsedBeforeFindsNothing() throws Exception {
        MachineStore elsewhere = new MachineStore();
        elsewhere.create(PASSPHRASE);
        Life other = new Life(elsewhere);
        other.speak();
        other.continuity.leave();
        life.speak();
        life.continuity.leave();
        life.store.putBack(elsewhere);
        life.store.outside.tokens.putAll(elsewhere.outside.tokens);
        life.continuity.enter();
        assertNothingWasFound();
    }

    @Test
    void anotherStoreInTheSameProcessFindsNothing() throws Exception {
        life.speak();
        life.continuity.leave();
        life.store.putBack(new MachineStore());
        life.continuity.enter();
        assertNothingWasFound();
        life.speak();
        life.stop();
        next(life.store);
        assertNothingWasFound();
    }

    // ---- old copies

    @Test
    void aHomeThatIsPutBackIsFound() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        life.speak();
        life.stop();
        next(before);
        assertFound("another server that used it left another token in the test's memory");
    }

    @Test
    void itIsFoundAlsoWhenNothingWasSaidAfterTheCopyWasMadeButAStop() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        life.stop();
        next(life.store);
        life.stop();
        next(before);
        assertFound("another server");
    }

    @Test
    void itIsFoundAlsoAfterAKillOfTheLifeInWhichTheCopyWasMade() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        life.speak();
        life.speak();
        life.kill();
        next(before);
        assertFound("another server");
    }

    @Test
    void theSameCopyMayBePutBackAgainAndAgain() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        for (int i = 1; i <= 3; i++) {
            life.speak();
            life.stop();
            next(before.copy());
            assertFound("another server");
        }
    }

    @Test
    void itIsFoundAlsoAtAnUnlockInOneLife() throws Exception {
        life.speak();
        life.continuity.leave();
        life.store.outside.tokens.replaceAll((name, token) -> new byte[Continuity.TOKEN_LENGTH]);
        life.continuity.enter();
        assertFound("another server");
    }

    // ---- cases without a rollback

    @Test
    void aFirstStartAndTheNextOnesFindNothing() throws Exception {
        assertNothingWasFound();
        life.speak();
        for (int i = 0; i < 3; i++) {
            life.stop();
            next(life.store);
            assertNothingWasFound();
            life.continuity.leave();
            life.continuity.enter();
            assertNothingWasFound();
        }
    }

    @Test
    void aKillAtAnyMomentFindsNothing() throws Exception {
        life.speak();
        for (int i = 0; i < 3; i++) {
            MachineStore files = life.store.copy();
            life.kill();
            next(files);
            assertNothingWasFound();
            life.speak();
        }
    }

    /** The store has the next token, the place outside has the previous one. */
    @Test
    void aKillInTheMiddleOfAChangeFindsNothingAndACopyFromBeforeItIsFound() throws Exception {
        life.speak();
        MachineStore before = life.store.copy();
        Map<String, byte[]> outside = Map.copyOf(life.store.outside.tokens);
        life.speak();
        MachineStore after = life.store.copy();
        Map<String, byte[]> newest = Map.copyOf(life.store.outside.tokens);
        life.kill();
        // As if the process had ended between the two steps of the change.
        life.store.outside.tokens.putAll(outside);
        next(after.copy());
        assertNothingWasFound();
        life.kill();
        // And after both.
        life.store.outside.tokens.putAll(newest);
        next(after.copy());
        assertNothingWasFound();
        life.kill();
        life.store.outside.tokens.putAll(newest);
        next(before);
        assertFound("another server");
    }

    @Test
    void theTokenOutsideIsTheNewestOnceAKeyIsUsed() throws Exception {
        life.speak();
        byte[] before = life.outside();
        try (AfterCommit after = new AfterCommit()) {
            life.guard.transact(tx -> {
                life.continuity.step(tx, after);
                return null;
            });
            assertArrayEquals(before, life.outside(), "the store is first");
            after.commit();
        }
        assertFalse(Arrays.equals(before, life.outside()));
    }

    @Test
    void theTokenIsOtherAfterEachUnlockEachLockAndEachStop() throws Exception {
        Map<String, byte[]> outside = life.store.outside.tokens;
        byte[] made = life.outside();
        life.continuity.leave();
        byte[] locked = life.outside();
        assertFalse(Arrays.equals(made, locked));
        life.continuity.enter();
        byte[] unlocked = life.outside();
        assertFalse(Arrays.equals(locked, unlocked));
        life.stop();
        byte[] stopped = life.outside();
        assertFalse(Arrays.equals(unlocked, stopped));
        life.continuity.leave();
        assertArrayEquals(stopped, life.outside(), "a locked server changes nothing");
        assertEquals(1, outside.size());
    }

    // ---- a place that does not keep the token

    @Test
    void aTokenThatWasRemovedIsMissed() throws Exception {
        life.speak();
        life.stop();
        life.store.outside.tokens.clear();
        next(life.store);
        assertFound("its token is missing in the test's memory");
        life.stop();
        next(life.store);
        assertNothingWasFound();
    }

    @Test
    void aTokenThatCannotBeReadIsSaid() throws Exception {
        life.speak();
        life.stop();
        life.store.outside.refusesToRead = "Input/output error";
        next(life.store);
        assertFound("the token in the test's memory cannot be read: Input/output error");
    }

    @Test
    void aTokenThatWasDamagedIsMissed() throws Exception {
        life.speak();
        life.store.outside.tokens.replaceAll((name, token) -> new byte[3]);
        life.kill();
        next(life.store);
        assertFound("its token is missing in the test's memory");
    }

    @Test
    void aStoreThatSpokeAndHasNoTokenIsFound() throws Exception {
        life.speak();
        life.store.transact(tx ->
                tx.delete(TokenRecord.TABLE, tx.list(TokenRecord.TABLE).get(0).key()));
        assertRefused(() -> life.store.transact(tx -> {
            life.continuity.step(tx, new AfterCommit());
            return null;
        }));
        life.kill();
        next(life.store);
        assertFound("it has no token");
    }

    @Test
    void aNewStoreFindsNothingWhereNoTokenCanBeRead() throws Exception {
        MachineStore store = new MachineStore();
        store.create(PASSPHRASE);
        store.outside.refusesToRead = "Input/output error";
        life = new Life(store);
        assertNothingWasFound();
    }

    @Test
    void whatNoServerPublishesVouchesForNothing() throws Exception {
        life.speak();
        for (String mark : List.of("nonsense", ":", "")) {
            life.store.publish(mark);
            MachineStore other = life.store.onAnotherMachine();
            life.kill();
            next(other.watched());
            assertFound("its database is in an earlier state");
        }
    }

    @Test
    void aPlaceThatIsPutBackTogetherWithTheHomeIsSaid() {
        life.store.outside.weak = "it is in the home";
        assertEquals(List.of("it is in the home"), life.continuity.warnings());
    }

    /** Nothing on the machine shows which store a token belongs to. */
    @Test
    void theNameOfATokenIsAHashOfTheStoresId() throws Exception {
        String name = life.store.outside.tokens.keySet().iterator().next();
        assertEquals(Optional.of(name), life.store.note(ErasableToken.NOTE), "so that a locked server can erase it");
        assertEquals(NAME, Continuity.name(new byte[16]));
    }

    @Test
    void onceItIsLeftNothingIsComparedAndNothingChanges() throws Exception {
        life.hear(1);
        MachineStore before = life.store.copy();
        life.hear(2);
        life.continuity.leave();
        byte[] left = life.outside();
        life.continuity.leave();
        assertArrayEquals(left, life.outside());
        life.store.putBack(before, SESSIONS);
        assertEquals(
                Optional.of(1L),
                life.guard
                        .transact(tx -> tx.get(SESSIONS, ALICE))
                        .map(read -> ByteBuffer.wrap(read).getLong()));
    }

    @Test
    void whereNoTokenCanBeWrittenEachStartIsInDoubtAndSaysSo() throws Exception {
        life.speak();
        life.store.outside.refusesToWrite = "Read-only file system";
        MachineStore before = life.store;
        for (int i = 0; i < 2; i++) {
            MachineStore store = life.store;
            life.stop();
            // Before anything is sealed in this run.
            AtomicReference<MachineStore> copy = new AtomicReference<>();
            store.outside.beforeWriting = () -> copy.compareAndSet(null, store.copy());
            next(store);
            before = copy.get();
            assertFound(i == 0 ? "Read-only file system" : "another server");
            String where = life.continuity.warnings().get(1);
            assertTrue(where.contains("Read-only file system"), where);
            assertTrue(where.contains("directory in org.partyline.continuity.cfg"), where);
            life.speak();
        }
        life.stop();
        // A copy from the time when nothing could be written is detected once something can be written again.
        life.store.outside.refusesToWrite = null;
        next(before);
        assertFound("another server");
        life.stop();
        next(life.store);
        assertNothingWasFound();
    }

    @Test
    void aPlaceThatFailsWhileTheServerRunsIsSaidAndTakenUpAgain() throws Exception {
        life.speak();
        life.store.outside.refusesToWrite = "No space left on device";
        life.speak();
        assertTrue(life.continuity.warnings().get(0).contains("No space left on device"));
        life.store.outside.refusesToWrite = null;
        life.speak();
        assertEquals(List.of(), life.continuity.warnings());
        life.stop();
        next(life.store);
        assertNothingWasFound();
    }

    @Test
    void aNewStoreOpensAlsoWhereNoTokenCanBeWritten() throws Exception {
        MachineStore store = new MachineStore();
        store.outside.refusesToWrite = "Read-only file system";
        store.create(PASSPHRASE);
        Life carol = new Life(store);
        assertTrue(carol.continuity.warnings().get(0).contains("Read-only file system"));
        assertEquals(List.of(), carol.mended);
    }
}
