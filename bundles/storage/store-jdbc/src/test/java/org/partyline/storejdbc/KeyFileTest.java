package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.store.StoreException;

/** Two slots: at each moment the old secret is present, or the new one. */
class KeyFileTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    Path home;

    private Path file;

    @BeforeEach
    void theFile() {
        file = home.resolve("keys");
    }

    private static byte[] secret(int number) {
        byte[] secret = new byte[KeyFile.SECRET];
        Arrays.fill(secret, (byte) number);
        return secret;
    }

    private List<Integer> secrets() throws Exception {
        try (KeyFile keys = KeyFile.open(file, RANDOM)) {
            return keys.secrets().stream().map(each -> (int) each.expose()[0]).toList();
        }
    }

    private void add(int number) throws Exception {
        try (KeyFile keys = KeyFile.open(file, RANDOM)) {
            keys.add(secret(number));
        }
    }

    private void keepOnly(int number) throws Exception {
        try (KeyFile keys = KeyFile.open(file, RANDOM)) {
            keys.keepOnly(secret(number));
        }
    }

    @Test
    void aSecretIsInItUntilItIsOverwrittenInPlace() throws Exception {
        assertEquals(List.of(), secrets());
        Object inode = Files.getAttribute(file, "unix:ino");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        for (int i = 1; i <= 9; i++) {
            add(i);
            assertEquals(i == 1 ? List.of(1) : List.of(i, i - 1), secrets());
            keepOnly(i);
            assertEquals(List.of(i), secrets());
            assertEquals(2 * KeyFile.SLOT, Files.size(file));
            assertEquals(inode, Files.getAttribute(file, "unix:ino"));
            assertEquals(List.of(file), files());
            // As read from the raw disk.
            assertEquals(1, Haystack.keysIn(Files.readAllBytes(file)).size());
            assertFalse(Haystack.of(home).holds(Arrays.copyOf(secret(i - 1), 16)));
        }
    }

    private List<Path> files() throws Exception {
        try (var files = Files.list(home)) {
            return files.toList();
        }
    }

    /** After a crash, any part of a write may be on the disk, and the rest unchanged. */
    @Test
    void aWriteThatWasCutOffAnywhereLeavesTheOldSecretOrTheNewOne() throws Exception {
        add(1);
        keepOnly(1);
        byte[] before = Files.readAllBytes(file);
        add(2);
        byte[] added = Files.readAllBytes(file);
        keepOnly(2);
        byte[] kept = Files.readAllBytes(file);
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            int cut = i < 150 ? i : random.nextInt(before.length);
            boolean front = random.nextBoolean();
            Files.write(file, mixed(before, added, cut, front));
            List<Integer> adding = secrets();
            assertTrue(adding.equals(List.of(1)) || adding.equals(List.of(2, 1)), () -> cut + ": " + adding);
            Files.write(file, mixed(added, kept, cut, front));
            List<Integer> keeping = secrets();
            assertTrue(keeping.equals(List.of(2)) || keeping.equals(List.of(2, 1)), () -> cut + ": " + keeping);
        }
    }

    /** In each slot one part is old and the other new. */
    private static byte[] mixed(byte[] old, byte[] next, int cut, boolean front) {
        byte[] mixed = old.clone();
        for (int i = 0; i < mixed.length; i++) {
            if (i % KeyFile.SLOT < cut % KeyFile.SLOT == front) {
                mixed[i] = next[i];
            }
        }
        return mixed;
    }

    @Test
    void aMakingThatWasCutOffIsBegunAgain() throws Exception {
        Files.write(file, new byte[5000]);
        assertEquals(List.of(), secrets());
        assertEquals(2 * KeyFile.SLOT, Files.size(file));
        add(1);
        assertEquals(List.of(1), secrets());
    }

    @Test
    void nobodyElseUsesItMeanwhile() throws Exception {
        try (KeyFile keys = KeyFile.open(file, RANDOM)) {
            keys.add(secret(1));
            assertThrows(KeyFile.InUseException.class, () -> KeyFile.open(file, RANDOM));
        }
        assertEquals(List.of(1), secrets());
    }

    @Test
    void howOftenASecretWasChangedIsNotInIt() throws Exception {
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            add(1);
            sequences.add(
                    java.nio.ByteBuffer.wrap(Files.readAllBytes(file)).getLong((1 - inTheFirstSlot()) * KeyFile.SLOT));
            Files.delete(file);
        }
        assertFalse(Math.abs(sequences.get(0)) < 1 << 20 && Math.abs(sequences.get(1)) < 1 << 20, sequences::toString);
    }

    private int inTheFirstSlot() throws Exception {
        byte[] slot = Arrays.copyOf(Files.readAllBytes(file), KeyFile.SLOT);
        return Haystack.keysIn(slot).size();
    }

    /** With a fixed first slot, the present one would show whether the number of changes is even. */
    @Test
    void theSlotOfASecretDoesNotShowWhetherItWasChanged() throws Exception {
        Set<Integer> inTheFirst = new TreeSet<>();
        for (int i = 0; i < 64; i++) {
            add(1);
            inTheFirst.add(inTheFirstSlot());
            Files.delete(file);
        }
        assertEquals(Set.of(0, 1), inTheFirst);
    }

    @Test
    void aSymbolicLinkIsNotFollowed() throws Exception {
        Path other = Files.write(home.resolve("other"), new byte[3]);
        Files.createSymbolicLink(file, other);
        assertThrows(java.io.IOException.class, () -> KeyFile.open(file, RANDOM));
        assertArrayEquals(new byte[3], Files.readAllBytes(other));
    }

    @Test
    void aSecretThatIsNotInItErasesNothing() throws Exception {
        add(1);
        keepOnly(1);
        assertThrows(java.io.IOException.class, () -> keepOnly(2));
        assertEquals(List.of(1), secrets());
    }

    /** An erasure begins while a server makes a new store, or follows another server to one. */
    @Test
    void aShareThatIsOverwrittenGetsNoSuccessorUntilItIsDestroyed() throws Exception {
        Path shared = file.resolveSibling("share");
        KeyShare share = new KeyShare(shared, new SecureRandom());
        KeyShare.Share before = share.next(Optional.empty());
        share.overwrite();
        assertThrows(StoreException.class, () -> share.next(Optional.of(before.row())));
        assertEquals(List.of(), List.copyOf(Haystack.keysIn(Files.readAllBytes(shared))));
        share.destroy();
        share.next(Optional.empty()).close();
        assertEquals(1, Haystack.keysIn(Files.readAllBytes(shared)).size());
    }
}
