package org.partyline.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.engine.Cover;
import org.partyline.api.health.Finding;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.kernel.Parts;
import org.partyline.messaging.personas.PersonaRecords;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.schedule.CoverSlots;
import org.partyline.testkit.messaging.StageBench;

/** Cover traffic that was ordered, and whose bundle is unavailable. */
class CoverCheckTest {
    private static final int ALICE = StageBench.ALICE.id();

    private final StageBench bench = new StageBench();
    private final CoverOrders orders = new CoverOrders(bench.cover, bench.guard, bench.clock);
    /** Which bundle brings what is the kernel's to know. */
    private final Parts parts = new Parts(bundles -> Optional.empty(), KernelParts.PROVIDERS);

    private final CoverCheck check = new CoverCheck(bench.guard, parts);

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
        parts.put(CoverSlots.class, bench.cover);
        parts.put(CoverTraffic.class, bench.cover);
        assertEquals(List.of(), check.examine());
        order(true);
        assertEquals(List.of(), check.examine());
        parts.remove(CoverTraffic.class, bench.cover);
        Finding finding = check.examine().get(0);
        assertEquals(Finding.Verdict.WARNING, finding.verdict());
        assertTrue(finding.what().startsWith("cover traffic of alice is not running"), finding::what);
        assertTrue(finding.what().contains("org.partyline.cover"), finding::what);
        parts.remove(CoverSlots.class, bench.cover);
        assertEquals(List.of(), check.examine(), "nothing leaves at all");
        parts.put(CoverSlots.class, bench.cover);
        order(false);
        assertEquals(List.of(), check.examine(), "nothing was ordered");
    }

    /** Who needs the service that starts and stops it is told the same: privacy profiles do. */
    @Test
    void whoNeedsItIsToldWhichBundleItWaitsFor() {
        assertTrue(parts.missing(List.of(Cover.class)).orElseThrow().contains("org.partyline.cover"));
    }

    @Test
    void whatCoverTrafficKeepsOfAPersonaGoesWithItAlsoWhileTheBundleIsAway() throws Exception {
        parts.put(CoverSlots.class, bench.cover);
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
}
