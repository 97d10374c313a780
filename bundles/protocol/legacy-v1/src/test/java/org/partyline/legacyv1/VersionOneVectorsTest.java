package org.partyline.legacyv1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.packet.LegacyReader.LegacyMessage;

/** Known answers of PROTOCOL 10. */
class VersionOneVectorsTest {
    private final VersionOneReader reader = new VersionOneReader();

    @TestFactory
    Stream<DynamicTest> versionOneMessagesAreRead() throws IOException {
        JsonNode cases;
        try (InputStream in = getClass().getResourceAsStream("/vectors/v1.json")) {
            cases = new ObjectMapper().readTree(in).required("cases");
        }
        return StreamSupport.stream(cases.spliterator(), false)
                .map(vector -> dynamicTest("from " + vector.required("sender").asText(), () -> check(vector)));
    }

    private void check(JsonNode vector) {
        byte[] payload = vector.required("payload").asText().getBytes(StandardCharsets.UTF_8);
        byte[] password = vector.required("password").asText().getBytes(StandardCharsets.UTF_8);
        SecretBytes key = reader.key(new BouncyPbkdf2(KdfId.PBKDF2_SHA256), password);

        assertTrue(reader.isCandidate(payload));
        LegacyMessage message = reader.open(payload, key, new BouncyEax()).orElseThrow();

        assertEquals(vector.required("sender").asText(), message.sender());
        assertEquals(vector.required("message").asText(), message.text());
        assertEquals((long) vector.required("timestamp").asDouble(), message.timestamp());
        assertEquals(
                new String(payload, StandardCharsets.UTF_8),
                Written.envelope(message.nonce(), message.ciphertext(), message.tag()));

        SecretBytes wrong = reader.key(new BouncyPbkdf2(KdfId.PBKDF2_SHA256), new byte[] {'x'});
        assertEquals(Optional.empty(), reader.open(payload, wrong, new BouncyEax()));
    }
}
