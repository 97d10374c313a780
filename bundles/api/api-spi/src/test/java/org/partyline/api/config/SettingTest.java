package org.partyline.api.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests which values a declaration allows, how it describes them, and how it parses them. */
class SettingTest {
    private static void assertTakes(Setting<?> setting, String... values) {
        for (String value : values) {
            assertDoesNotThrow(() -> setting.check(value), value);
        }
    }

    private static void assertRefuses(Setting<?> setting, String right, String... values) {
        for (String value : values) {
            assertEquals(
                    "key = '" + value.replaceAll("\\p{Cntrl}", "?") + "': " + right,
                    assertThrows(IllegalArgumentException.class, () -> setting.check(value), value)
                            .getMessage());
        }
    }

    @Test
    void aDurationIsBetweenItsEnds() {
        Setting<Duration> setting = Setting.duration("key", "1h", "100ms", "7d");
        assertTakes(setting, "100ms", "1s", "60m", "168h", "7d");
        assertRefuses(
                setting, "it must be 100ms to 7d", "99ms", "8d", "169h", "5", "", "s", "-1s", "1e9s", "1.x", "5 m");
        assertEquals(Duration.ofMinutes(90), setting.in(Map.of("key", " 90m ")));
    }

    @Test
    void aNumberIsWholeAndBetweenItsEnds() {
        Setting<Integer> setting = Setting.integer("key", 7, 1, 100);
        assertTakes(setting, "1", "100");
        assertRefuses(setting, "it must be 1 to 100", "0", "101", "1.5", "", "ten", "99999999999999999999");
        assertEquals(50, setting.in(Map.of("key", 50)));
    }

    @Test
    void anAmountHasItsUnit() {
        Setting<Long> setting = Setting.satoshi("key", "5sat", "1sat", "1000sat");
        assertTakes(setting, "1sat", "1000sat");
        assertRefuses(setting, "it must be 1sat to 1000sat", "0sat", "1001sat", "5", "sat", "99999999999sat");
    }

    @Test
    void aWordIsOneOfThoseThereAre() {
        Setting<String> word = Setting.choice("key", "keep", "keep: it stays", "recall: it is recalled");
        assertTakes(word, "keep", "recall");
        assertRefuses(word, "it must be keep or recall", "", "Keep", "burn");
        Setting<Integer> number = Setting.choice("key", "80", "64", "80", "128").as(Integer::valueOf);
        assertRefuses(number, "it must be 64, 80 or 128", "81");
        assertEquals(128, number.in(Map.of("key", "128")));
    }

    @Test
    void aWordMayReplaceAValueOfARange() {
        Setting<Optional<Duration>> jitter =
                Setting.duration("key", "auto", "0s", "30m").or("auto", "as the network has it");
        assertTakes(jitter, "auto", "0s", "30m");
        assertRefuses(jitter, "it must be auto or 0s to 30m", "31m", "", "never");
        assertEquals(Optional.empty(), jitter.in(Map.of()));
        Setting<Optional<Duration>> timeout =
                Setting.duration("key", "", "1s", "5m").or("", "5s");
        assertTakes(timeout, "", "1s");
        assertEquals("nothing or 1s to 5m", timeout.range());
        assertEquals(Optional.of(Duration.ofSeconds(2)), timeout.in(Map.of("key", "2s")));
    }

    @Test
    void aSwitchIsTrueOrFalse() {
        Setting<Boolean> flag = Setting.flag("key", true);
        assertTakes(flag, "true", "false");
        assertRefuses(flag, "it must be true or false", "TRUE", "yes", "");
        assertFalse(flag.in(Map.of("key", false)));
    }

    @Test
    void aTextHasNothingThatAFileWouldReadOtherwise() {
        Setting<String> text = Setting.text("key", "", "anything");
        assertTakes(text, "", "C:\\x", "a,b", "# no comment");
        assertRefuses(
                text,
                "it must not contain line ends, other control characters or ${",
                "a\nb = c",
                "\u0000",
                "${karaf.home}");
    }

    @Test
    void whatIsNotSetHasItsDefaultAndSoHasWhatIsEmptyUnlessAnyTextIsAllowed() {
        assertEquals(7, Setting.integer("key", 7, 1, 100).in(Map.of("key", " ")));
        assertEquals("", Setting.text("key", "auto", "anything").in(Map.of("key", "")));
        assertEquals("auto", Setting.text("key", "auto", "anything").in(Map.of()));
    }

    @Test
    void whatOnlyItsBundleCanReadIsRefusedInItsWordsOrByTheRange() {
        Setting<Integer> silent = Setting.text("key", "1", "a number", Integer::valueOf);
        assertRefuses(silent, "it must be a number", "one");
        Setting<String> words = Setting.text("key", "", "a name", text -> {
            throw new IllegalArgumentException("take another");
        });
        assertRefuses(words, "take another", "x");
    }

    @Test
    void whatIsRefusedOfASecretIsNotRepeated() {
        Setting<String> secret = Setting.password("key", "a password");
        assertFalse(assertThrows(IllegalArgumentException.class, () -> secret.check("hunter2\n"))
                .getMessage()
                .contains("hunter2"));
    }
}
