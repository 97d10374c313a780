package org.partyline.messaging.store;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import org.partyline.api.store.StoreException;

/** Encodes the records in the sealed store as CBOR. */
public final class Cbor {
    // By default each thread keeps its last buffers, with the keys and texts in them, even while the store is locked.
    private static final ObjectMapper MAPPER = CBORMapper.builder(CBORFactory.builder()
                    .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.ANY)
            .build();

    private Cbor() {}

    /** A record was written by another version, or is damaged. Trying again does not help. */
    public static final class UnreadableRecordException extends StoreException {
        private static final long serialVersionUID = 1L;

        UnreadableRecordException() {
            super("a record of the store cannot be read: it was written by another version");
        }
    }

    public static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record that cannot be written: " + value.getClass(), e);
        }
    }

    public static <T> T read(byte[] bytes, Class<T> type) throws StoreException {
        try {
            return MAPPER.readValue(bytes, type);
        } catch (IOException e) {
            // Without the parser's message: it may quote the record.
            throw new UnreadableRecordException();
        }
    }
}
