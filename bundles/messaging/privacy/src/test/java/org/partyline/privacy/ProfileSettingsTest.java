package org.partyline.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Privacy;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests the settings of the profiles. */
class ProfileSettingsTest {
    private final StageBench stage = new StageBench();
    private Privacy privacy;

    /** Was never started. */
    private static final class NoCover implements Cover {
        @Override
        public Status start(Optional<String> persona, Duration mean, long budget) {
            throw new UnsupportedOperationException("cover traffic is not started here");
        }

        @Override
        public Status stop(Optional<String> persona) {
            throw new UnsupportedOperationException("cover traffic was never started");
        }

        @Override
        public List<Status> status() {
            return List.of();
        }
    }

    @BeforeEach
    void open() {
        stage.nodes.add(new TestNetwork(stage.clock).node("a"));
        stage.put(Cover.class, new NoCover());
        privacy = StageBench.offered(stage.add(PrivacyStage::new), Privacy.class);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void profilesShowWhatTheyChangeAndSetIt() throws Exception {
        Privacy.Preview economy = privacy.preview(Privacy.Profile.ECONOMY);
        assertTrue(economy.settings().stream().anyMatch(Privacy.Setting::changes));
        assertEquals(Map.of(), stage.settings.changed(), "a preview changes nothing");
        privacy.apply(Privacy.Profile.ECONOMY);
        assertEquals("rolling", stage.settings.changed().get("carrier"));
        for (Privacy.Setting setting : economy.settings()) {
            if (setting.changes()) {
                assertEquals(setting.then(), stage.settings.changed().get(setting.key()), setting.key());
            }
        }
        assertEquals(Optional.of(Privacy.Profile.ECONOMY), privacy.current());
        assertEquals(Optional.of(21L), economy.perMessage());
        privacy.apply(Privacy.Profile.BALANCED);
        assertEquals("confirm", stage.settings.changed().get("carrier"));
        assertEquals("80", stage.settings.changed().get("max-bucket"));
        assertNotEquals(Optional.of(Privacy.Profile.ECONOMY), privacy.current());
    }
}
