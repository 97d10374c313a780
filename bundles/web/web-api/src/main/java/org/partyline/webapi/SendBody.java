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
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.web.WebProblem;

/** The body of a request to send; null where a field is absent. */
record SendBody(
        String text,
        Integer ttlMinutes,
        Boolean burn,
        Boolean sign,
        String carrier,
        String via,
        Long replyTo,
        Boolean dryRun) {
    private static final int DEEPEST = 4;
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    // By default each thread keeps its last buffers, with the texts in them, also while locked.
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

    /** @throws WebProblem when it is not as the API describes it; says where, and nothing of its text */
    static SendBody read(byte[] body) throws WebProblem {
        SendBody read;
        try {
            read = JSON.readValue(body, SendBody.class);
        } catch (JsonProcessingException e) {
            throw wrong(
                    e.getLocation() == null
                            ? "the body is not a JSON object with a text"
                            : "the body is not as /v1/openapi.json describes it, at line "
                                    + e.getLocation().getLineNr() + ", column "
                                    + e.getLocation().getColumnNr());
        } catch (IOException e) {
            throw wrong("the body cannot be read");
        }
        if (read == null || read.text() == null || read.text().isEmpty()) {
            throw wrong("the body has no text: send a JSON object with the field text");
        }
        return read;
    }

    private static WebProblem wrong(String detail) {
        return new WebProblem(400, "Bad request", detail);
    }

    boolean isDryRun() {
        return Boolean.TRUE.equals(dryRun);
    }

    /** @throws WebProblem when a value cannot be one */
    Send to(Conversation conversation) throws WebProblem {
        try {
            return new Send(
                    Optional.of(conversation.persona()),
                    conversation.direct(),
                    conversation.name(),
                    text,
                    Optional.ofNullable(ttlMinutes).map(Duration::ofMinutes),
                    Boolean.TRUE.equals(burn),
                    Boolean.TRUE.equals(sign),
                    Optional.ofNullable(via),
                    Optional.ofNullable(carrier).map(Carrier::new),
                    replyTo == null ? OptionalLong.empty() : OptionalLong.of(replyTo));
        } catch (IllegalArgumentException e) {
            throw wrong("carrier: " + e.getMessage());
        }
    }

    /** Does not show the text. */
    @Override
    public String toString() {
        return "SendBody";
    }
}
