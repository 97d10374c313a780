package org.partyline.packet;

import java.util.Arrays;
import org.partyline.api.packet.Padding;
import org.partyline.api.packet.RefusedContentException;

/** The protocol's padding in its shortest form. */
final class PlainPadding implements Padding {
    @Override
    public byte[] pad(byte[] content, int capacity) {
        byte[] padded = Arrays.copyOf(content, capacity);
        padded[content.length] = (byte) 0x80;
        return padded;
    }

    @Override
    public byte[] unpad(byte[] padded) throws RefusedContentException {
        int last = padded.length - 1;
        while (last > 0 && padded[last] == 0) {
            last--;
        }
        if (padded[last] != (byte) 0x80) {
            throw new RefusedContentException("the padding is not 0x80 followed by zero bytes");
        }
        return Arrays.copyOf(padded, last);
    }
}
