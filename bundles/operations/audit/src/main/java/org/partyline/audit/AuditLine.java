package org.partyline.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.partyline.api.audit.AuditLog.Entry;

/**
 * One line of the log:
 * {@code {"n":1,"time":"2026-01-01T00:00:00Z","event":"unlocked","detail":"…","prev":"…"}}.
 *
 * @param number from 1 on, without a gap
 * @param entry what happened
 * @param previous the hash of the previous line, or {@link #FIRST}
 */
record AuditLine(long number, Entry entry, String previous) {
    /** The hash in the very first line. */
    static final String FIRST = "0".repeat(64);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** UTF-8, without a line end. */
    byte[] encode() {
        ObjectNode node = JSON.createObjectNode()
                .put("n", number)
                .put("time", entry.time().toString())
                .put("event", entry.event())
                .put("detail", entry.detail())
                .put("prev", previous);
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("text and numbers can always be written as JSON", e);
        }
    }

    /** @return empty if it is not a result of {@link #encode} */
    static Optional<AuditLine> decode(byte[] line) {
        try {
            JsonNode node = JSON.readTree(line);
            Entry entry = new Entry(Instant.parse(text(node, "time")), text(node, "event"), text(node, "detail"));
            return Optional.of(new AuditLine(node.path("n").asLong(), entry, text(node, "prev")));
        } catch (IOException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText("");
    }

    /** Lower-case hex of the SHA-256 of a line without its line end. */
    static String hash(byte[] line) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(line));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
