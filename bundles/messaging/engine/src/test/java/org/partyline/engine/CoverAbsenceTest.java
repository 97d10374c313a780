package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverFactory;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Privacy;
import org.partyline.api.health.Finding;
import org.partyline.engine.store.Cbor;
import org.partyline.engine.store.Keys;

/** The bundle of cover traffic goes and comes back: that ends cover traffic meanwhile, and nothing else. */
class CoverAbsenceTest extends CoverStage {
    private static final Duration MEAN = Duration.ofMinutes(10);

    private void begin() throws PartylineException {
        timing.gap = MEAN;
        start(MEAN, 100_000);
        alice.round();
    }

    private long waiting(String text) throws Exception {
        long id = send(text, Optional.empty(), Optional.empty());
        TestServer.await("it waits for a slot", () -> {
            alice.round();
            return reason(id).contains("a point of the cover traffic");
        });
        return id;
    }

    private void awaitRead(String... texts) throws Exception {
        TestServer.await("all is read", () -> {
            alice.round();
            return bob.received().size() >= texts.length;
        });
        assertEquals(List.of(texts), bob.received());
    }

    @Test
    void whatWaitsLeavesByItsDelayAndCoverTrafficGoesOnByItsPlanWhenTheBundleReturns() throws Exception {
        begin();
        point();
        assertEquals(1, decoys().size());
        waiting("queued under cover");
        Cover.Status before = status();
        alice.stop(CoverFactory.class);
        assertNull(alice.cover(), "its service goes with it");
        awaitRead("queued under cover");
        alice.send("lobby", "while it is away");
        awaitRead("queued under cover", "while it is away");
        int handed = network.handed().size();
        clock.pass(Duration.ofHours(2));
        for (int i = 0; i < 3; i++) {
            alice.round();
        }
        assertEquals(handed, network.handed().size(), "no decoy leaves");
        alice.start(CoverFactory.class);
        Cover.Status after = status();
        assertTrue(after.running(), after::problem);
        assertEquals(
                List.of(before.mean(), before.budget(), before.messages(), before.decoys()),
                List.of(after.mean(), after.budget(), after.messages(), after.decoys()));
        point();
        point();
        assertTrue(status().decoys() > before.decoys(), status()::toString);
        long covered = waiting("covered again");
        point();
        assertTrue(alice.state(covered).compareTo(State.BROADCAST) >= 0);
        List<String> all = List.of("queued under cover", "while it is away", "covered again");
        TestServer.await("all is told, and nothing twice", () -> bob.told().equals(all));
        assertEquals(1, bob.chainsRead(), "it costs no new chain");
    }

    @Test
    void whatWaitedForASlotDrawsItsDelayWhenTheBundleStops() throws Exception {
        alice.settings.set("jitter", "1m");
        begin();
        timing.jitter = Duration.ofSeconds(40);
        long id = waiting("hello");
        alice.stop(CoverFactory.class);
        TestServer.await("it has a delay of its own", () -> {
            alice.round();
            return reason(id).contains("a random delay");
        });
        assertEquals(0, network.handed().size());
        clock.pass(Duration.ofSeconds(41));
        awaitRead("hello");
    }

    @Test
    void anotherInstanceGoesOnWithTheSamePlan() throws Exception {
        begin();
        Cover.Status before = status();
        alice.stop(CoverFactory.class);
        alice.start(CoverFactory.class);
        assertEquals(before, status());
        point();
        assertEquals(1, decoys().size());
        assertFalse(alice.audited.contains("cover-away"), "as in an update");
    }

    /** All bundles are stopped then, and this one before the engine: what is covered must not leave because of it. */
    @Test
    void nothingLeavesBecauseTheWholeProgramEnds() throws Exception {
        begin();
        long id = waiting("hello");
        alice.programState = Bundle.STOPPING;
        alice.stop(CoverFactory.class);
        for (int i = 0; i < 3; i++) {
            alice.round();
        }
        assertEquals(0, network.handed().size());
        assertTrue(alice.state(id).compareTo(State.BROADCAST) < 0);
        assertTrue(reason(id).contains("a point of the cover traffic"), () -> reason(id));
    }

