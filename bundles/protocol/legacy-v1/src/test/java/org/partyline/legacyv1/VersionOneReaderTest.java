package org.partyline.legacyv1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.packet.LegacyReader.LegacyMessage;

class VersionOneReaderTest {
    private static final String WORDS = "{\"sender\": \"alice\", \"message\": \"hello\", \"timestamp\": 1700000000.25}";

    private final VersionOneReader reader = new VersionOneReader();

    @Test
    void aMessageIsReadWithItsFieldsInAnyOrder() {
        String sealed = new String(Written.message(WORDS), StandardCharsets.UTF_8);
        String tag = sealed.substring(sealed.indexOf(", \"tag\""), sealed.length() - 1);
        String turned = "{" + tag.substring(2) + ", " + sealed.substring(1, sealed.indexOf(tag)) + "}";
        assertEquals("hello", open(sealed).orElseThrow().text());
        assertEquals("hello", open(turned).orElseThrow().text());
        assertEquals(1_700_000_000, open(sealed).orElseThrow().timestamp());
    }

    @Test
    void nearlyEverythingIsNoCandidate() {
        assertFalse(reader.isCandidate(new byte[0]));
        assertFalse(reader.isCandidate("{\"nonce\":\"\"}".getBytes(StandardCharsets.UTF_8)));
        byte[] packet = new byte[512];
        packet[0] = 2;
        assertFalse(reader.isCandidate(packet));
        assertFalse(reader.isCandidate(filled(80)));
        assertTrue(reader.isCandidate(filled(81)));
        assertTrue(reader.isCandidate(filled(100_000)));
        assertFalse(reader.isCandidate(filled(100_001)));
    }

