package org.partyline.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;

/** Reads known answers. */
final class Vectors {
    private Vectors() {}

    static JsonNode load(String file) {
        try (InputStream in = Vectors.class.getResourceAsStream(file)) {
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

    /** The keys of one of the people in session.json. */
    static IdentityKeys person(JsonNode node) {
        return new IdentityKeys(
                secret(node, "ed25519_seed"),
                secret(node, "x25519_private"),
                secret(node, "inbox"),
                new PublicIdentity(bytes(node, "ed25519_public"), bytes(node, "x25519_public")));
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
