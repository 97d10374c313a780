package org.partyline.consolesocket;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A client's input for a reader that reuses one array: the previous content, perhaps a passphrase, is wiped. */
final class CleanInput extends FilterInputStream {
    CleanInput(InputStream typed) {
        super(typed);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        Arrays.fill(bytes, from, from + length, (byte) 0);
        return super.read(bytes, from, length);
    }
}
