package org.partyline.packet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Optional;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.PacketView;

/** Writes the logical form of a packet: names and order as in PROTOCOL 9, byte strings in lower-case hex. */
final class JsonView {
    // By default each thread keeps its last buffers, with the content of packets in them, even while the store is
    // locked.
    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .build();
    private static final HexFormat HEX = HexFormat.of();

    private JsonView() {}

    static String write(PacketView view) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeNumberField("version", view.version());
            out.writeStringField("msg_type", view.type().name());
            optional(out, "sender_id", view.senderId());
            optional(out, "session_id", view.sessionId());
            if (view.sequence().isPresent()) {
                out.writeNumberField("sequence", view.sequence().getAsInt());
            }
            out.writeNumberField("timestamp", view.timestamp());
            out.writeStringField("cipher_suite", view.suite().name());
            if (view.kdf().isPresent()) {
                kdf(out, view.kdf().get(), view.salt());
            }
            hex(out, "nonce", view.nonce());
            hex(out, "payload", view.payload());
            hex(out, "tag", view.tag());
            if (view.ttlSeconds().isPresent()) {
                out.writeNumberField("ttl", view.ttlSeconds().getAsLong());
            }
            if (view.fragment().isPresent()) {
                fragment(out, view.fragment().get());
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return text.toString();
    }

    private static void kdf(JsonGenerator out, KdfParameters kdf, byte[] salt) throws IOException {
        out.writeStringField("kdf_suite", kdf.id().name());
        out.writeObjectFieldStart("kdf_params");
        hex(out, "salt", salt);
        out.writeNumberField("time_cost", kdf.timeCost());
        out.writeNumberField("memory_cost", kdf.memory());
        out.writeNumberField("parallelism", kdf.parallelism());
        out.writeEndObject();
    }

    private static void fragment(JsonGenerator out, FragmentHeader fragment) throws IOException {
        out.writeObjectFieldStart("fragment_info");
        out.writeNumberField("id", fragment.messageId());
        out.writeNumberField("index", fragment.index());
        out.writeNumberField("count", fragment.count());
        out.writeEndObject();
    }

    private static void optional(JsonGenerator out, String name, Optional<byte[]> bytes) throws IOException {
        if (bytes.isPresent()) {
            hex(out, name, bytes.get());
        }
    }

    private static void hex(JsonGenerator out, String name, byte[] bytes) throws IOException {
        out.writeStringField(name, HEX.formatHex(bytes));
    }
}
