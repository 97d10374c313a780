package org.partyline.padding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.partyline.api.packet.Padding;
import org.partyline.api.packet.RefusedContentException;

/** For any decrypted plaintext, unpadding returns the only content that pads to it, or rejects it. */
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
