package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverFactory;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages.State;

/** Stops and starts the bundle of cover traffic: that interrupts cover traffic, and nothing else. */
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
                List.of(before.mean(), before.budget(), before.messages()),
                List.of(after.mean(), after.budget(), after.messages()));
        // The point that came meanwhile is due at once, and the sender may already have reached it.
        assertTrue(Set.of(before.decoys(), before.decoys() + 1).contains(after.decoys()), after::toString);
        point();
        point();
        assertTrue(status().decoys() > after.decoys(), status()::toString);
        long covered = waiting("covered again");
        point();
        assertTrue(alice.state(covered).compareTo(State.SENT) >= 0);
        List<String> all = List.of("queued under cover", "while it is away", "covered again");
        TestServer.await("all is told, and nothing twice", () -> bob.told().equals(all));
        assertEquals(1, bob.chainsRead(), "it costs no new chain");
    }
}
