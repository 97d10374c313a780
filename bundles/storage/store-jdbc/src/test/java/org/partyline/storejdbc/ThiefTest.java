package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.bytes;
import static org.partyline.storejdbc.Bench.passphrase;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Someone who steals the files learns neither names nor texts nor transaction ids. */
class ThiefTest {
    private static final String NOTE = "a note in clear, planted to show that the search finds what is there";

    @TempDir
    Path home;

    private final List<byte[]> secrets = new ArrayList<>();
    private final Random random = new Random(42);
    /**
     * As they are while the server runs, or after it was killed: closed files are compressed, which hides a lot from a
     * search.
     */
    private Haystack files;

    private byte[] secret(String text) {
        secrets.add(bytes(text));
        return bytes(text);
    }

    private byte[] secret(int length) {
        byte[] secret = new byte[length];
        random.nextBytes(secret);
        secrets.add(secret);
        return secret;
    }

    @BeforeEach
    void aServerLivedHere() throws Exception {
        try (Bench bench = Bench.embedded(home)) {
            bench.store.create(passphrase());
            secret("correct horse battery");
            bench.store.note("planted", NOTE);
            for (int i = 0; i < 50; i++) {
                String channel = "channel of the conspiracy " + i;
                secret(channel);
                byte[] message = secret("meet me at the old bridge at " + i + " o'clock, naïve señor");
                byte[] txid = secret(32);
                byte[] root = secret(32);
                byte[] group = secret("alias Mockingbird " + i);
                secret("table of secrets " + i % 5);
                int number = i;
                bench.store.transact(tx -> {
                    String table = "table of secrets " + number % 5;
                    tx.put(table, txid, group, message, bench.clock.instant().plusSeconds(number));
                    tx.put(table, bytes(channel), txid, root, null);
                    // Overwritten many times, and deleted: old versions are in the file, too.
                    tx.put(table, bytes(channel), group, message, null);
                    if (number % 3 == 0) {
                        tx.delete(table, txid);
                    }
                    return null;
                });
            }
            bench.store.lock();
            for (int i = 0; i < 10; i++) {
                bench.store.collect(secret(80));
            }
            bench.store.unlock(passphrase());
            bench.store.transact(tx -> tx.list("table of secrets 1").size());
            bench.clock.pass(java.time.Duration.ofSeconds(20));
            bench.store.transact(tx -> tx.deleteExpired(bench.clock.instant()));
            files = Haystack.of(home);
        }
    }

    @Test
    void noFileHoldsASecretInAnyWriting() {
        assertTrue(files.holds(bytes(NOTE)), "the search finds what is there");
        for (byte[] secret : secrets) {
            assertEquals(List.of(), files.writingsOf(secret), () -> "found: " + new String(secret));
        }
    }

    @Test
    void noFileHoldsAPlainHashOfASecretButThoseOfCollectedPackets() throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        int found = 0;
        for (byte[] secret : secrets) {
            if (files.holds(sha256.digest(secret))) {
                assertEquals(80, secret.length);
                found++;
            }
        }
        assertEquals(10, found);
    }
}
