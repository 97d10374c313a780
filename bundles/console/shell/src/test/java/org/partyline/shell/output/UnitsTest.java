package org.partyline.shell.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.shell.error.CommandError;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({"90s, 90", "15m, 900", "1h, 3600", "7d, 604800", "' 5s ', 5"})
    void aDurationIsANumberWithAUnit(String text, long seconds) throws CommandError {
        assertEquals(Duration.ofSeconds(seconds), Units.duration(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "15", "m", "-5m", "1.5h", "1h30m", "5M", "9999999999s", "٣m"})
    void anythingElseIsNoDuration(String text) {
        CommandError refused = assertThrows(CommandError.class, () -> Units.duration(text));
        assertEquals("'" + text + "' is not a duration: write it like 90s, 15m, 1h or 7d", refused.getMessage());
    }

    @Test
    void aDurationOutsideItsLimitsNamesThem() {
        CommandError refused = assertThrows(
                CommandError.class, () -> Units.duration("--ttl", "30s", Duration.ofMinutes(1), Duration.ofDays(45)));
        assertEquals("--ttl must be 1 m to 45 d, not 30s", refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"1200sat, 1200", "0sat, 0", "'7 sat', 7", "2100000000000000sat, 2100000000000000"})
    void anAmountIsInSatoshi(String text, long satoshi) throws CommandError {
        assertEquals(satoshi, Units.amount(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1200", "-1sat", "1.5sat", "1btc", ""})
    void anythingElseIsNoAmount(String text) {
        CommandError refused = assertThrows(CommandError.class, () -> Units.amount(text));
        assertEquals("'" + text + "' is not an amount: write it like 1200sat", refused.getMessage());
    }

    @Test
    void moreThanAllMoneyIsNoAmount() {
        CommandError refused = assertThrows(CommandError.class, () -> Units.amount("2100000000000001sat"));
        assertEquals(
                "'2100000000000001sat' is more than all bitcoin that can exist: at most 2100000000000000sat",
                refused.getMessage());
    }

    @Test
    void aRateIsInSatoshiForEachVirtualByte() throws CommandError {
        assertEquals(500, Units.rate("0.5sat/vB").satPerKvb());
        CommandError refused = assertThrows(CommandError.class, () -> Units.rate("fast"));
        assertEquals(
                "'fast' is not a fee rate: write it like 0.5sat/vB, with at most three decimals", refused.getMessage());
    }

    @Test
    void aMomentIsADurationBackOrATime() throws CommandError {
        Instant now = Instant.parse("2026-11-24T10:00:00Z");
        assertEquals(Instant.parse("2026-11-24T09:00:00Z"), Units.moment("1h", now));
        assertEquals(Instant.parse("2026-11-24T08:30:00Z"), Units.moment("2026-11-24T09:30:00+01:00", now));
        CommandError refused = assertThrows(CommandError.class, () -> Units.moment("yesterday", now));
        assertEquals(
                "'yesterday' is not a time: write how long ago, like 15m or 1h, or 2026-11-24T10:00:00Z",
                refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "999, 999 ms",
        "1000, 1 s",
        "1560, 1.5 s",
        "59999, 59.9 s",
        "60000, 1 m",
        "90000, 1 m 30 s",
        "3600000, 1 h",
        "7500000, 2 h 5 m",
        "86400000, 1 d",
        "93600000, 1 d 2 h"
    })
    void durationsReadInTheLargestUnits(long millis, String text) {
        assertEquals(text, Units.duration(Duration.ofMillis(millis)));
    }

    @Test
    void numbersHaveTheirUnit() {
        assertEquals("1,234,567 sat", Units.sat(1_234_567));
        assertEquals("1 packet", Units.count(1, "packet"));
        assertEquals("0 packets", Units.count(0, "packet"));
    }
}
