package org.partyline.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Privacy;
import org.partyline.messaging.state.AbsentException;
import org.partyline.testkit.messaging.StageBench;

/** Profiles while the bundle of cover traffic is unavailable. */
class WithoutCoverTest {
    private final StageBench bench = new StageBench();
    private final PrivacyStage offered = bench.add(PrivacyStage::new);
    private final Privacy privacy = StageBench.offered(offered, Privacy.class);

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void itsServiceIsThereUntilItIsStopped() {
        Set<Class<?>> registered = StageBench.publish(offered::publish);
        assertEquals(Set.of(Privacy.class), registered);
        offered.stop();
        assertEquals(Set.of(), registered);
    }

    @Test
    void aProfileWaitsOnceItIsStopped() {
        bench.put(Cover.class, new PrivacyBench.PlainCover());
        bench.stop(Cover.class);
        assertThrows(AbsentException.class, () -> privacy.apply(Privacy.Profile.BALANCED));
        assertEquals(Map.of(), bench.settings.changed());
    }

    @Test
    void aProfileWaitsForItAndChangesNothing() {
        assertThrows(AbsentException.class, () -> privacy.apply(Privacy.Profile.BALANCED));
        assertEquals(Map.of(), bench.settings.changed());
    }
}
