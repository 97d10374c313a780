package org.partyline.itests.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;
import org.partyline.storejdbc.StoreFiles;
import org.partyline.storejdbc.StoreReader;

/**
 * Searches the whole disk of a server that was used, opened by its duress passphrase, and erased: an ext4 file system
 * in a file, including its free blocks. Needs root for the loop device.
 */
@ExtendWith(ShowLogs.class)
class DiskImageIT {
    private static final String NEXT = "the store's passphrase was changed now";
    private static final String DURESS = "take it, and be content";
    private static final String BURNT = "Burn this: the heron stands in the reeds.";
    private static final long SIZE = 768L << 20;
    private static final int PART = 16;
    private static final List<String> TABLES =
            List.of("messages", "memberships", "receive-chains", "send-chains", "identities", "personas");

    /**
     * The beginning of a wrapped key with the costs of a new store: Argon2id, 3 passes, 64 MiB, 4 lanes (PROTOCOL 2.1).
     */
    private static final byte[] WRAP = {1, 3, 0, 1, 0, 0, 4};

    @TempDir
    Path directory;

    private final List<byte[]> sealed = new ArrayList<>();
    private int copies;

    @Test
    void nothingThatOpensIsLeftOnTheDisk() throws Exception {
        Path image = directory.resolve("disk.img");
        assumeTrue(makesFileSystem(image), "no ext4 file system could be made");
        Path[] mounted = new Path[1];
        try (Talk talk = Talk.start("disk", home -> mounted[0] = mount(image, home))) {
            live(talk, image);
        } finally {
            if (mounted[0] != null) {
                run("umount", "--lazy", mounted[0].toString());
            }
        }
        Found found = new Found(image, sealed);
        assertEquals(List.of(), found.wraps, "wrapped keys in the image");
        assertEquals(0, found.keys, "keys of files of a store in the image");
        assertEquals(0, found.records, "of " + sealed.size() + " sealed records in the image");
        assertEquals(new TreeSet<>(), found.texts, "texts in the image");
    }

    private void live(Talk talk, Path image) throws Exception {
        talk.say("Alice", BURNT, "--burn");
        talk.say("Bob", Talk.ANSWER);
        remember(talk, Operator.STORE_PASSPHRASE);
        assertTrue(talk.server().json("read", talk.unread("Bob")).toString().contains(BURNT));
        talk.server().json("shred", "persona", "Bob", "--yes");
        talk.server().json("send", "--persona", "Alice", "--channel", Talk.CHANNEL, Talk.TO_ALL);
        try (SecretFile old = new SecretFile(Operator.STORE_PASSPHRASE);
                SecretFile next = new SecretFile(NEXT);
                SecretFile duress = new SecretFile(DURESS)) {
            talk.server()
                    .json(
                            "passphrase-change",
                            "--old-passphrase-file",
                            old.toString(),
                            "--new-passphrase-file",
                            next.toString());
            remember(talk, NEXT);
            talk.server().stop();
            run("sync");
            assertEquals(
                    1, new Found(image, sealed).keys, "each rewriting leaves one key; the search finds what is there");
            talk.server().start();
            talk.server().json("unlock", "--passphrase-file", next.toString());
            talk.server()
                    .json(
                            "duress-set",
                            "--passphrase-file",
                            next.toString(),
                            "--duress-passphrase-file",
                            duress.toString());
            talk.server().json("send", "--persona", "Alice", "--channel", Talk.CHANNEL, Talk.TO_ALICE);
            remember(talk, NEXT);
            talk.server().json("lock");
            talk.server().json("unlock", "--passphrase-file", duress.toString());
            Wait.until(
                    "nothing is left to do",
                    () -> !Files.exists(talk.server().home().resolve("erasing")));
            run("sync");
            assertEquals(1, new Found(image, sealed).keys, "that of the empty store");
            remember(talk, DURESS);
            assertTrue(talk.server()
                    .json("panic", "erase", "--yes")
                    .get("complete")
                    .asBoolean());
            Wait.until("the server has stopped", () -> !talk.server().isRunning());
        }
    }

    private void remember(Talk talk, String passphrase) throws Exception {
        copies++;
        try (StoreReader reader =
                new StoreReader(talk.server().home(), directory.resolve("copy-" + copies), passphrase)) {
            reader.sealed(TABLES).values().forEach(sealed::addAll);
        }
    }

    private static boolean makesFileSystem(Path image) throws Exception {
        if (!"root".equals(System.getProperty("user.name")) || !Files.exists(Path.of("/dev/loop-control"))) {
            return false;
        }
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE);
        }
        return ran("mkfs.ext4", "-q", "-F", image.toString()) && ran("losetup", "-f");
    }

    private static Path mount(Path image, Path home) throws IOException {
        run("mount", "-o", "loop", image.toString(), home.toString());
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        Files.delete(home.resolve("lost+found"));
        return home;
    }

    private static void run(String... command) throws IOException {
        if (!ran(command)) {
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    private static boolean ran(String... command) throws IOException {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** The values found in an image. */
    private static final class Found {
        private static final int PORTION = 32 << 20;
        private static final int OVERLAP = 4096;

        final List<Long> wraps = new ArrayList<>();
        final TreeSet<String> texts = new TreeSet<>();
        int keys;
        int records;

        Found(Path image, List<byte[]> sealed) throws IOException {
            Set<String> wanted = new HashSet<>();
            for (byte[] each : sealed) {
                String text = new String(each, StandardCharsets.ISO_8859_1);
                // Compression leaves runs of up to 32 bytes unchanged.
                for (int i = 0; i + PART <= text.length(); i++) {
                    wanted.add(text.substring(i, i + PART));
                }
            }
            boolean[] filter = new boolean[1 << 24];
            wanted.forEach(part -> filter[filter(part.getBytes(StandardCharsets.ISO_8859_1), 0)] = true);
            try (var file = new RandomAccessFile(image.toFile(), "r")) {
                for (long at = 0; at < file.length(); at += PORTION) {
                    byte[] bytes = new byte[(int) Math.min(PORTION + OVERLAP, file.length() - at)];
                    file.seek(at);
                    file.readFully(bytes);
                    look(bytes, at, filter, wanted);
                }
            }
        }

        private static int filter(byte[] bytes, int at) {
            return (bytes[at] & 0xff) << 16 | (bytes[at + 1] & 0xff) << 8 | bytes[at + 2] & 0xff;
        }

        private void look(byte[] bytes, long start, boolean[] filter, Set<String> wanted) {
            int end = Math.min(bytes.length - PART, PORTION);
            keys += StoreFiles.keysIn(Arrays.copyOf(bytes, Math.min(bytes.length, PORTION)))
                    .size();
            for (int i = 0; i < end; i++) {
                if (filter[filter(bytes, i)]
                        && wanted.contains(new String(bytes, i, PART, StandardCharsets.ISO_8859_1))) {
                    records++;
                }
                if (bytes[i] == WRAP[0] && Arrays.equals(bytes, i, i + WRAP.length, WRAP, 0, WRAP.length)) {
                    wraps.add(start + i);
                }
            }
            String content = new String(bytes, StandardCharsets.ISO_8859_1);
            for (String text : List.of(
                    // In hex, the form in which data from after a duress passphrase is recorded.
                    HexFormat.of().formatHex(WRAP),
                    BURNT,
                    Talk.ANSWER,
                    Talk.TO_ALL,
                    Talk.TO_ALICE,
                    Talk.CHANNEL,
                    Operator.STORE_PASSPHRASE,
                    NEXT,
                    DURESS)) {
                if (content.contains(text)) {
                    texts.add(text);
                }
            }
        }
    }
}
