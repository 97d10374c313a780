package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.settings.SendingSettings;
import org.partyline.api.store.StoreException;

/** The bundle of cover traffic stops and returns: that ends cover traffic meanwhile, and nothing else. */
class CoverAbsenceTest extends UnderCover {
    private final ForeignCover foreign = new ForeignCover(bench.clock);

    private void begin() throws PartylineException {
        bench.delivery.setCoverFactory(foreign);
        bench.round();
    }

    private long waiting(String text) throws PartylineException {
        long id = write(text);
        bench.round();
        assertTrue(reason(id).contains("a point of the cover traffic"), () -> reason(id));
        return id;
    }

    /** Like the bundle: the store knows that cover traffic should run, even while the bundle is unavailable. */
    private void order(boolean ordered) throws StoreException {
        foreign.context.transact(tx -> {
            tx.putPlan(ALICE, ordered, new byte[] {1});
            return null;
        });
    }

    private long audited(String event) {
        return bench.stage.audited.stream().filter(event::equals).count();
    }

    @Test
    void whatWaitsLeavesByItsDelayAndCoverTrafficGoesOnWhenTheBundleReturns() throws Exception {
        begin();
        assertEquals(1, pass(Duration.ofMinutes(1)).size());
        assertEquals(1, decoys().size());
        long queued = waiting("queued under cover");
        bench.delivery.unsetCoverFactory(foreign);
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(queued));
        long away = write("while it is away");
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(away));
        for (int i = 0; i < 3; i++) {
            assertEquals(0, pass(Duration.ofHours(2)).size(), "no decoy leaves");
        }
        bench.delivery.setCoverFactory(foreign);
        foreign.decoy = packet(2);
        assertEquals(1, pass(Duration.ofMinutes(1)).size());
        assertEquals(2, foreign.left);
        long covered = waiting("covered again");
        assertEquals(1, pass(Duration.ofMinutes(1)).size());
        assertEquals(State.RELAYED, bench.stage.state(covered));
        assertEquals(5, bench.network.handed().size(), "and nothing twice");
        assertEquals(List.of(queued, away, covered), bench.stage.sealer.sealed, "nothing is sealed anew for it");
    }

    @Test
    void whatWaitedForASlotDrawsItsDelayWhenTheBundleStops() throws Exception {
        bench.stage.settings.sending(new SendingSettings(
                Duration.ofHours(1),
                80,
                25,
                Duration.ofHours(24),
                false,
                "confirm",
                Optional.of(Duration.ofMinutes(1)),
                Optional.empty(),
                20,
                Duration.ofMinutes(10)));
        bench.stage.pace.delayBy(Duration.ofSeconds(40));
        begin();
        long id = waiting("hello");
        bench.delivery.unsetCoverFactory(foreign);
        bench.round();
        assertTrue(reason(id).contains("a random delay"), () -> reason(id));
        assertEquals(0, bench.network.handed().size());
        assertEquals(1, pass(Duration.ofSeconds(41)).size());
    }

    @Test
    void anotherInstanceGoesOnAsInAnUpdate() throws Exception {
        begin();
        order(true);
        bench.delivery.unsetCoverFactory(foreign);
        ForeignCover next = new ForeignCover(bench.clock);
        bench.delivery.setCoverFactory(next);
        assertEquals(1, foreign.closed);
        assertEquals(1, pass(Duration.ofMinutes(1)).size());
        assertEquals(1, next.left);
        assertEquals(0, foreign.left);
        assertEquals(0, audited("cover-away"), "as in an update");
    }

    /** All bundles are stopped then, and this one before the server: covered packets must not leave because of that. */
    @Test
    void nothingLeavesBecauseTheWholeProgramEnds() throws Exception {
        begin();
        long id = waiting("hello");
        bench.ending = true;
        bench.delivery.unsetCoverFactory(foreign);
        for (int i = 0; i < 3; i++) {
            assertEquals(0, look().size());
        }
        assertEquals(0, bench.network.handed().size());
        assertEquals(State.SEALED, bench.stage.state(id));
        assertTrue(reason(id).contains("a point of the cover traffic"), () -> reason(id));
    }

    @Test
    void coverTrafficThatWasOrderedAndIsAwayIsRecorded() throws Exception {
        begin();
        order(true);
        bench.delivery.unsetCoverFactory(foreign);
        bench.round();
        assertEquals(0, audited("cover-away"), "not yet: it may be an update");
        pass(Duration.ofSeconds(6));
        bench.round();
        assertEquals(1, audited("cover-away"));
        assertEquals(0, audited("cover-returned"));
        bench.delivery.setCoverFactory(foreign);
        bench.round();
        assertEquals(1, audited("cover-returned"));
        order(false);
        bench.delivery.unsetCoverFactory(foreign);
        pass(Duration.ofSeconds(6));
        bench.round();
        assertEquals(1, audited("cover-away"), "nothing was ordered");
    }

    @Test
    void itIsOpenedOnceTheWayOutHasBegunAndClosedWithIt() throws Exception {
        DeliveryStage late = new DeliveryStage(bench.stage.context, () -> false);
        ForeignCover second = new ForeignCover(bench.clock);
        late.setCoverFactory(second);
        assertNull(second.context, "not yet");
        late.begin();
        assertNotNull(second.context);
        late.stop();
        assertEquals(1, second.closed);
        assertFalse(bench.stage.context.protocols().coverTraffic.isHere(), "nobody asks it any more");
    }
}
