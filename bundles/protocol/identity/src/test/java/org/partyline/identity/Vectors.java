package org.partyline.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;

/** Reads known answers. */
final class Vectors {
    private Vectors() {}

    static JsonNode json(String file) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + file)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Space-separated fields, one case on each line; - is an empty field. */
    static List<String[]> lines(String file) {
        return lines(file, " ");
    }

    static List<String[]> lines(String file, String between) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(between))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Network network(JsonNode node) {
        return Network.ofCode(node.required("network").asInt()).orElseThrow();
    }

    /** Alice or Bob of session.json. */
    static IdentityKeys keys(Identities identities, String name) {
        JsonNode party = json("session.json").required(name);
        return identities.restore(
                secret(party, "ed25519_seed"), secret(party, "x25519_private"), secret(party, "inbox"));
    }

    static byte[] bytes(JsonNode node, String field) {
        return hex(node.required(field).asText());
    }

    static SecretBytes secret(JsonNode node, String field) {
        return SecretBytes.wrap(bytes(node, field));
    }

    static byte[] hex(String text) {
        return text.equals("-") ? new byte[0] : HexFormat.of().parseHex(text);
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
