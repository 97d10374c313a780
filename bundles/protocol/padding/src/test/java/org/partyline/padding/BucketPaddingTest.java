package org.partyline.padding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.packet.Padding;
import org.partyline.api.packet.RefusedContentException;

class BucketPaddingTest {
    private final Padding padding = new BucketPadding();

    @Test
    void theMarkerFollowsTheContentAndZerosFollowTheMarker() {
        assertArrayEquals(HexFormat.of().parseHex("61628000"), padding.pad(new byte[] {'a', 'b'}, 4));
        assertArrayEquals(HexFormat.of().parseHex("800000"), padding.pad(new byte[0], 3));
    }

    @Test
    void theMarkerAloneIsEnoughWhenThereIsNoMoreRoom() {
        assertArrayEquals(HexFormat.of().parseHex("616280"), padding.pad(new byte[] {'a', 'b'}, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aContentWithNoRoomForTheMarkerIsRefused(int capacity) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> padding.pad(new byte[2], capacity));
        assertEquals("2 bytes and the padding's first do not fit " + capacity + " bytes", refusal.getMessage());
    }

    @Test
    void everyContentComesBackAtEveryCapacity() throws Exception {
        Random random = new Random(20260101);
        for (int capacity = 1; capacity < 500; capacity++) {
            byte[] content = new byte[random.nextInt(capacity)];
            random.nextBytes(content);
            byte[] padded = padding.pad(content, capacity);
            assertEquals(capacity, padded.length);
            assertArrayEquals(content, padding.unpad(padded));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "8080", "800000", "00", "0000", "ff", "7f", "0080", "80ff00", "80000000ff"})
    void aContentThatLooksLikePaddingComesBackWhole(String hex) throws Exception {
        byte[] content = HexFormat.of().parseHex(hex);
        assertArrayEquals(content, padding.unpad(padding.pad(content, 40)));
        assertArrayEquals(content, padding.unpad(padding.pad(content, content.length + 1)));
    }

    @Test
    void everyOtherLastByteIsRefused() {
        for (int last = 1; last < 256; last++) {
            if (last != 0x80) {
                byte[] padded = {'a', (byte) 0x80, (byte) last, 0, 0};
                assertThrows(RefusedContentException.class, () -> padding.unpad(padded));
                assertThrows(RefusedContentException.class, () -> padding.unpad(Arrays.copyOf(padded, 3)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 39, 487})
    void zerosWithNoMarkerAreRefused(int length) {
        RefusedContentException refusal =
                assertThrows(RefusedContentException.class, () -> padding.unpad(new byte[length]));
        assertEquals("the padding is not 0x80 followed by zero bytes", refusal.getMessage());
    }

    @Test
    void theInputStaysAsItWas() throws Exception {
        byte[] padded = {1, 2, (byte) 0x80, 0};
        byte[] content = padding.unpad(padded);
        content[0] = 9;
        assertArrayEquals(new byte[] {1, 2, (byte) 0x80, 0}, padded);
    }
}
