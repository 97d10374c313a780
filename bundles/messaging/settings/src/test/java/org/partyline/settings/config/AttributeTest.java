package org.partyline.settings.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a description allows, in words and in fact. */
class AttributeTest {
    private static Attribute attribute(String type, String unit, String min, String max, String... options) {
        Map<String, String> words = new LinkedHashMap<>();
        for (String each : options) {
            words.put(each, "for " + each);
        }
        return new Attribute(
                "key", type, "", "", new Attribute.Limits(min, max, words), new Attribute.More(unit, "", "", ""));
    }

    private static void assertTakes(Attribute attribute, String... values) {
        for (String value : values) {
            assertDoesNotThrow(() -> attribute.check(value), value);
        }
    }

    private static void assertRefuses(Attribute attribute, String right, String... values) {
        for (String value : values) {
            assertEquals(
                    "key = '" + value.replaceAll("\\p{Cntrl}", "?") + "': " + right,
                    assertThrows(IllegalArgumentException.class, () -> attribute.check(value), value)
                            .getMessage());
        }
    }

    @Test
    void aDurationLiesBetweenItsEnds() {
        Attribute duration = attribute("String", "duration", "100ms", "7d");
        assertTakes(duration, "100ms", "1s", "60m", "168h", "7d");
        assertRefuses(
                duration, "it must be 100ms to 7d", "99ms", "8d", "169h", "5", "", "s", "-1s", "1e9s", "1.x", "5 m");
    }

    @Test
    void aNumberIsWholeAndBetweenItsEnds() {
        Attribute number = attribute("Integer", "messages", "1", "100");
        assertTakes(number, "1", "100");
        assertRefuses(number, "it must be 1 to 100", "0", "101", "1.5", "", "ten", "99999999999999999999");
    }

    @Test
    void anAmountHasItsUnit() {
        Attribute amount = attribute("String", "sat", "1sat", "1000sat");
        assertTakes(amount, "1sat", "1000sat");
        assertRefuses(amount, "it must be 1sat to 1000sat", "0sat", "1001sat", "5", "sat");
    }

    @Test
    void aWordIsOneOfThoseThereAre() {
        Attribute word = attribute("String", "none", "", "", "keep", "recall");
        assertTakes(word, "keep", "recall");
        assertRefuses(word, "it must be keep or recall", "", "Keep", "burn");
        Attribute number = attribute("Integer", "bytes", "", "", "64", "80", "128");
        assertRefuses(number, "it must be 64, 80 or 128", "81");
    }

    @Test
    void aWordMayStandBesideARange() {
        Attribute jitter = attribute("String", "duration", "0s", "30m", "auto");
        assertTakes(jitter, "auto", "0s", "30m");
        assertRefuses(jitter, "it must be auto or 0s to 30m", "31m", "", "never");
        Attribute timeout = attribute("String", "duration", "1s", "5m", "");
        assertTakes(timeout, "", "1s");
        assertEquals("nothing or 1s to 5m", timeout.range());
    }

    @Test
    void aSwitchIsTrueOrFalse() {
        Attribute flag = attribute("Boolean", "none", "", "");
        assertTakes(flag, "true", "false");
        assertRefuses(flag, "it must be true or false", "TRUE", "yes", "");
    }

    @Test
    void aTextHasNothingThatAFileWouldReadOtherwise() {
        Attribute text = attribute("String", "none", "", "");
        assertTakes(text, "", "C:\\x", "a,b", "# no comment");
        assertRefuses(
                text,
                "it must not contain line ends, other control characters or ${",
                "a\nb = c",
                "\u0000",
                "${karaf.home}");
    }

    @Test
    void whatIsRefusedOfASecretIsNotRepeated() {
        Attribute secret = attribute("Password", "none", "", "");
        String refused = assertThrows(IllegalArgumentException.class, () -> secret.check("hunter2\n"))
                .getMessage();
        assertEquals(
                List.of(),
                List.of(refused).stream()
                        .filter(each -> each.contains("hunter2"))
                        .toList());
    }
}
