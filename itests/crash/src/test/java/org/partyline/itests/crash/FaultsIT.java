package org.partyline.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * What a machine does to a server: a disk that is full, too little memory, names that nobody resolves.
 * Nothing is lost, nothing is received twice, and what is refused is refused in one line.
 */
@ExtendWith(ShowLogs.class)
class FaultsIT {
    private static final String PASSPHRASE = "correct horse battery staple";
    private static final String DISK = "24m";

    private PartylineServer server;
    private final List<String> sent = new ArrayList<>();
    private Path mounted;

    @BeforeEach
    void create(TestInfo test) {
        server = PartylineServer.create(
                "fault-" + test.getTestMethod().orElseThrow().getName());
    }

    @AfterEach
    void end() throws Exception {
        server.close();
        if (mounted != null) {
            mount("umount", mounted.toString());
        }
    }

    private static boolean mount(String... words) throws IOException, InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            // There is no such program.
            return false;
        }
    }

    /** A small disk under the store. */
    private Path smallDisk() throws Exception {
        Path store = Files.createDirectories(server.home().resolve("store"));
        assumeTrue(
                mount("mount", "-t", "tmpfs", "-o", "mode=700,size=" + DISK, "tmpfs", store.toString()),
                "no disk can be mounted here: this needs to be root, and mount");
        mounted = store;
        return store;
    }

    /** Two personas in a channel on the embedded network. */
    private void settle() {
        server.start();
        try (SecretFile store = new SecretFile(PASSPHRASE);
                SecretFile channel = new SecretFile("the channel of a test")) {
            server.json(
                    "setup",
                    "--yes",
                    "--node-type",
                    "embedded",
                    "--persona",
                    "alice",
                    "--channel",
                    "friends",
                    "--passphrase-file",
                    store.toString(),
                    "--channel-passphrase-file",
                    channel.toString());
            String invite =
                    server.json("channel-invite", "friends").get("invite").asText();
            server.json("persona-create", "bob");
            server.json("channel-join", invite, "--persona", "bob", "--passphrase-file", channel.toString());
        }
        say("before");
    }

    private void say(String text) {
        server.json("send", "--persona", "alice", "--ttl", "45d", text);
        sent.add(text);
        awaitAll();
    }

    /** All that was taken is received, once each, and nothing else. */
    private void awaitAll() {
        List<String> wanted = new ArrayList<>(sent);
        Collections.sort(wanted);
        Wait.until("bob has " + wanted, () -> received().size() >= wanted.size());
        assertEquals(wanted, received());
    }

    private List<String> received() {
        return elements(server.json("messages").get("messages"))
                .filter(message -> message.get("direction").asText().equals("in"))
                .map(message -> message.path("text").asText())
                .sorted()
                .toList();
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private void unlock() {
        try (SecretFile passphrase = new SecretFile(PASSPHRASE)) {
            server.json("unlock", "--passphrase-file", passphrase.toString());
        }
    }

    @Test
    void aFullDiskRefusesInOneLineAndTheServerGoesOnByItself() throws Exception {
        Path store = smallDisk();
        settle();
        Path filler = store.resolve("filler");
        fill(filler);
        String full = server.refusal("send", "--persona", "alice", "on a full disk");
        assertTrue(full.contains("the disk is full: make room"), full);
        Files.delete(filler);
        say("when there is room again");
    }

    private static void fill(Path filler) throws IOException {
        for (int size : new int[] {1 << 16, 1 << 12, 1}) {
            byte[] block = new byte[size];
            try (OutputStream out =
                    Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                while (true) {
                    out.write(block);
                }
            } catch (IOException e) {
                // Full, for blocks of this size.
                continue;
            }
        }
    }

    @Test
    void tooLittleMemoryForTheKeyIsRefusedInOneLineAndNothingIsLost() {
        settle();
        server.stop();
        server.javaOptions("-Xmx64m").start();
        try (SecretFile passphrase = new SecretFile(PASSPHRASE)) {
            String refused = server.refusal("unlock", "--passphrase-file", passphrase.toString());
            assertTrue(refused.contains("PARTYLINE_HEAP"), refused);
        }
        assertTrue(server.isRunning());
        server.stop();
        server.javaOptions().start();
        unlock();
        awaitAll();
        say("with enough memory");
    }

    @Test
    void aNodeWhoseNameNobodyResolvesStopsNobodyElse() throws Exception {
        settle();
        Files.writeString(server.home().resolve("etc").resolve("org.partyline.transport.rpc-far.cfg"), """
                network = regtest
                url = http://node.invalid:18443
                user = me
                password = nothing to hide
                wallet = core:none
                allow-remote-plaintext = true
                """);
        JsonNode far = Wait.forAnswer(
                "node far does not answer",
                () -> Optional.of(server.json("node-list").get("nodes"))
                        .flatMap(nodes -> elements(nodes)
                                .filter(node -> node.get("name").asText().equals("far"))
                                .filter(node -> node.get("state").asText().equals("unreachable"))
                                .findFirst()));
        String detail = far.get("detail").asText();
        assertTrue(detail.contains("node.invalid"), detail);
        assertFalse(detail.contains("\n"), detail);
        assertFalse(detail.contains("nothing to hide"), detail);
        say("while a name is gone");
    }
}
