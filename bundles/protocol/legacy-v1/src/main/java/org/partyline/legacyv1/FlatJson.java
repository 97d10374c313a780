package org.partyline.legacyv1;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Parses one JSON object of plain fields: strict UTF-8, no duplicate names, nothing nested, nothing after it. */
final class FlatJson {
    /** The longest text that is read, in bytes. */
    static final int MAX_LENGTH = 100_000;

    private static final int MAX_NAME = 64;
    private static final int MAX_NUMBER = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names are chosen by strangers: they must not fill a table that lives as long as the factory.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // Otherwise the parser keeps its buffers, with the message in them, for the next caller.
            .disable(JsonFactory.Feature.USE_THREAD_LOCAL_FOR_BUFFER_RECYCLING)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(MAX_LENGTH)
                    .maxStringLength(MAX_LENGTH)
                    .maxNameLength(MAX_NAME)
                    .maxNumberLength(MAX_NUMBER)
                    .maxNestingDepth(1)
                    .build())
            .build();

    private FlatJson() {}

    /** @return the fields, a number as a {@link Double}, a string as a {@link String}; empty if it is anything else */
    static Optional<Map<String, Object>> parse(byte[] utf8) {
        CharBuffer text = CharBuffer.allocate(utf8.length);
        try {
            // Decoded here: the parser would accept UTF-16 and UTF-32, too.
            boolean malformed = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8), text, true)
                    .isError();
            if (malformed) {
                return Optional.empty();
            }
            try (JsonParser parser = JSON.createParser(text.array(), 0, text.position())) {
                return Optional.of(fields(parser));
            }
        } catch (IOException e) {
            // Not JSON, or over a limit: so it is not a version-1 message.
            return Optional.empty();
        } finally {
            Arrays.fill(text.array(), '\0');
        }
    }

    private static Map<String, Object> fields(JsonParser parser) throws IOException {
        require(parser.nextToken() == JsonToken.START_OBJECT);
        Map<String, Object> fields = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            require(value == JsonToken.VALUE_STRING || value.isNumeric());
            fields.put(name, value == JsonToken.VALUE_STRING ? parser.getText() : (Object) parser.getDoubleValue());
        }
        require(parser.nextToken() == null);
        return fields;
    }

    private static void require(boolean condition) throws IOException {
        if (!condition) {
            throw new IOException("not one flat object");
        }
    }
}
