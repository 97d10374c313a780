package org.partyline.messaging.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the bodies of CONTROL packets about messages (PROTOCOL 6.1). */
class ControlBodyTest {
    private static final Locator SHORT = new Locator("61626364");
    private static final Locator WHOLE = new Locator("6162636465666768");

    private static List<JsonNode> known() throws IOException {
        try (InputStream in = ControlBodyTest.class.getResourceAsStream("/vectors/control.json")) {
            List<JsonNode> cases = new ArrayList<>();
            new ObjectMapper().readTree(in).required("cases").forEach(cases::add);
            return cases;
        }
    }

    /** The expected meaning of a vector; empty: it is not about a message. */
    private static Optional<ControlBody> meant(JsonNode vector) {
        if (!vector.has("reference")) {
            return Optional.empty();
        }
        Locator reference = new Locator(vector.required("reference").asText());
        String text = vector.required("text").asText();
        return Optional.of(
                switch (vector.required("code").asInt()) {
                    case ControlCodes.FORGET -> new ControlBody.Forget(reference);
                    case ControlCodes.REACT -> new ControlBody.React(reference, text);
                    case ControlCodes.REPLY -> new ControlBody.Reply(reference, text);
                    case ControlCodes.EDIT -> new ControlBody.Edit(reference, text);
                    default -> throw new IllegalArgumentException(vector.toString());
                });
    }

    @Test
    void theKnownBodiesAreReadAndMade() throws Exception {
        assertFalse(known().isEmpty());
        for (JsonNode vector : known()) {
            String name = vector.required("name").asText();
            byte[] body = HexFormat.of().parseHex(vector.required("body").asText());
            assertEquals(vector.required("code").asInt(), body[0], name);
            assertEquals(meant(vector), ControlBody.parse(body), name);
            meant(vector).ifPresent(made -> assertArrayEquals(body, made.encode(), name));
        }
    }

    private static byte[] body(int code, String rest) {
        byte[] bytes = rest.getBytes(StandardCharsets.UTF_8);
        byte[] body = new byte[1 + bytes.length];
        body[0] = (byte) code;
        System.arraycopy(bytes, 0, body, 1, bytes.length);
        return body;
    }

    @Test
    void whatIsTooShortOrTooLongOrSaysNothingIsIgnored() {
        for (byte[] bad : new byte[][] {
            {},
            {ControlCodes.REACT},
            body(ControlCodes.FORGET, "abcdefg"),
            body(ControlCodes.FORGET, "abcdefghi"),
            body(ControlCodes.REACT, "abc"),
            body(ControlCodes.REPLY, "abcd"),
            body(ControlCodes.EDIT, "abcdefgh"),
        }) {
            assertEquals(Optional.empty(), ControlBody.parse(bad));
        }
        byte[] broken = body(ControlCodes.REPLY, "abcdx");
        broken[5] = (byte) 0xC3;
        assertEquals(Optional.empty(), ControlBody.parse(broken));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "\u00E9",
                "e\u0301",
                "\uD83D\uDC4D",
                "\uD83D\uDC4D\uD83C\uDFFD",
                "\u2764\uFE0F",
                "\uD83C\uDDE9\uD83C\uDDEA",
                "1\uFE0F\u20E3"
            })
    void oneGraphemeIsAReaction(String text) {
        assertEquals(
                Optional.of(new ControlBody.React(SHORT, text)),
                ControlBody.parse(body(ControlCodes.REACT, "abcd" + text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ab",
                "\uD83D\uDC4D\uD83D\uDC4D",
                " ",
                "\n",
                "\r\n",
                "\u001B",
                "\u0007",
                "\u0301",
                "\u200D",
                "\u200B",
                "\u202E",
                "\u2066",
                "\uFEFF",
                "\u3164",
                "\u2800",
                "\uE000",
                "a\u202E",
                "a\u200C",
                "\uD83D\uDC4D\uDB40\uDC41",
                // A pirate's flag of more than 16 bytes, and letters under a tower of marks.
                "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67\u200D\uD83D\uDC66",
                "a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308"
            })
    void whatIsNotOneVisibleGraphemeIsNoReaction(String text) {
        assertFalse(Reactions.isReaction(text));
        assertEquals(Optional.empty(), ControlBody.parse(body(ControlCodes.REACT, "abcd" + text)));
        assertThrows(IllegalArgumentException.class, () -> new ControlBody.React(SHORT, text));
    }

    @Test
    void eachNamesItsMessageByAsManyBytesAsItHasTo() {
        assertThrows(IllegalArgumentException.class, () -> new ControlBody.Forget(SHORT));
        assertThrows(IllegalArgumentException.class, () -> new ControlBody.Edit(SHORT, "x"));
        assertThrows(IllegalArgumentException.class, () -> new ControlBody.React(WHOLE, "x"));
        assertThrows(IllegalArgumentException.class, () -> new ControlBody.Reply(WHOLE, "x"));
        assertThrows(IllegalArgumentException.class, () -> new Locator("616263"));
        assertTrue(SHORT.fits("6162636465666768"));
        assertFalse(SHORT.fits(""));
        assertEquals(SHORT, WHOLE.shortened());
    }
}
