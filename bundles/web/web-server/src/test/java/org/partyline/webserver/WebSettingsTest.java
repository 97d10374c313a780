package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.web.WebSettings;

class WebSettingsTest {
    @Test
    void itListensOnThisMachine() {
        assertTrue(WebSettings.address(Map.of()).getAddress().isLoopbackAddress());
        assertEquals(9480, WebSettings.address(Map.of()).getPort());
        assertEquals(
                9000,
                WebSettings.address(Map.of("port", "9000", "address", "::1")).getPort());
    }

    @ParameterizedTest
    @CsvSource({"address,0.0.0.0", "address,192.168.0.1", "address,localhost", "port,80", "port,65536", "port,web"})
    void aWrongValueIsRefusedWithItsKey(String key, String value) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> WebSettings.address(Map.of(key, value)));
        assertTrue(refused.getMessage().contains(key) && refused.getMessage().contains(value), refused.getMessage());
    }

    @Test
    void furtherHostNamesAreSeparatedByCommas() {
        assertEquals(Set.of(), WebSettings.hosts(Map.of()));
        assertEquals(
                Set.of("talk.example.org", "abc.onion"),
                WebSettings.hosts(Map.of("hosts", "Talk.example.org, abc.onion")));
        for (String wrong : List.of("a b", "https://example.org", "*.example.org", "example.org:80")) {
            assertThrows(IllegalArgumentException.class, () -> WebSettings.hosts(Map.of("hosts", wrong)), wrong);
        }
    }
}
