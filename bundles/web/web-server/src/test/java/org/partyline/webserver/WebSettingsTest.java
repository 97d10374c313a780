package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSettingsTest {
    @Test
    void withoutSettingsItListensOnThisMachine() {
        WebSettings settings = WebSettings.of(Map.of());
        assertTrue(settings.address().getAddress().isLoopbackAddress());
        assertEquals(9480, settings.address().getPort());
        assertEquals(
                9000,
                WebSettings.of(Map.of("port", "9000", "address", "::1"))
                        .address()
                        .getPort());
    }

    @ParameterizedTest
    @CsvSource({"address,0.0.0.0", "address,192.168.0.1", "address,localhost", "port,80", "port,65536", "port,web"})
    void aWrongValueIsRefusedWithItsKey(String key, String value) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> WebSettings.of(Map.of(key, value)));
        assertTrue(refused.getMessage().contains(key + " = '" + value + "'"), refused.getMessage());
    }
}
