package org.partyline.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
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

    /** Not Jackson's mapper: this is read at each start, and the mapper's classes would take a tenth of its time. */
    private static final JsonFactory JSON = new JsonFactory();

    /** UTF-8, without a line end. */
    byte[] encode() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(line)) {
            out.writeStartObject();
            out.writeNumberField("n", number);
            out.writeStringField("time", entry.time().toString());
            out.writeStringField("event", entry.event());
            out.writeStringField("detail", entry.detail());
            out.writeStringField("prev", previous);
            out.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("text and numbers can always be written as JSON", e);
        }
        return line.toByteArray();
    }

    /** @return empty if it is not a result of {@link #encode} */
    static Optional<AuditLine> decode(byte[] line) {
        long number = 0;
        String time = "";
        String event = "";
        String detail = "";
        String previous = "";
        try (JsonParser in = JSON.createParser(line)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                switch (name) {
                    case "n" -> number = in.getValueAsLong();
                    case "time" -> time = in.getValueAsString("");
                    case "event" -> event = in.getValueAsString("");
                    case "detail" -> detail = in.getValueAsString("");
                    case "prev" -> previous = in.getValueAsString("");
                    default -> {}
                }
                in.skipChildren();
            }
            return in.currentToken() == JsonToken.END_OBJECT
                    ? Optional.of(new AuditLine(number, new Entry(Instant.parse(time), event, detail), previous))
                    : Optional.empty();
        } catch (IOException | DateTimeException e) {
            return Optional.empty();
        }
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
