package org.partyline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeeRateTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1000",
        "0.1, 100",
        "0.5sat/vB, 500",
        "0.5 sat/vb, 500",
        "' 12.345 SAT/VB ', 12345",
        "1.000, 1000",
        "100000, 100000000",
    })
    void aRateIsReadWithOrWithoutItsUnit(String text, long satPerKvb) {
        assertEquals(new FeeRate(satPerKvb), FeeRate.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "sat/vB",
                "abc",
                "0.0001",
                "1,5",
                "1 BTC",
                "1e-20",
                "1e999999999",
                "-1",
                "100000.001",
                "NaN"
            })
    void anythingElseIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> FeeRate.parse(text));
    }

    @Test
    void aRefusalNamesTheValueAndWhatIsRight() {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> FeeRate.parse("0.0001"));
        assertEquals(
                "'0.0001' is not a fee rate: write it like 0.5sat/vB, with at most three decimals",
                refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE})
    void aRateOutOfRangeIsRefused(long satPerKvb) {
        assertThrows(IllegalArgumentException.class, () -> new FeeRate(satPerKvb));
    }

    @ParameterizedTest
    @CsvSource({"0.00001000, 1000", "0.00000100, 100", "0.000000001, 1", "0, 0"})
    void aRateOfTheNodeIsRoundedUpToTheSatoshi(BigDecimal btcPerKvb, long satPerKvb) {
        assertEquals(new FeeRate(satPerKvb), FeeRate.ofBtcPerKvb(btcPerKvb));
    }

    /** If expanded, the first two would fill the memory. */
    @ParameterizedTest
    @ValueSource(strings = {"1e100000000", "1e-100000000", "-0.00001", "1.5"})
    void whatANodeCallsARateAndIsNoneIsRefused(String btcPerKvb) {
        BigDecimal rate = new BigDecimal(btcPerKvb);
        assertThrows(IllegalArgumentException.class, () -> FeeRate.ofBtcPerKvb(rate));
    }

    @ParameterizedTest
    @CsvSource({
        "100, 202, 21",
        "1000, 202, 202",
        "100, 200, 20",
        "1, 1, 1",
        "0, 500, 0",
        "100000000, 100000, 10000000000"
    })
    void aFeeIsRoundedUp(long satPerKvb, int vsize, long fee) {
        assertEquals(fee, new FeeRate(satPerKvb).fee(vsize));
    }

    @ParameterizedTest
    @CsvSource({"500, 0.5 sat/vB", "1000, 1 sat/vB", "0, 0 sat/vB", "12345, 12.345 sat/vB", "100000, 100 sat/vB"})
    void itsTextIsReadAgain(long satPerKvb, String text) {
        assertEquals(text, new FeeRate(satPerKvb).toString());
        assertEquals(new FeeRate(satPerKvb), FeeRate.parse(text));
    }

    @Test
    void aHigherRateIsTheGreater() {
        assertTrue(new FeeRate(100).compareTo(new FeeRate(1000)) < 0);
        assertEquals(0, new FeeRate(100).compareTo(new FeeRate(100)));
    }
}
