package org.partyline.api.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.api.VisibleText;
import org.partyline.api.transport.BlockRef;

/** Any text in a configuration, or in a stored position, is a value or is rejected in one short line. */
class SettingFuzzTest {
    private static final int LONGEST_LINE = 500;
    private static final List<Setting<?>> SETTINGS = List.of(
            Setting.duration("a-time", "10s", "1s", "7d"),
            Setting.duration("a-time-or-none", "10s", "100ms", "5m").or("off", "never"),
            Setting.integer("a-number", 5, -3, 100),
            Setting.satoshi("an-amount", "1000sat", "0sat", "2000000000sat"),
            Setting.flag("a-switch", true),
            Setting.choice("a-word", "one", "one: the first", "two"),
            Setting.text("a-rate", "1", "a fee rate", FeeRate::parse),
            Setting.text("a-text", "", "any text"),
            Setting.password("a-secret", "any text"));

    /** The first byte selects the setting. */
    @FuzzTest(maxDuration = "10m")
    void anyValueIsReadOrRefused(byte[] input) {
        Setting<?> setting = SETTINGS.get(input.length == 0 ? 0 : Byte.toUnsignedInt(input[0]) % SETTINGS.size());
        String text =
                new String(input, Math.min(1, input.length), Math.max(0, input.length - 1), StandardCharsets.UTF_8);
        try {
            Object value = setting.in(Map.of(setting.key(), text));
            assertEquals(value, setting.parse(setting.text(Map.of(setting.key(), text))));
            assertTrue(!(value instanceof Duration time)
                    || time.compareTo(Duration.ofSeconds(1)) >= 0 && time.compareTo(Duration.ofDays(7)) <= 0);
            assertTrue(!(value instanceof Integer number) || number >= -3 && number <= 100);
            assertTrue(!(value instanceof Long sat) || sat >= 0 && sat <= 2_000_000_000L);
            assertTrue(!(value instanceof FeeRate rate)
                    || FeeRate.parse(rate.toString()).equals(rate));
        } catch (IllegalArgumentException e) {
            check(setting, e, text);
        }
        try {
            setting.check(text);
            assertFalse(text.chars().anyMatch(Character::isISOControl));
        } catch (IllegalArgumentException e) {
            check(setting, e, text);
        }
    }

    private static void check(Setting<?> setting, IllegalArgumentException refusal, String text) {
        String message = refusal.getMessage();
        assertTrue(message.startsWith(setting.key() + " = "), message);
        assertTrue(message.length() <= LONGEST_LINE, message);
        assertTrue(message.chars().noneMatch(c -> c == '\n' || c == '\r' || c == 0x1b), message);
        if (setting.isSecret() && text.length() > 8) {
            assertFalse(message.contains(text));
        }
    }

    @FuzzTest(maxDuration = "10m")
    void anyTextIsAPositionOrRefused(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            BlockRef block = BlockRef.parse(text);
            assertEquals(block, BlockRef.parse(block.encode()));
        } catch (IllegalArgumentException e) {
            assertThrows(IllegalArgumentException.class, () -> BlockRef.parse(text));
        }
        try {
            assertEquals(text.toLowerCase(java.util.Locale.ROOT), TxId.of(text).toString());
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage() != null);
        }
    }

    @FuzzTest(maxDuration = "10m")
    void whatIsShownOfANameIsANameOrNothing(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        String seen = VisibleText.visible(text);
        assertEquals(seen, VisibleText.visible(seen));
        assertTrue(seen.isEmpty() || VisibleText.isName(seen, 4 * input.length + 4), "'" + seen + "'");
        assertTrue(!VisibleText.isName(text, 64) || text.equals(seen));
    }
}
