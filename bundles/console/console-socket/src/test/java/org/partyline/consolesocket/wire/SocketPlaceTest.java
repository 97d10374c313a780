package org.partyline.consolesocket.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketPlaceTest {
    @Test
    void aShortPathIsUsedAsItIs() throws IOException {
        Path home = Path.of("/h");
        assertEquals(
                "/h/run/console.sock",
                new SocketPlace(home).<String>use(address -> address.getPath().toString()));
    }

    @Test
    void aLongPathIsReachedByALinkThatIsGoneAfterwards(@TempDir Path directory) throws IOException {
        Path shortPlaces = Files.createDirectory(directory.resolve("tmp"));
        Path home = directory.resolve("d".repeat(200));
        SocketPlace place = new SocketPlace(home, shortPlaces);

        Path used = place.use(address -> {
            assertEquals(
                    home.resolve("run"),
                    Files.readSymbolicLink(address.getPath().getParent()));
            return address.getPath();
        });

        assertTrue(used.startsWith(shortPlaces));
        try (var left = Files.list(shortPlaces)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void withoutAPlaceForALinkTheLengthIsSaid() {
        Path home = Path.of("/" + "d".repeat(200));
        SocketPlace place = new SocketPlace(home, Path.of("/nowhere"));

        IOException refused = assertThrows(IOException.class, () -> place.use(address -> address));

        assertEquals(
                "the path of " + home
                        + "/run/console.sock is too long for a socket (218 bytes; the maximum is 100), and /nowhere has "
                        + "no room for a shorter one: choose a PARTYLINE_HOME with a shorter path",
                refused.getMessage());
    }
}
