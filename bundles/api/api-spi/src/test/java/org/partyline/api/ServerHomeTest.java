package org.partyline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerHomeTest {
    private static Path home(Map<String, String> properties) {
        return ServerHome.of(properties::get);
    }

    @Test
    void itIsTheServersElseInKarafsData() {
        assertEquals(Path.of("/srv/p"), home(Map.of("partyline.home", "/srv/p", "karaf.data", "/k")));
        assertEquals(Path.of("/k/partyline"), home(Map.of("partyline.home", " ", "karaf.data", "/k")));
        assertEquals(Path.of("/k/partyline"), home(Map.of("karaf.data", "/k")));
        assertEquals(Path.of("p").toAbsolutePath(), home(Map.of("partyline.home", "p")));
        assertEquals(Path.of("data/partyline").toAbsolutePath(), home(Map.of()));
    }
}
