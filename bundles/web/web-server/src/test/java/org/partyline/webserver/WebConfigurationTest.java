package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebConfigurationTest {
    @Test
    void itListensOnThisMachine() {
        assertTrue(WebConfiguration.address(Map.of()).getAddress().isLoopbackAddress());
        assertEquals(9480, WebConfiguration.address(Map.of()).getPort());
        assertEquals(
                9000,
                WebConfiguration.address(Map.of("port", "9000", "address", "::1"))
                        .getPort());
    }

    @ParameterizedTest
    @CsvSource({"address,0.0.0.0", "address,192.168.0.1", "address,localhost", "port,80", "port,65536", "port,web"})
    void aWrongValueIsRefusedWithItsKey(String key, String value) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> WebConfiguration.address(Map.of(key, value)));
        assertTrue(refused.getMessage().contains(key) && refused.getMessage().contains(value), refused.getMessage());
    }
}
