package org.partyline.shell.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;

/** Tests a channel's own carrier. */
class ChannelCarrierTest {
    private final FakeEngine fake = FakeEngine.furnished();

    @TempDir
    Path directory;

    private Runner plain() {
        return new Runner(fake, FakeSession.withoutTerminal());
    }

    private String secret() throws Exception {
        Path file = directory.resolve("secret");
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, "correct horse").toString();
    }

    private Optional<Carrier> carrier(String channel) {
        return fake.channels.stream()
                .filter(found -> found.name().equals(channel))
                .findFirst()
                .orElseThrow()
                .carrier();
    }

    @Test
    void itIsChosenWhenAChannelIsMadeOrJoined() throws Exception {
        String made = plain().run("channel-create", "club", "--carrier", "rolling", "--passphrase-file", secret());
        assertTrue(made.contains("(ratchet, rolling, "), made);
        assertEquals(Optional.of(Carrier.ROLLING), carrier("club"));

        String joined = plain().run("channel-join", "den", "--carrier=CONFIRM", "--passphrase-file", secret());
        assertTrue(joined.contains("(ratchet, confirm, "), joined);
        assertEquals(Optional.of(Carrier.CONFIRM), carrier("den"));

        plain().run("channel-join", "yard", "--passphrase-file", secret());
        assertEquals(Optional.empty(), carrier("yard"));
        assertEquals(
                "Error: --carrier must be confirm or rolling, not 'pigeon'",
                plain().refusal("channel-create", "x", "--carrier", "pigeon", "--passphrase-file", secret()));
    }

    @Test
    void itIsChangedAndTakenAway() throws Exception {
        assertEquals(
                "New messages to lobby are sent by carrier rolling.\n",
                plain().run("channel-set", "lobby", "--carrier", "rolling"));
        assertEquals(Optional.of(Carrier.ROLLING), carrier("lobby"));
        assertEquals(
                "New messages to lobby are sent by the server's default carrier.\n",
                plain().run("channel-set", "lobby", "--carrier", "default"));
        assertEquals(Optional.empty(), carrier("lobby"));
        assertEquals(
                "Error: --carrier is missing: give confirm, rolling or default (the server's setting)",
                plain().refusal("channel-set", "lobby"));
        assertEquals(
                "Error: --carrier must be confirm, rolling or default, not 'pigeon'",
                plain().refusal("channel-set", "lobby", "--carrier", "pigeon"));
        assertTrue(plain().refusal("channel-set", "nowhere", "--carrier", "rolling")
                .contains("there is no channel 'nowhere'"));
    }

    @Test
    void itIsListed() throws Exception {
        plain().run("channel-set", "lobby", "--carrier", "rolling");
        String printed = plain().run("channel-list", "--persona", "me");
        assertTrue(printed.lines().anyMatch(line -> line.matches("me +lobby +embedded +ratchet +rolling .*")), printed);
        JsonNode document = new ObjectMapper().readTree(plain().run("channel-list", "--persona", "me", "--json"));
        assertEquals("rolling", document.get("channels").get(0).get("carrier").asText());
        plain().run("channel-set", "lobby", "--carrier", "default");
        document = new ObjectMapper().readTree(plain().run("channel-list", "--persona", "me", "--json"));
        assertTrue(document.get("channels").get(0).get("carrier").isNull());
        assertFalse(document.get("channels").get(0).get("mode").isNull());
    }
}
