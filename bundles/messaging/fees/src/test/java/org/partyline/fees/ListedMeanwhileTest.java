package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.partyline.api.engine.Fees;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.WhileAPartIsAway;

/** Lists work whichever other bundle is unavailable. */
class ListedMeanwhileTest {
    @WhileAPartIsAway
    void limitsAreTold(Class<?> part) throws Exception {
        try (StageBench bench = new StageBench()) {
            Fees fees = StageBench.offered(bench.add(FeesStage::new), Fees.class);
            Fees.Limits before = fees.limits();
            bench.stop(part);
            assertEquals(before, fees.limits());
        }
    }
}
