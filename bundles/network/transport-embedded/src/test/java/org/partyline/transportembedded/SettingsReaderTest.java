package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.FeeRate;

class SettingsReaderTest {
    @Test
    void nothingSetMeansAStockNode() {
        assertEquals(Settings.DEFAULTS, new SettingsReader(Map.of()).settings());
    }

    @Test
    void everyKeyIsRead() {
        Settings settings = new SettingsReader(Map.of(
                        "block-interval", "250ms",
                        "datacarrier-size", "83",
                        "datacarrier-outputs", "1",
                        "relay-fee", "1",
                        "incremental-fee", "0.5",
                        "mempool-size", "5",
                        "mempool-expiry", "72h"))
                .settings();

        assertEquals(
                new Settings(
                        Duration.ofMillis(250),
                        83,
                        1,
                        new FeeRate(1000),
                        new FeeRate(500),
                        5_000_000,
                        Duration.ofHours(72)),
                settings);
    }

    @Test
    void settingsAreCheckedWithoutANode() throws Exception {
        EmbeddedSettingsCheck check = new EmbeddedSettingsCheck();
        check.check(Map.of("name", "play"));
        assertEquals(
                "mempool-size = 'huge' is wrong: it must be a whole number from 1 to 1000",
                assertThrows(
                                org.partyline.api.PartylineException.class,
                                () -> check.check(Map.of("name", "play", "mempool-size", "huge")))
                        .getMessage());
    }

    @Test
    void aSettingThatIsNoneIsRefused() {
        assertEquals(
                "a node of type embedded has no setting 'nonsense': its settings are block-interval, "
                        + "datacarrier-outputs, datacarrier-size, incremental-fee, mempool-expiry, mempool-size, name, "
                        + "relay-fee",
                assertThrows(
                                org.partyline.api.PartylineException.class,
                                () -> new EmbeddedSettingsCheck().check(Map.of("name", "play", "nonsense", "1")))
                        .getMessage());
    }

    @Test
    void zeroMeansBlocksByCommand() {
        assertEquals(
                Duration.ZERO,
                new SettingsReader(Map.of("block-interval", "0")).settings().blockInterval());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "block-interval|fast|0, or 100ms to 24h like 60s",
                "block-interval|50ms|0, or 100ms to 24h like 60s",
                "block-interval|25h|0, or 100ms to 24h like 60s",
                "datacarrier-size|100001|a whole number from 0 to 100000",
                "datacarrier-size|many|a whole number from 0 to 100000",
                "datacarrier-outputs|-1|a whole number from 0 to 10000",
                "relay-fee|1000.1|0 to 1000 sat/vB like 0.1, with at most three decimals",
                "incremental-fee|cheap|0 to 1000 sat/vB like 0.1, with at most three decimals",
                "mempool-size|0|a whole number from 1 to 1000",
                "mempool-expiry|0|1m to 8760h like 336h"
            })
    void aWrongValueIsNamedWithWhatIsRight(String key, String value, String right) {
        SettingsReader reader = new SettingsReader(Map.of(key, value));

        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, reader::settings);

        assertEquals(key + " = '" + value + "' is wrong: it must be " + right, refused.getMessage());
    }

    @Test
    void theNameComesFromTheKeyOrTheFile() {
        String file = "file:/srv/etc/org.partyline.transport.embedded-home-1.cfg";
        assertEquals("a", new SettingsReader(Map.of("name", "a", "felix.fileinstall.filename", file)).name());
        assertEquals("home-1", new SettingsReader(Map.of("felix.fileinstall.filename", file)).name());
        assertEquals("x", new SettingsReader(Map.of("service.pid", "org.partyline.transport.embedded~x")).name());
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        SettingsReader reader = new SettingsReader(Map.of("name", "../x"));

        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, reader::name);

        assertEquals("name = '../x' is wrong: it must be 1 to 64 letters, digits and hyphens", refused.getMessage());
    }
}
