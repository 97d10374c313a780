package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.NO_GROUP;
import static org.partyline.storejdbc.Bench.bytes;
import static org.partyline.storejdbc.Bench.passphrase;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks the free blocks of a disk for remains of a store during its whole life. A hard link holds each file that ever
 * existed, as the file's blocks exist until they are reused. The attacker has all passphrases, and every key in any
 * block.
 */
class ErasureTest {
    private static final char[] NEXT = "quite another one".toCharArray();
    private static final char[] DURESS = "here it is, take it".toCharArray();

    @TempDir
    Path home;

    private final Set<Object> seen = new LinkedHashSet<>();
    private final List<byte[]> records = new ArrayList<>();
    private final List<byte[]> wraps = new ArrayList<>();
    private Database database;
    private Bench bench;

    @BeforeEach
    void aStoreIsMade() throws Exception {
        start();
        bench.store.create(passphrase());
        hold();
    }

    private void start() throws Exception {
        database = new Database(Bench.source(home.resolve("store")));
        bench = new Bench(database);
    }

    private void stop() throws Exception {
        hold();
        bench.close();
        hold();
    }

    /** Holds the blocks of all present files of the store, and remembers what is sealed in them. */
    private void hold() throws Exception {
        Files.createDirectories(home.resolve("held"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(home.resolve("store"))) {
            for (Path file : files) {
                if (seen.add(Files.getAttribute(file, "unix:ino"))) {
                    Files.createLink(home.resolve("held").resolve(Integer.toString(seen.size())), file);
                }
            }
        }
    }

    private void remember() throws Exception {
        database.read(connection -> {
            wraps.add(Meta.get(connection, Meta.WRAP));
            try (PreparedStatement select = connection.prepareStatement("select sealed from pl_record");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    records.add(row.getBytes(1));
                }
            }
            return null;
        });
        hold();
    }

    private void say(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            bench.put("messages", "message " + i, "a text that nobody is to read " + i);
        }
        remember();
    }

    private void burn(int from, int to) throws Exception {
        bench.store.transact(tx -> {
            for (int i = from; i < to; i++) {
                tx.delete("messages", bytes("message " + i));
            }
            tx.put("chains", bytes("chain"), NO_GROUP, bytes("the key after " + to), null);
            return null;
        });
        remember();
    }

    private void live() throws Exception {
        say(0, 30);
        burn(0, 10);
        bench.store.compact();
        remember();
        bench.store.setDuress(passphrase(), DURESS);
        remember();
        bench.store.changePassphrase(passphrase(), NEXT);
        remember();
        say(30, 40);
        stop();
        start();
        bench.store.unlock(NEXT);
        burn(30, 40);
        // While locked, nobody has the passphrase, but the file gets another key anyway.
        bench.store.lock();
        bench.store.compact();
        remember();
    }

    private List<byte[]> keys() throws Exception {
        List<byte[]> keys = new ArrayList<>();
        try (DirectoryStream<Path> held = Files.newDirectoryStream(home.resolve("held"))) {
            for (Path file : held) {
                keys.addAll(Haystack.keysIn(Files.readAllBytes(file)));
            }
        }
        return keys;
    }

    private void assertNothingIsLeft() throws Exception {
        Haystack all = Haystack.of(home);
        assertEquals(0, all.partsOf(records).size(), "of " + records.size() + " records");
        assertEquals(0, all.partsOf(wraps).size(), "of " + wraps.size() + " wrapped keys");
    }

    @Test
    void whatIsBurntOrReplacedIsInNoBlockOnceTheFileWasRewritten() throws Exception {
        live();
        assertEquals(1, keys().size(), "each rewriting leaves one key");
        List<byte[]> alive = new ArrayList<>();
        database.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement("select sealed from pl_record");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    alive.add(row.getBytes(1));
                }
            }
            return null;
        });
        bench.close();
        hold();
        Haystack all = Haystack.of(home);
        assertEquals(alive.size(), all.partsOf(alive).size(), "the search finds what is there");
        List<byte[]> gone = records.stream()
                .filter(each -> alive.stream().noneMatch(other -> Arrays.equals(each, other)))
                .toList();
        assertTrue(gone.size() > 20, gone.size() + " are gone");
        assertEquals(0, all.partsOf(gone).size(), "of " + gone.size());
        byte[] last = wraps.get(wraps.size() - 1);
        assertTrue(all.holdsPartOf(last), "the search finds what is there");
        // The salt stays with the passphrase, and so does the slot of the duress passphrase: the first slot opens the
        // store.
        byte[] first = Arrays.copyOfRange(wraps.get(0), 39, 131);
        assertFalse(Arrays.equals(first, Arrays.copyOfRange(last, 39, 131)));
        assertFalse(all.holdsPartOf(first), "what the old passphrase opens");
    }

    @Test
    void nothingThatOpensIsInAnyBlockOfADestroyedStore() throws Exception {
        live();
        assertTrue(Haystack.of(home).holdsPartOf(wraps.get(wraps.size() - 1)), "the search finds what is there");
        bench.store.destroy();
        stop();
        assertEquals(0, keys().size());
        assertNothingIsLeft();
    }

    @Test
    void nothingThatOpensIsInAnyBlockAfterADuressUnlock() throws Exception {
        live();
        bench.store.unlock(DURESS);
        bench.scheduler.submit(() -> {}).get();
        hold();
        assertNothingIsLeft();
        assertEquals(1, keys().size(), "that of the empty store");
        bench.put("messages", "k", "another life");
        stop();
        assertNothingIsLeft();
    }

    /**
     * A distinguishing game: one home was used and then opened with its duress passphrase, the other one's store was
     * always empty.
     */
    @Test
    void theFilesOfAStoreThatADuressPassphraseBeganAreAsLongAsThoseOfAnEmptyOne() throws Exception {
        live();
        stop();
        start();
        bench.store.unlock(DURESS);
        bench.scheduler.submit(() -> {}).get();
        bench.put("personas", "1", "me");
        bench.put("token", "t", "0123456789abcdef0123456789abcdef");
        bench.store.compact();
        List<Long> used = lengths(bench, home.resolve("store"));
        bench.close();

        Path honest = home.resolve("honest");
        Bench empty = Bench.embedded(honest);
        empty.store.create(passphrase());
        empty.put("personas", "1", "me");
        empty.put("token", "t", "0123456789abcdef0123456789abcdef");
        empty.close();
        empty = Bench.embedded(honest);
        empty.store.unlock(passphrase());
        List<Long> expected = lengths(empty, honest);
        empty.close();
        assertEquals(expected, used);
    }

    /** After one change, after another, and after the hourly rewrite. */
    private static List<Long> lengths(Bench bench, Path store) throws Exception {
        List<Long> lengths = new ArrayList<>();
        bench.put("token", "t", "0123456789abcdef0123456789abcdef");
        lengths.add(length(store));
        bench.put("token", "t", "another0another0another0another0");
        lengths.add(length(store));
        bench.store.lock();
        bench.store.compact();
        lengths.add(length(store));
        return lengths;
    }

    private static long length(Path store) throws Exception {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(store)) {
            long all = 0;
            for (Path file : files) {
                all += Files.size(file);
            }
            return all;
        }
    }
}
