package org.partyline.cover;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.api.store.StoreException;

/** Reads and writes plans and sent sizes, in the format from before cover traffic was a bundle. */
final class CoverRecords {
    // By default each thread keeps its last buffers, with their contents, even while the store is locked.
    private static final ObjectMapper MAPPER = CBORMapper.builder(CBORFactory.builder()
                    .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.ANY)
            .build();

    private CoverRecords() {}

    static Optional<CoverPlan> plan(CoverTransaction tx, int persona) throws StoreException {
        Optional<byte[]> found = tx.plan(persona);
        return found.isPresent() ? Optional.of(read(found.get(), CoverPlan.class)) : Optional.empty();
    }

    static List<CoverPlan> plans(CoverTransaction tx) throws StoreException {
        List<CoverPlan> plans = new ArrayList<>();
        for (byte[] found : tx.plans()) {
            plans.add(read(found, CoverPlan.class));
        }
        return plans;
    }

    static void put(CoverTransaction tx, CoverPlan plan) throws StoreException {
        tx.putPlan(plan.persona(), plan.running(), write(plan));
    }

    static SentSizes sizes(CoverTransaction tx, int persona) throws StoreException {
        Optional<byte[]> found = tx.sizes(persona);
        return found.isPresent() ? read(found.get(), SentSizes.class) : new SentSizes(List.of());
    }

    static void put(CoverTransaction tx, int persona, SentSizes sizes) throws StoreException {
        tx.putSizes(persona, write(sizes));
    }

    private static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record that cannot be written: " + value.getClass(), e);
        }
    }

    private static <T> T read(byte[] bytes, Class<T> type) throws StoreException {
        try {
            return MAPPER.readValue(bytes, type);
        } catch (IOException e) {
            // Without the parser's message, which may quote the record.
            throw new StoreException("a record of cover traffic cannot be read: it was written by another version");
        }
    }
}
