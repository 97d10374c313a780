package org.partyline.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShiftedClock;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Simulates faults of a machine: a disk that is full or cannot be written, too little memory, no random numbers, a
 * wrong clock, names that do not resolve. Nothing is lost, nothing is received twice, and every error is one line.
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

    /**
     * Mounts a separate disk for the store, on which the kernel can be made to report an error. @return the file that
     * triggers it
     */
    private Path faultyDisk() throws Exception {
        Path image = Files.createDirectories(server.home()).resolve("disk");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(64L << 20);
        }
        Path store = Files.createDirectories(server.home().resolve("store"));
        assumeTrue(
                mount("mkfs.ext4", "-q", "-O", "^has_journal", image.toString()) && attach(image, store),
                "no disk can be mounted here: this needs to be root, mount and mkfs.ext4");
        mounted = store;
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwx------"));
        String device = output("findmnt", "-no", "SOURCE", store.toString());
        Path trigger = Path.of("/sys/fs/ext4", Path.of(device).getFileName().toString(), "trigger_fs_error");
        assumeTrue(Files.exists(trigger), "this kernel cannot be told to find an error");
        return trigger;
    }

    private static boolean attach(Path image, Path place) throws Exception {
        return mount("mount", "-o", "loop,errors=remount-ro", image.toString(), place.toString());
    }

    private static String output(String... words) throws IOException {
        Process process = new ProcessBuilder(words).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
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

    /** Mounts a small disk for the store. */
    private Path smallDisk() throws Exception {
        Path store = Files.createDirectories(server.home().resolve("store"));
        assumeTrue(
                mount("mount", "-t", "tmpfs", "-o", "mode=700,size=" + DISK, "tmpfs", store.toString()),
                "no disk can be mounted here: this needs to be root, and mount");
        mounted = store;
        return store;
    }

    /** Sets up two personas in a channel on the embedded network. */
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

    /** Waits until every accepted message was received, once each, and nothing else. */
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
        assertTrue(full.contains("the disk is full: free some space"), full);
        String doctor = server.run("partyline:doctor").text();
        assertTrue(doctor.contains("0 MiB are left on the disk of the store: messages wait when it is full"), doctor);
        Files.delete(filler);
        say("when there is room again");
    }

    @Test
    void aDiskThatBecomesReadOnlyRefusesInOneLineAndNothingIsLost() throws Exception {
        Path trigger = faultyDisk();
        settle();
        Files.writeString(trigger, "an error");
        String refused = server.refusal("send", "--persona", "alice", "on a read-only disk");
        assertTrue(refused.contains("its disk or database is read-only; its data is kept"), refused);
        // It is opened again, to check its content, and a store that cannot be written cannot be opened.
        String unread = server.refusal("messages");
        assertTrue(unread.contains("read-only"), unread);
        server.kill();
        String early = startsOnWhatCannotBeWritten();
        assertTrue(early.contains("read-only"), early);
        server.kill();
        assertTrue(mount("umount", mounted.toString()));
        Path image = server.home().resolve("disk");
        // Its exit status reports a repair.
        mount("e2fsck", "-y", image.toString());
        assertTrue(attach(image, mounted));
        server.start();
        unlock();
        awaitAll();
        say("when it can be written again");
    }

    /** @return the error of unlocking */
    private String startsOnWhatCannotBeWritten() throws Exception {
        server.start();
        try (SecretFile passphrase = new SecretFile(PASSPHRASE)) {
            return server.refusal("unlock", "--passphrase-file", passphrase.toString());
        }
    }

    @Test
    void withoutRandomNumbersNothingStarts() throws Exception {
        String hide = "mount --bind /dev/null /dev/urandom";
        assumeTrue(mount("unshare", "-m", "sh", "-c", hide), "no device can be hidden here: this needs to be root");
        server.inside(List.of("unshare", "-m", "sh", "-c", hide + " && exec \"$@\"", "sh"));
        String refused =
                assertThrows(IllegalStateException.class, server::start).getMessage();
        List<String> errors =
                refused.lines().filter(line -> line.contains("Error: ")).toList();
        assertEquals(1, errors.size(), refused);
        assertTrue(errors.get(0).contains("this machine provides no random numbers"), refused);
        assertFalse(Files.exists(server.home().resolve("store")), "nothing was made");
        server.inside(List.of());
        settle();
    }

    /** The other direction is tested at night; WrongClockTest tests both. */
    static Stream<String> offsets() {
        return Boolean.getBoolean("nightly") ? Stream.of("+1d", "-1d") : Stream.of("+1d");
    }

    /** No wait is extended by the day that the clock went back; nothing is read twice. */
    @ParameterizedTest
    @MethodSource("offsets")
    void aClockThatIsADayOffAndRightAgainLosesNothing(String off) throws Exception {
        Path offset = Files.writeString(
                Files.createDirectories(server.home().resolve("etc")).resolve("offset"), "+0");
        server.environment(ShiftedClock.environment(offset));
        settle();
        set(offset, off);
        say("while it is wrong");
        set(offset, "+0");
        say("when it is right again");
        set(offset, off);
        server.stop();
        server.start();
        unlock();
        awaitAll();
        set(offset, "+0");
        server.stop();
        server.start();
        unlock();
        say("after restarts");
        assertNothingTwice();
    }

    /** Sets the server's clock, and waits until it is in effect. */
    private void set(Path offset, String to) throws IOException {
        Path next = offset.resolveSibling("offset.next");
        Files.writeString(next, to);
        Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE);
        Duration off = Duration.ofDays(to.equals("+0") ? 0 : Integer.parseInt(to.replaceAll("[+d]", "")));
        Wait.until("the server's clock is off by " + off, () -> {
            server.run("partyline:doctor");
            Instant looked = Instant.parse(
                    server.json("status").get("doctor").get("time").asText());
            return Duration.between(Instant.now().plus(off), looked).abs().compareTo(Duration.ofHours(1)) < 0;
        });
    }

    /** Checks that only the messages sent have left, each packet in a separate transaction. */
    private void assertNothingTwice() {
        List<JsonNode> messages =
                elements(server.json("outbox", "--all").get("outbox")).toList();
        assertEquals(sent.size(), messages.size(), messages::toString);
        List<String> transactions = messages.stream()
                .flatMap(message -> elements(message.get("parts")))
                .map(part -> part.path("transaction").asText())
                .toList();
        assertEquals(Set.copyOf(transactions).size(), transactions.size(), transactions::toString);
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
