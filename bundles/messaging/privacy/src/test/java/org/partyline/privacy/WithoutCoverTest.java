package org.partyline.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Privacy;
import org.partyline.messaging.state.AbsentException;
import org.partyline.testkit.messaging.StageBench;

/** Profiles while the bundle of cover traffic is unavailable. */
class WithoutCoverTest {
    private final StageBench bench = new StageBench();
    private final Privacy privacy = StageBench.offered(bench.add(PrivacyStage::new), Privacy.class);

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aProfileWaitsForItAndChangesNothing() {
        assertThrows(AbsentException.class, () -> privacy.apply(Privacy.Profile.BALANCED));
        assertEquals(Map.of(), bench.settings.changed());
    }
}
