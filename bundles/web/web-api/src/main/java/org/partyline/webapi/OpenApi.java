package org.partyline.webapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.partyline.api.json.Json;

/** Provides the description of the API (OpenAPI 3.1), with the schemas of docs/schemas. */
final class OpenApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> DOCUMENTS = List.of(
            "status",
            "conversation-list",
            "messages",
            "events",
            "send",
            "recall",
            "search",
            "channel-who",
            "channel-invite",
            "contact-verify",
            "persona-list",
            "persona-card",
            "fee-status",
            "wallet-status",
            "wallet-address",
            "node-list",
            "doctor",
            "suite-list",
            "lock");

    private OpenApi() {}

    /** Made at the first request, and once: anyone may ask. */
    private static final class Made {
        static final String DOCUMENT = make();
    }

    /** The document, on one line. */
    static String document() {
        return Made.DOCUMENT;
    }

    private static String make() {
        try {
            ObjectNode document = (ObjectNode) JSON.readTree(resource("openapi.json"));
            ObjectNode schemas = document.withObject("/components").withObject("/schemas");
            ObjectNode types = (ObjectNode) JSON.readTree(schema("types"));
            types.get("$defs").properties().forEach(type -> schemas.set(type.getKey(), type.getValue()));
            for (String name : DOCUMENTS) {
                JsonNode schema = JSON.readTree(schema(name));
                ((ObjectNode) schema).remove("$schema");
                schemas.set(name, schema);
            }
            return Json.write(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String schema(String name) throws IOException {
        return resource("schemas/" + name + ".json")
                .replaceAll("\"(types\\.json)?#/\\$defs/", "\"#/components/schemas/");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = OpenApi.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the bundle has no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
