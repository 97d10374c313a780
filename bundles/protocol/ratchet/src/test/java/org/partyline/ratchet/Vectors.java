package org.partyline.ratchet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;

/** Reads the known answers that belong to the protocol page. */
final class Vectors {
    private Vectors() {}

    static JsonNode load(String file) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + file)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<JsonNode> each(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    static byte[] bytes(JsonNode node, String field) {
        return hex(node.required(field).asText());
    }

    static SecretBytes secret(JsonNode node, String field) {
        return SecretBytes.wrap(bytes(node, field));
    }

    static Network network(JsonNode node) {
        return Network.ofCode(node.required("network").asInt()).orElseThrow();
    }

    /** The parameters of a channel, as PROTOCOL 3 names them. */
    static KdfParameters kdf(JsonNode channel) {
        JsonNode kdf = channel.required("kdf");
        return new KdfParameters(
                KdfId.ofProtocol(kdf.required("id").asInt()).orElseThrow(),
                kdf.required("t").asInt(),
                kdf.required("m").asInt(),
                kdf.required("p").asInt());
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
