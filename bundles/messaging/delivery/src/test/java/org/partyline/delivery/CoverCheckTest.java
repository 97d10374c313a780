package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.health.Finding;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.personas.PersonaRecords;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.testkit.messaging.StageBench;

/** Cover traffic that was ordered, and whose bundle is unavailable. */
class CoverCheckTest {
    private static final int ALICE = StageBench.ALICE.id();

    private final StageBench bench = new StageBench();
    private final CoverOrders orders = new CoverOrders(bench.cover, bench.guard, bench.clock);
    private final CoverCheck check =
            new CoverCheck(bench.guard, bench.context.coverSlots(), bench.context.protocols().coverTraffic);

    @AfterEach
    void close() {
        bench.close();
    }

    private void order(boolean ordered) throws StoreException {
        bench.guard.transact(tx -> {
            orders.transaction(tx).putPlan(ALICE, ordered, new byte[] {1});
            orders.transaction(tx).putSizes(ALICE, new byte[] {1});
            return null;
        });
    }

    @Test
    void itIsToldWhereSomeWasOrderedAndNoneRuns() throws Exception {
        assertEquals(List.of(), check.examine());
        order(true);
        assertEquals(List.of(), check.examine());
        bench.stop(CoverTraffic.class);
        Finding finding = check.examine().get(0);
        assertEquals(Finding.Verdict.WARNING, finding.verdict());
        assertTrue(finding.what().startsWith("cover traffic of alice is not running"), finding::what);
        assertTrue(finding.what().contains("CoverFactory"), finding::what);
        bench.context.coverSlots().end();
        assertEquals(List.of(), check.examine(), "nothing leaves at all");
        bench.context.coverSlots().begin();
        order(false);
        assertEquals(List.of(), check.examine(), "nothing was ordered");
    }

    @Test
    void whatCoverTrafficKeepsOfAPersonaGoesWithItAlsoWhileTheBundleIsAway() throws Exception {
        bench.stop(CoverTraffic.class);
        order(true);
        assertEquals(1, check.examine().size());
        bench.guard.transact(tx -> {
            PersonaRecords.erase(tx, ALICE);
            return null;
        });
        assertEquals(0, bench.store.count("cover"));
        assertEquals(0, bench.store.count("sent-sizes"));
        assertEquals(List.of(), check.examine());
    }

    @Test
    void whyAPersonaThatOnlyReadsSendsNoDecoysIsSaid() throws Exception {
        assertEquals(
                Optional.empty(),
                bench.guard.transact(tx -> orders.transaction(tx).whySilent(ALICE)));
        bench.keys().copy = true;
        assertEquals(
                Optional.of("persona 'alice' only reads, because it was restored while its original is in use:"
                        + " run partyline:restore-takeover when the original is gone"),
                bench.guard.transact(tx -> orders.transaction(tx).whySilent(ALICE)));
    }
}
