package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.FeeRate;

class EmbeddedConfigTest {
    @Test
    void nothingSetMeansAStockNode() {
        assertEquals(
                new EmbeddedSettings(
                        Duration.ofSeconds(60),
                        100_000,
                        10_000,
                        new FeeRate(100),
                        new FeeRate(100),
                        300_000_000,
                        Duration.ofHours(336)),
                EmbeddedConfig.read(Map.of()));
    }

    @Test
    void everyKeyIsRead() {
        EmbeddedSettings settings = EmbeddedConfig.read(Map.of(
                "block-interval", "250ms",
                "datacarrier-size", "83",
                "datacarrier-outputs", "1",
                "relay-fee", "1",
                "incremental-fee", "0.5",
                "mempool-size", "5",
                "mempool-expiry", "72h"));

        assertEquals(
                new EmbeddedSettings(
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
        EmbeddedConfig check = new EmbeddedConfig();
        check.check(Map.of("name", "play"));
        assertEquals(
                "mempool-size = 'huge': it must be 1 to 1000",
                assertThrows(
                                IllegalArgumentException.class,
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
                                () -> new EmbeddedConfig().check(Map.of("name", "play", "nonsense", "1")))
                        .getMessage());
    }

    @Test
    void zeroMeansBlocksByCommand() {
        assertEquals(
                Duration.ZERO,
                EmbeddedConfig.read(Map.of("block-interval", "0")).blockInterval());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "block-interval|fast|0 or 100ms to 24h",
                "block-interval|50ms|0 or 100ms to 24h",
                "block-interval|25h|0 or 100ms to 24h",
                "datacarrier-size|100001|0 to 100000",
                "datacarrier-size|many|0 to 100000",
                "datacarrier-outputs|-1|0 to 10000",
                "relay-fee|1000.1|0 to 1000, with at most three decimals",
                "incremental-fee|1001|0 to 1000, with at most three decimals",
                "mempool-size|0|1 to 1000",
                "mempool-expiry|0|1m to 8760h"
            })
    void aWrongValueIsNamedWithWhatIsRight(String key, String value, String right) {
        Map<String, String> values = Map.of(key, value);

        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> EmbeddedConfig.read(values));

        assertEquals(key + " = '" + value + "': it must be " + right, refused.getMessage());
    }

    @Test
    void theNameComesFromTheKeyOrTheFile() {
        String file = "file:/srv/etc/org.partyline.transport.embedded-home-1.cfg";
        assertEquals("a", EmbeddedConfig.name(Map.of("name", "a", "felix.fileinstall.filename", file)));
        assertEquals("home-1", EmbeddedConfig.name(Map.of("felix.fileinstall.filename", file)));
        assertEquals("x", EmbeddedConfig.name(Map.of("service.pid", "org.partyline.transport.embedded~x")));
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        Map<String, String> values = Map.of("name", "../x");

        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> EmbeddedConfig.name(values));

        assertEquals("name = '../x': it must be letters, digits and hyphens, at most 64", refused.getMessage());
    }
}
