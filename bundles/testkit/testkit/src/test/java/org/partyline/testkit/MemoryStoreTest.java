package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;

/** The store of tests follows the same contract as the real one. */
class MemoryStoreTest extends StoreContract {
    private static final byte[] KEY = "k".getBytes(StandardCharsets.US_ASCII);

    @Override
    protected Store fresh() {
        MemoryStore fresh = new MemoryStore();
        fresh.keepCandidates(mostCandidates());
        return fresh;
    }

    @Override
    protected Store restarted() {
        return ((MemoryStore) store).copy();
    }

    @Override
    protected int mostCandidates() {
        return 20;
    }

    private static void put(Store store, String table) throws StoreException {
        store.transact(tx -> {
            tx.put(table, KEY, KEY, KEY, null);
            return null;
        });
    }

    @Test
    void aDiskThatIsFullKeepsWhatItHas() throws Exception {
        MemoryStore store = MemoryStore.open();
        put(store, "t");
        store.failCommits(1);
        // A transaction that only reads is not affected.
        assertEquals(true, store.transact(tx -> tx.contains("t", KEY)));
        assertThrows(StoreException.class, () -> put(store, "u"));
        assertEquals(0, store.count("u"));
        put(store, "u");
        store.failNext("t", 1);
        put(store, "v");
        assertThrows(StoreException.class, () -> put(store, "t"));
        assertEquals(1, store.count("t"));
    }

    @Test
    void aCopyGoesItsOwnWay() throws Exception {
        MemoryStore store = MemoryStore.open();
        put(store, "t");
        MemoryStore copy = store.copyAndOpen();
        put(store, "u");
        assertEquals(1, copy.count("t"));
        assertEquals(0, copy.count("u"));
        assertEquals(Store.State.LOCKED, store.copy().state());
    }
}
