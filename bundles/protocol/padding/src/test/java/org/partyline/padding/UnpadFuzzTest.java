package org.partyline.padding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.partyline.api.packet.Padding;
import org.partyline.api.packet.RefusedContentException;

/** Whatever was inside the cipher, unpadding answers with the one content that pads to it, or refuses it. */
class UnpadFuzzTest {
    private final Padding padding = new BucketPadding();

    @FuzzTest(maxDuration = "10m")
    void unpaddingThrowsOnlyWhatItDocuments(byte[] padded) {
        byte[] content;
        try {
            content = padding.unpad(padded);
        } catch (RefusedContentException e) {
            return;
        }
        assertArrayEquals(padded, padding.pad(content, padded.length));
    }
}
