package org.partyline.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.settings.Settings;

class EngineSettingsTest {
    @Test
    void eachSettingIsReadAndItsDefaultIsWhatHoldsWithoutIt() {
        Map<String, String> standard = new HashMap<>();
        EngineSettings.ALL.forEach(setting -> standard.put(setting.key(), setting.standard()));
        assertEquals(42, standard.size());
        assertEquals(EngineSettings.defaults(), EngineSettings.parse(standard));
        // Any name may be a node's.
        standard.remove("paused-nodes");
        for (String key : standard.keySet()) {
            assertThrows(
                    IllegalArgumentException.class, () -> EngineSettings.parse(Map.of(key, "no such value!")), key);
        }
    }

    @Test
    void valuesAreRead() {
        Settings settings = EngineSettings.parse(Map.of(
                "default-ttl", "7d",
                "max-bucket", 512,
                "suite-preference", "aes_256_gcm",
                "suite-denied", "pbkdf2_sha256, XCHACHA20_POLY1305",
                "fee-maximum", "2.5sat/vB",
                "resend-after", "45s",
                "node-check", "5s",
                "node-quarantine", "1h",
                "minimum-node-version", "rpc:290000, bitcoinj:0"));
        assertEquals(Duration.ofDays(7), settings.sending().defaultTtl());
        assertEquals(512, settings.sending().maxBucket());
        assertEquals(List.of("AES_256_GCM"), settings.suites().preference());
        assertTrue(settings.suites().denied().contains("PBKDF2_SHA256"));
        assertEquals(new FeeRate(2500), settings.fees().maximum());
        assertEquals(new FeeRate(2500), settings.fees().ceiling(new FeeRate(100)), "the operator's word counts");
        assertEquals(Duration.ofSeconds(45), settings.nodes().resendAfter());
        assertEquals(Duration.ofSeconds(5), settings.nodes().check());
        assertEquals(Duration.ofHours(1), settings.nodes().quarantine());
        assertEquals(290000, settings.nodes().minimumVersion("rpc"));
        assertEquals(0, settings.nodes().minimumVersion("embedded"));
    }

    @Test
    void whereNoMaximumIsSetTenTimesTheFloorIsPaid() {
        FeeSettings standard = EngineSettings.defaults().fees();
        assertEquals(new FeeRate(50_000), standard.maximum());
        assertEquals(new FeeRate(1_000), standard.ceiling(new FeeRate(100)));
        assertEquals(new FeeRate(50_000), standard.ceiling(new FeeRate(6_000)));
        assertEquals(new FeeRate(100), standard.ceiling(new FeeRate(1)), "never under the minimum");
        FeeSettings chosen =
                EngineSettings.parse(Map.of("fee-maximum", "50sat/vB")).fees();
        assertEquals(new FeeRate(50_000), chosen.ceiling(new FeeRate(100)));
    }

    /** Its bundle may be added after the settings were read: a denied suite must be denied from the first moment. */
    @Test
    void aSuiteOfAnotherBundleMayBeNamed() {
        Settings settings =
                EngineSettings.parse(Map.of("suite-preference", "speck_128,AES_256_GCM", "suite-denied", "rot13"));
        assertEquals(List.of("SPECK_128", "AES_256_GCM"), settings.suites().preference());
        assertEquals(Set.of("ROT13"), settings.suites().denied());
        // Or it is misspelt: then the log says so.
        assertEquals(Set.of("ROT13", "SPECK_128"), EngineSettings.namesOfOthers(settings.suites()));
        assertEquals(
                Set.of(), EngineSettings.namesOfOthers(EngineSettings.defaults().suites()));
    }

    @Test
    void versionsOfARollHaveTimeToTravelWhereverTheyTravel() {
        Settings settings = EngineSettings.parse(Map.of("roll-spacing", "1s"));
        assertEquals(Duration.ofSeconds(15), settings.rolling().spacing(Network.MAINNET));
        assertEquals(Duration.ofSeconds(15), settings.rolling().spacing(Network.SIGNET));
        assertEquals(Duration.ofSeconds(1), settings.rolling().spacing(Network.REGTEST));
        assertEquals(Duration.ofSeconds(30), EngineSettings.defaults().rolling().spacing(Network.MAINNET));
    }

    @TestFactory
    Stream<DynamicTest> aBadValueIsRefusedWithItsKeyAndItself() {
        return Stream.of(
                        List.of("default-ttl", "0m"),
                        List.of("default-ttl", "46d"),
                        List.of("default-ttl", "soon"),
                        List.of("max-bucket", "81"),
                        List.of("chain-messages", "0"),
                        List.of("chain-messages", "101"),
                        List.of("chain-messages", "many"),
                        List.of("allow-legacy-v1", "yes"),
                        List.of("suite-preference", "AES_256_EAX"),
                        List.of("suite-preference", "ARGON2ID"),
                        List.of("suite-preference", "AES-256"),
                        List.of("suite-denied", "ROT 13"),
                        List.of("suite-denied", "13ROT"),
                        List.of("fee-minimum", "-1"),
                        List.of("fee-maximum", "0.0001"),
                        List.of("fee-target", "1009"),
                        List.of("reorder-hold", "11m"),
                        List.of("rebroadcast-after", "1s"),
                        List.of("resend-after", "4s"),
                        List.of("resend-after", "61m"),
                        List.of("node-check", "0s"),
                        List.of("node-check", "11m"),
                        List.of("node-quarantine", "9s"),
                        List.of("node-quarantine", "25h"),
                        List.of("minimum-node-version", "25.0"),
                        List.of("minimum-node-version", "rpc:new"),
                        List.of("catch-up", "61d"))
                .map(bad -> DynamicTest.dynamicTest(bad.get(0) + " = " + bad.get(1), () -> {
                    IllegalArgumentException refusal = assertThrows(
                            IllegalArgumentException.class, () -> EngineSettings.parse(Map.of(bad.get(0), bad.get(1))));
                    assertTrue(refusal.getMessage().startsWith(bad.get(0) + " = '" + bad.get(1) + "': "));
                    assertTrue(refusal.getMessage().length()
                            > bad.get(0).length() + bad.get(1).length() + 12);
                }));
    }

    @Test
    void aMinimumAboveTheMaximumIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> EngineSettings.parse(Map.of("fee-minimum", "9", "fee-maximum", "8")));
    }

    @Test
    void aMinimumMayBeTheMaximum() {
        FeeSettings fees = EngineSettings.parse(Map.of("fee-minimum", "9", "fee-maximum", "9"))
                .fees();
        assertEquals(fees.minimum(), fees.maximum());
    }

    @Test
    void aValueIsTheDefaultHoweverItIsWritten() {
        assertTrue(EngineSettings.isDefault("default-ttl", "1h"));
        assertTrue(EngineSettings.isDefault("default-ttl", "60m"));
        assertFalse(EngineSettings.isDefault("default-ttl", "61m"));
        assertFalse(EngineSettings.isDefault("default-ttl", "soon"), "it is no value at all");
    }

    @Test
    void theProtocolsDerivationsAreNotOthers() {
        assertEquals(
                Set.of(),
                EngineSettings.namesOfOthers(EngineSettings.parse(Map.of("suite-denied", "pbkdf2_sha256, scrypt"))
                        .suites()));
    }
}