    @Test
    void coverTrafficThatWasOrderedAndIsAwayIsRecordedAndTold() throws Exception {
        assertEquals(List.of(), alice.check().examine());
        begin();
        assertEquals(List.of(), alice.check().examine());
        alice.stop(CoverFactory.class);
        alice.round();
        assertFalse(alice.audited.contains("cover-away"), "not yet: it may be an update");
        Finding finding = alice.check().examine().get(0);
        assertEquals(Finding.Verdict.WARNING, finding.verdict());
        assertTrue(finding.what().startsWith("cover traffic of me does not run"), finding::what);
        assertTrue(finding.what().contains("org.partyline.cover"), finding::what);
        clock.pass(Duration.ofSeconds(6));
        alice.round();
        alice.round();
        assertEquals(1, alice.audited.stream().filter("cover-away"::equals).count());
        alice.start(CoverFactory.class);
        alice.round();
        assertTrue(alice.audited.contains("cover-returned"));
        alice.cover().stop(Optional.empty());
        alice.stop(CoverFactory.class);
        assertEquals(List.of(), alice.check().examine(), "nothing was ordered");
        clock.pass(Duration.ofSeconds(6));
        alice.round();
        assertEquals(1, alice.audited.stream().filter("cover-away"::equals).count());
    }

    @Test
    void aMessageMayGoByAnyCarrierMeanwhileAndProfilesSayWhatTheyWaitFor() throws Exception {
        begin();
        assertThrows(PartylineException.class, () -> send("hello", Optional.empty(), Optional.of(Carrier.ROLLING)));
        alice.stop(CoverFactory.class);
        send("hello", Optional.empty(), Optional.of(Carrier.ROLLING));
        PartylineException refused =
                assertThrows(PartylineException.class, () -> alice.privacy().apply(Privacy.Profile.BALANCED));
        assertTrue(refused.getMessage().contains("org.partyline.cover"), refused.getMessage());
    }

    @Test
    void whatCoverTrafficKeepsOfAPersonaGoesWithItAlsoWhileTheBundleIsAway() throws Exception {
        alice.personas().create("work");
        alice.cover().start(Optional.of("work"), MEAN, 100_000);
        alice.stop(CoverFactory.class);
        assertEquals(1, (long) alice.store.transact(tx -> tx.count("cover")));
        alice.personas().delete("work");
        assertEquals(0, (long) alice.store.transact(tx -> tx.count("cover")));
        assertEquals(List.of(), alice.check().examine());
    }

    /** As a store had it before cover traffic was a bundle. */
    private record OldPlan(
            int persona, boolean running, long mean, long budget, long next, long messages, long decoys, long since) {}

    /** The same. */
    private record OldSizes(List<Integer> newest) {}

    @Test
    void aStoreFromBeforeIsReadAsItWas() throws Exception {
        timing.gap = MEAN;
        long next = clock.instant().plusSeconds(60).toEpochMilli();
        alice.store.transact(tx -> {
            tx.put(
                    "cover",
                    Keys.of(1),
                    Keys.ALL,
                    Cbor.write(new OldPlan(1, true, MEAN.toMillis(), 54_321, next, 7, 8, next)),
                    null);
            tx.put("sent-sizes", Keys.of(1), Keys.ALL, Cbor.write(new OldSizes(List.of(80, 80))), null);
            return null;
        });
        Cover.Status status = status();
        assertEquals(
                List.of(true, MEAN, 54_321L, 7L, 8L),
                List.of(status.running(), status.mean(), status.budget(), status.messages(), status.decoys()));
        assertEquals(next, status.next().orElseThrow().toEpochMilli());
        timing.size = OptionalInt.empty();
        point();
        List<Outgoing> decoys = decoys();
        assertEquals(1, decoys.size());
        assertEquals(9, status().decoys());
        byte[] after = alice.store.transact(tx -> tx.get("cover", Keys.of(1))).orElseThrow();
        assertEquals(9, Cbor.read(after, OldPlan.class).decoys(), "and the version before can read it again");
    }
}
