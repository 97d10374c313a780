package org.partyline.padding;

import java.util.Arrays;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.packet.Padding;
import org.partyline.api.packet.RefusedContentException;

/** Pads with 0x80, then zero bytes (PROTOCOL 2.3; padding method 2 of ISO/IEC 9797-1). */
@Component
public final class BucketPadding implements Padding {
    private static final byte MARKER = (byte) 0x80;

    @Override
    public byte[] pad(byte[] content, int capacity) {
        if (content.length >= capacity) {
            throw new IllegalArgumentException(
                    content.length + " bytes and the padding's first do not fit " + capacity + " bytes");
        }
        byte[] padded = Arrays.copyOf(content, capacity);
        padded[content.length] = MARKER;
        return padded;
    }

    /**
     * {@inheritDoc}
     *
     * <p>It examines every byte without branching on any of them, so its duration depends only on the packet's length,
     * which everyone sees, and not on the content's. (Only the returned copy has the content's length.)
     */
    @Override
    public byte[] unpad(byte[] padded) throws RefusedContentException {
        int seen = 0; // all ones from the last non-zero byte on
        int position = 0;
        int last = 0;
        for (int i = padded.length - 1; i >= 0; i--) {
            int value = padded[i] & 0xff;
            int notZero = -value >> 31; // all ones unless the byte is zero
            int first = notZero & ~seen;
            position |= first & i;
            last |= first & value;
            seen |= notZero;
        }
        if (last != (MARKER & 0xff)) {
            throw new RefusedContentException("the padding is not 0x80 followed by zero bytes");
        }
        return Arrays.copyOf(padded, position);
    }
}
