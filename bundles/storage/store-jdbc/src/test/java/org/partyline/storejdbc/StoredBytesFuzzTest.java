package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.store.StoreException;

/** Any data from the database or the disk is what was stored, or is rejected with the documented exception. */
class StoredBytesFuzzTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final KeyPair OWNER = CandidateBox.newKeyPair(RANDOM);

    @FuzzTest(maxDuration = "10m")
    void anyBodyIsARecordOrRefused(byte[] input) {
        RecordBody body;
        try {
            body = RecordBody.decode(input);
        } catch (IllegalArgumentException e) {
            return;
        }
        assertEquals("RecordBody", body.toString());
        byte[] name = body.table().getBytes(StandardCharsets.UTF_8);
        // A name that is not UTF-8 was not written by this program; everything that was is read back unchanged.
        if (name.length > 0
                && name.length <= RecordBody.MAX_TABLE
                && body.value().length <= RecordBody.MAX_VALUE
                && !body.table().contains("\uFFFD")) {
            RecordBody again = RecordBody.decode(body.encode());
            assertEquals(body.table(), again.table());
            assertEquals(body.expires(), again.expires());
            assertArrayEquals(body.key(), again.key());
            assertArrayEquals(body.value(), again.value());
        }
    }

    @FuzzTest(maxDuration = "10m")
    void anyWrapIsReadOrRefused(byte[] input) {
        try {
            KeyWrap wrap = KeyWrap.decode(input);
            assertArrayEquals(input, wrap.encode());
            KdfLimits.parameters(
                    wrap.parameters().id(),
                    wrap.parameters().timeCost(),
                    wrap.parameters().memory(),
                    wrap.parameters().parallelism());
        } catch (StoreException e) {
            assertEquals(1, e.getMessage().lines().count());
        } catch (org.partyline.api.crypto.KdfLimitsException e) {
            throw new AssertionError("what costs too much, or too little, was read", e);
        }
        try {
            Turn turn = Turn.decode(input);
            assertArrayEquals(input, turn.encode(Arrays.copyOfRange(input, 16, 32)));
        } catch (StoreException e) {
            assertTrue(input.length != 32);
        }
    }

    @FuzzTest(maxDuration = "10m")
    void anyTextIsAHeadOrNone(byte[] input) {
        Optional<Head> head = Head.of(input);
        // This program writes only ASCII names.
        if (head.isPresent() && new String(input, StandardCharsets.US_ASCII).indexOf(0xFFFD) < 0) {
            Head again = Head.of(head.get().text().getBytes(StandardCharsets.US_ASCII))
                    .orElseThrow();
            assertEquals(
                    List.copyOf(head.get().rows().keySet()),
                    List.copyOf(again.rows().keySet()));
            head.get()
                    .rows()
                    .forEach((name, content) ->
                            assertArrayEquals(content, again.rows().get(name)));
        }
    }

    /** Nothing that was not sealed can be opened; sealed content is decoded or rejected. */
    @FuzzTest(maxDuration = "10m")
    void anySealedBytesAreRefused(byte[] input) throws Exception {
        byte[] place = Arrays.copyOf(input, Math.min(8, input.length));
        try (StoreKeys keys = new StoreKeys(new byte[32], RANDOM)) {
            assertThrows(AEADBadTagException.class, () -> keys.open(place, input));
        }
        assertThrows(
                AEADBadTagException.class,
                () -> CandidateBox.open(
                        OWNER.getPublic().getEncoded(), OWNER.getPrivate().getEncoded(), input));
        try {
            byte[] content = Pad.unpad(input);
            assertArrayEquals(content, Pad.unpad(Pad.pad(content)));
        } catch (IllegalArgumentException e) {
            assertEquals(1, e.getMessage().lines().count());
        }
        try (StoreKeys keys = new StoreKeys(new byte[32], RANDOM)) {
            assertArrayEquals(input, keys.open(place, keys.seal(place, input)));
        }
    }
}
