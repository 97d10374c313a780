package org.partyline.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Opens the store of each released version with the present program: people, channels and trust are preserved, and the
 * conversation continues.
 */
@ExtendWith(ShowLogs.class)
class UpgradeIT {
    private static final Path STORES = Path.of("src", "test", "resources", "stores");
    private static final String PASSPHRASE = "correct horse battery staple";
    private static final String SUFFIX = ".mv.db.gz";
    private static final String KEYS = ".keys";

    private PartylineServer server;

    static List<String> versions() throws IOException {
        try (Stream<Path> files = Files.list(STORES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void everythingIsThereAndTheyTalkOn(String version) throws Exception {
        server = PartylineServer.create("upgrade-" + version);
        try (PartylineServer closing = server) {
            put(version);
            server.start();
            unlock();
            assertEquals(List.of("alice", "bob"), names("persona-list", "personas", "name"));
            assertEquals(
                    List.of("alice friends", "bob friends"),
                    elements(server.json("channel-list").get("channels"))
                            .map(each -> each.get("persona").asText() + " "
                                    + each.get("name").asText())
                            .sorted()
                            .toList());
            assertEquals("verified", trust("bob"));
            assertEquals("unverified", trust("alice"));
            server.json("node-add", "embedded", "--type", "embedded");
            Wait.until(
                    "the node is ready",
                    () -> elements(server.json("node-list").get("nodes"))
                            .anyMatch(node -> node.get("state").asText().equals("ready")));
            server.json("send", "--persona", "alice", "--channel", "friends", "Still here");
            server.json("send", "--persona", "bob", "--to", "alice", "So am I");
            awaitOnce("Still here");
            awaitOnce("So am I");
            // Settings from before a restart apply after it, and everything is preserved.
            server.json("config", "default-ttl", "2h");
            server.stop();
            server.start();
            unlock();
            JsonNode setting = server.json("config", "default-ttl")
                    .get("sections")
                    .get(0)
                    .get("settings")
                    .get(0);
            assertEquals("2h", setting.get("value").asText());
            awaitOnce("Still here");
            awaitOnce("So am I");
            assertFalse(server.logTail().contains("damaged"), "records are damaged");
        }
    }

    /**
     * Writes the store of the version that is about to be released: with {@code -Dstores.write=true}, and only before a
     * release.
     */
    @Test
    @EnabledIfSystemProperty(named = "stores.write", matches = "true")
    void writeTheStoreOfThisVersion() throws Exception {
        String version = System.getProperty("stores.version");
        server = PartylineServer.create("store-of-" + version);
        try (PartylineServer closing = server;
                SecretFile passphrase = new SecretFile(PASSPHRASE);
                SecretFile friends = new SecretFile("friends of the old store")) {
            server.start();
            server.json(
                    "setup",
                    "--yes",
                    "--node-type",
                    "none",
                    "--passphrase-file",
                    passphrase.toString(),
                    "--persona",
                    "alice");
            server.json("persona-create", "bob");
            server.json("node-add", "embedded", "--type", "embedded");
            Wait.until(
                    "the node is ready",
                    () -> elements(server.json("node-list").get("nodes"))
                            .anyMatch(node -> node.get("state").asText().equals("ready")));
            String invite = server.json(
                            "channel-create", "friends", "--persona", "alice", "--passphrase-file", friends.toString())
                    .get("invite")
                    .asText();
            server.json("channel-join", invite, "--persona", "bob", "--passphrase-file", friends.toString());
            server.json("contact-add", card("bob"), "--persona", "alice");
            server.json("contact-add", card("alice"), "--persona", "bob");
            server.json("contact-verify", "bob", "--persona", "alice", "--same");
            server.json("send", "--persona", "alice", "--to", "bob", "In a session");
            server.json("send", "--persona", "alice", "--channel", "friends", "Hello friends");
            awaitOnce("In a session");
            awaitOnce("Hello friends");
            server.stop();
            Path store = server.home().resolve("store");
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(STORES.resolve(version + SUFFIX)))) {
                Files.copy(store.resolve("partyline.mv.db"), out);
            }
            Files.copy(store.resolve("keys"), STORES.resolve(version + KEYS), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private String card(String persona) {
        return server.json("persona-card", persona).get("card").asText();
    }

    private void put(String version) throws IOException {
        Path store = Files.createDirectories(server.home().resolve("store"));
        try (InputStream in = new GZIPInputStream(Files.newInputStream(STORES.resolve(version + SUFFIX)))) {
            Files.copy(in, store.resolve("partyline.mv.db"));
        }
        Files.copy(STORES.resolve(version + KEYS), store.resolve("keys"));
    }

    private void unlock() {
        try (SecretFile passphrase = new SecretFile(PASSPHRASE)) {
            server.json("unlock", "--passphrase-file", passphrase.toString());
        }
    }

    private String trust(String contact) {
        return elements(server.json("contact-list").get("contacts"))
                .filter(each -> each.get("name").asText().equals(contact))
                .map(each -> each.get("trust").asText())
                .findFirst()
                .orElseThrow();
    }

    private List<String> names(String command, String list, String field) {
        return elements(server.json(command).get(list))
                .map(each -> each.get(field).asText())
                .sorted()
                .toList();
    }

    /** Received, and not twice. */
    private void awaitOnce(String text) {
        Wait.until(text + " is received", () -> received(text) > 0);
        assertEquals(1, received(text), text);
    }

    private long received(String text) {
        return elements(server.json("messages").get("messages"))
                .filter(each -> text.equals(each.path("text").asText())
                        && each.path("direction").asText().equals("in"))
                .count();
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
