package org.partyline.webapi;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;

/** Parses request bodies strictly, as the API describes them. */
final class Body {
    private static final String TYPE = "application/json";
    private static final int DEEPEST = 4;
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    // By default each thread keeps its last buffers, with the texts in them, even while the store is
                    // locked.
                    .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private Body() {}

    /**
     * @param type a record; missing fields are null @throws WebProblem says where it is wrong, without repeating its
     *     text
     */
    static <T> T read(WebRequest request, Class<T> type) throws WebProblem {
        String given = request.headers().getOrDefault("content-type", "");
        if (!given.split(";", 2)[0].strip().equalsIgnoreCase(TYPE)) {
            throw new WebProblem(415, "Not JSON", "send a JSON document, with the header Content-Type: " + TYPE);
        }
        T read;
        try {
            read = JSON.readValue(request.body(), type);
        } catch (JsonProcessingException e) {
            throw wrong(
                    e.getLocation() == null
                            ? "the body is not a JSON object as /v1/openapi.json describes it"
                            : "the body is not as /v1/openapi.json describes it, at line "
                                    + e.getLocation().getLineNr() + ", column "
                                    + e.getLocation().getColumnNr());
        } catch (IOException e) {
            throw wrong("the body cannot be read");
        }
        if (read == null) {
            throw wrong("the body is not a JSON object as /v1/openapi.json describes it");
        }
        return read;
    }

    static WebProblem wrong(String detail) {
        return new WebProblem(400, "Bad request", detail);
    }
}
