package org.partyline.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Off by default, only on the loopback, and an invalid value is rejected with what is valid. */
class MetricsSettingsTest {
    @Test
    void byDefaultNothingIsToldAndThenOnlyToWhoKnowsTheToken() {
        MetricsSettings settings = MetricsSettings.of(Map.of());
        assertFalse(settings.enabled());
        assertTrue(settings.token());
        assertTrue(settings.address().getAddress().isLoopbackAddress());
        assertEquals(9470, settings.address().getPort());
        assertEquals(Duration.ofMinutes(5), settings.period());
    }

    @Test
    void valuesAreRead() {
        MetricsSettings settings = MetricsSettings.of(
                Map.of("enabled", "true", "address", "::1", "port", "1024", "period", "60s", "access", "everybody"));
        assertTrue(settings.enabled());
        assertFalse(settings.token());
        assertEquals(Duration.ofMinutes(1), settings.period());
        assertTrue(settings.address().getAddress().isLoopbackAddress());
    }

    @ParameterizedTest
    @CsvSource({
        "enabled, yes, true or false",
        "address, 0.0.0.0, 127.0.0.1 or ::1",
        "address, 192.168.1.2, 127.0.0.1 or ::1",
        "address, localhost, 127.0.0.1 or ::1",
        "address, 127.0.0.2, 127.0.0.1 or ::1",
        "port, 80, 1024 to 65535",
        "port, 65536, 1024 to 65535",
        "port, x, 1024 to 65535",
        "period, 59s, 1m to 1h",
        "period, 61m, 1m to 1h",
        "period, 999999999h, 1m to 1h",
        "period, 5, 1m to 1h",
        "access, all, token or everybody"
    })
    void aBadValueIsRefusedWithWhatWouldBeRight(String key, String value, String right) {
        String message = assertThrows(IllegalArgumentException.class, () -> MetricsSettings.of(Map.of(key, value)))
                .getMessage();
        assertTrue(message.startsWith(key + " = '" + value + "': "), message);
        assertTrue(message.endsWith(right), message);
    }
}
