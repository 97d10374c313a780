package org.partyline.padding;

import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.partyline.api.packet.RefusedContentException;
import org.partyline.testkit.LeakTiming;

/**
 * Whether the time to reject padding reveals where it ends. (Accepted content is copied, and the copy has its length.)
 */
@EnabledIfSystemProperty(named = "timing", matches = "true", disabledReason = "measured every night: -Dtiming=true")
class UnpadTimingTest {
    private static final int LENGTH = 487;

    private final BucketPadding padding = new BucketPadding();

    @Test
    void aRefusedPaddingDoesNotTellWhereItBegins() {
        byte[][] padded = new byte[2][LENGTH];
        padded[0][3] = 1;
        padded[1][LENGTH - 3] = 1;
        assertFalse(LeakTiming.of("BucketPadding.unpad", 10, kind -> refusal(padded[kind]))
                .leaks());
    }

    private Object refusal(byte[] padded) {
        try {
            return padding.unpad(padded);
        } catch (RefusedContentException e) {
            return e;
        }
    }
}
