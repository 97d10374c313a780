package org.partyline.carrier.rolling;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.partyline.api.Network;
import org.partyline.api.store.StoreException;

/** Encodes rolling transactions and their keys for the store. */
final class BatchCodec {
    // By default each thread keeps its last buffers, with their contents, even while the store is locked.
    private static final ObjectMapper MAPPER = CBORMapper.builder(CBORFactory.builder()
                    .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.ANY)
            .build();

    private BatchCodec() {}

    static byte[] write(ReplaceableBatch roll) {
        try {
            return MAPPER.writeValueAsBytes(roll);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a rolling transaction cannot be written", e);
        }
    }

    /** @throws StoreException if another version of the program wrote it, or it is damaged */
    static ReplaceableBatch read(byte[] bytes) throws StoreException {
        try {
            return MAPPER.readValue(bytes, ReplaceableBatch.class);
        } catch (IOException e) {
            // Without the parser's message, which may quote the record.
            throw new StoreException("a rolling transaction cannot be read: it was written by another version");
        }
    }

    /** The key of a persona's running roll, so that it can be found. */
    static byte[] key(int persona, Network network) {
        return key(persona, network.code(), new byte[0]);
    }

    /** The running roll of a persona has a fixed key, and an ended one a unique key. */
    static byte[] key(ReplaceableBatch roll) {
        byte[] first = roll.versions().isEmpty()
                ? roll.transaction()
                : roll.versions().get(0).transaction();
        return key(roll.persona(), roll.network(), roll.ended() ? first : new byte[0]);
    }

    private static byte[] key(int persona, int network, byte[] rest) {
        return ByteBuffer.allocate(Long.BYTES + rest.length)
                .putLong((long) persona << 8 | network)
                .put(rest)
                .array();
    }
}