    @Test
    void theLongestPayloadIsReadAndALongerOneIsNot() {
        int around = Written.message(wordsOf("")).length;
        int room = (VersionOneReader.MAX_LENGTH - around) / 4 * 3 - 3;
        assertEquals(
                room, opened(wordsOf("x".repeat(room))).orElseThrow().text().length());
        assertEquals(Optional.empty(), opened(wordsOf("x".repeat(room + 12))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'nonce': 'N', 'cipher': 'C', 'tag': 'T', 'version': 1}",
                "{'nonce': 'N', 'cipher': 'C', 'tag': 'T', 'x': 'y'}",
                "{'nonce': 'N', 'cipher': 'C'}",
                "{'nonce': 'N', 'cipher': 'C', 'tag': 'T', 'tag': 'T'}",
                "{'nonce': 'N', 'cipher': 'C', 'tag': 'T'} {}",
                "{'nonce': 'N', 'cipher': 'C', 'tag': 'T'}x",
                "{'nonce': 'N', 'cipher': 'C', 'tag': 'T'",
                "{'nonce': 'N', 'cipher': 'C', 'tag': 17}",
                "{'nonce': 'N', 'cipher': 'C', 'tag': null}",
                "{'nonce': 'N', 'cipher': ['C'], 'tag': 'T'}",
                "{'nonce': 'N', 'cipher': {'a': 'C'}, 'tag': 'T'}",
                "{'nonce': 'N', 'cipher': 'C!', 'tag': 'T'}",
                "{'nonce': 'AAAA', 'cipher': 'C', 'tag': 'T'}",
                "{'nonce': 'N', 'cipher': 'C', 'tag': 'AAAA'}",
                "{nonce: 'N', 'cipher': 'C', 'tag': 'T'}",
                "{'nonce': 'N', 'cipher': 'C', 'tag': 'T',}",
                "/**/{'nonce': 'N', 'cipher': 'C', 'tag': 'T'}",
                "{/**/'nonce': 'N', 'cipher': 'C', 'tag': 'T'}"
            })
    void anEnvelopeThatIsNotExactlyThatIsNotRead(String form) {
        assertEquals(
                "hello",
                open(filledIn("{'nonce': 'N', 'cipher': 'C', 'tag': 'T'}"))
                        .orElseThrow()
                        .text());
        assertEquals(Optional.empty(), open(filledIn(form)));
        assertEquals(Optional.empty(), Envelope.parse(filledIn(form).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aPayloadThatDoesNotBeginWithTheEnvelopeIsNotRead() {
        assertEquals(Optional.empty(), open(" " + filledIn("{'nonce': 'N', 'cipher': 'C', 'tag': 'T'}")));
    }

    @Test
    void bytesAfterTheObjectThatAreNotUtf8AreRefused() {
        assertTrue(FlatJson.parse(new byte[] {'{', '}'}).isPresent());
        assertEquals(Optional.empty(), FlatJson.parse(new byte[] {'{', '}', (byte) 0xff}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{'sender': 'a', 'message': 'b'}",
                "{'sender': 'a', 'timestamp': 1}",
                "{'message': 'b', 'timestamp': 1}",
                "{'sender': 1, 'message': 'b', 'timestamp': 1}",
                "{'sender': 'a', 'message': 2, 'timestamp': 1}",
                "{'sender': 'a', 'message': 'b', 'timestamp': '1'}",
                "{'sender': 'a', 'message': 'b', 'timestamp': -1}",
                "{'sender': 'a', 'message': 'b', 'timestamp': 4294967296}",
                "{'sender': 'a', 'message': 'b', 'timestamp': 1e999999999}",
                "{'sender': 'a', 'message': 'b', 'timestamp': NaN}",
                "{'sender': 'a', 'message': 'b', 'timestamp': Infinity}",
                "{'sender': 'a', 'message': 'b', 'timestamp': 1, 'message': 'c'}",
                "{'sender': 'a', 'message': 'b', 'timestamp': 1} x"
            })
    void wordsThatAreNotExactlyThatAreNotRead(String form) {
        assertEquals(Optional.empty(), opened(form.replace('\'', '"')));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "1.999,1", "1700000000.25,1700000000", "1.7e9,1700000000", "4294967295,4294967295"})
    void aTimestampMayBeAnyNumberOfSeconds(String written, long read) {
        String json = "{\"sender\":\"a\",\"message\":\"b\",\"timestamp\":" + written + "}";
        assertEquals(read, opened(json).orElseThrow().timestamp());
    }

    @Test
    void aSendersNameIsCutAndCleaned() {
        assertEquals("alice", senderOf("al\\u001b\\u0007i\\u009bc\\ne"));
        assertEquals("x".repeat(32), senderOf("x".repeat(40)));
        assertEquals("\ud83d\ude00".repeat(32), senderOf("\ud83d\ude00".repeat(33)));
    }

    @Test
    void textThatIsNotUtf8IsNotRead() {
        byte[] words = WORDS.getBytes(StandardCharsets.UTF_8);
        words[WORDS.indexOf("hello")] = (byte) 0xff;
        assertEquals(Optional.empty(), open(Written.message(words)));
        byte[] utf16 = new String(Written.message(WORDS), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16LE);
        assertEquals(Optional.empty(), open(utf16));
        assertEquals(Optional.empty(), open(Written.message(WORDS.getBytes(StandardCharsets.UTF_16LE))));
    }

    @Test
    void aChangedMessageIsNotRead() {
        byte[] payload = Written.message(WORDS);
        int at = new String(payload, StandardCharsets.US_ASCII).indexOf("cipher") + 12;
        payload[at] = (byte) (payload[at] == 'A' ? 'B' : 'A');
        assertEquals(Optional.empty(), open(payload));
    }

    @Test
    void whatIsReadDoesNotShowItsTextInALog() {
        LegacyMessage message = opened(WORDS).orElseThrow();
        assertFalse(message.toString().contains("hello"));
        assertEquals(
                "Words[5 characters]",
                LegacyText.parse(WORDS.getBytes(StandardCharsets.UTF_8))
                        .orElseThrow()
                        .toString());
    }

    @Test
    void thePlaintextIsWiped() {
        byte[][] seen = new byte[1][];
        AeadSuite watching = new AeadSuite() {
            @Override
            public AeadId id() {
                return AeadId.AES_256_EAX;
            }

            @Override
            public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
                throw new AssertionError("version 1 is never written");
            }

            @Override
            public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext) {
                seen[0] = WORDS.getBytes(StandardCharsets.UTF_8);
                return seen[0];
            }
        };
        assertTrue(reader.open(Written.message(WORDS), Written.KEY, watching).isPresent());
        assertEquals(0, seen[0][0]);
        assertTrue(Arrays.equals(new byte[seen[0].length], seen[0]));
    }

    @Test
    void onlyTheAlgorithmsOfVersionOneAreTaken() {
        assertThrows(
                IllegalArgumentException.class, () -> reader.key(new BouncyPbkdf2(KdfId.SCRYPT), new byte[] {'x'}));
        AeadSuite other = new AeadSuite() {
            @Override
            public AeadId id() {
                return AeadId.AES_256_GCM;
            }

            @Override
            public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
                throw new AssertionError("sealed");
            }

            @Override
            public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext) {
                throw new AssertionError("opened");
            }
        };
        byte[] payload = Written.message(WORDS);
        assertThrows(IllegalArgumentException.class, () -> reader.open(payload, Written.KEY, other));
    }

    /** Replaces 'N', 'C' and 'T' in a template by the values of a correct envelope. */
    private static String filledIn(String form) {
        String[] parts = new String(Written.message(WORDS), StandardCharsets.UTF_8).split("\"");
        return form.replace("'N'", "'" + parts[3] + "'")
                .replace("'C'", "'" + parts[7] + "'")
                .replace("'C!'", "'" + parts[7] + "!'")
                .replace("'T'", "'" + parts[11] + "'")
                .replace('\'', '"');
    }

    private Optional<LegacyMessage> opened(String words) {
        return open(Written.message(words));
    }

    private Optional<LegacyMessage> open(String payload) {
        return open(payload.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<LegacyMessage> open(byte[] payload) {
        return reader.open(payload, Written.KEY, new BouncyEax());
    }

    private String senderOf(String written) {
        return opened("{\"sender\":\"" + written + "\",\"message\":\"b\",\"timestamp\":1}")
                .orElseThrow()
                .sender();
    }

    private static String wordsOf(String text) {
        return "{\"sender\":\"a\",\"message\":\"" + text + "\",\"timestamp\":1}";
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        bytes[0] = '{';
        return bytes;
    }
}
