package org.partyline.hooks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;

/** The hooks in the store. Each method is part of the caller's transaction. */
final class HookRecords {
    static final String TABLE = "hooks";

    private static final byte[] ONE_GROUP = {};
    private static final ObjectMapper JSON = new ObjectMapper();

    private HookRecords() {}

    /** Sorted by name. */
    static List<HookRecord> all(StoreTransaction tx) throws StoreException {
        List<HookRecord> all = new ArrayList<>();
        for (StoredRecord one : tx.list(TABLE, ONE_GROUP)) {
            all.add(read(one.value()));
        }
        all.sort(Comparator.comparing(HookRecord::name));
        return all;
    }

    static Optional<HookRecord> find(StoreTransaction tx, String id) throws StoreException {
        return tx.get(TABLE, key(id)).map(HookRecords::read);
    }

    static void put(StoreTransaction tx, HookRecord record) throws StoreException {
        try {
            tx.put(TABLE, key(record.id()), ONE_GROUP, JSON.writeValueAsBytes(record), null);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a hook cannot be written", e);
        }
    }

    static void delete(StoreTransaction tx, String id) throws StoreException {
        tx.delete(TABLE, key(id));
    }

    private static byte[] key(String id) {
        return id.getBytes(StandardCharsets.US_ASCII);
    }

    private static HookRecord read(byte[] value) {
        try {
            return JSON.readValue(value, HookRecord.class);
        } catch (IOException e) {
            throw new IllegalStateException("a hook in the store cannot be read", e);
        }
    }
}
