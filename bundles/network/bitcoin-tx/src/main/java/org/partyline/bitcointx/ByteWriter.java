package org.partyline.bitcointx;

import java.io.ByteArrayOutputStream;

/** Writes Bitcoin's little-endian serialisation. Not thread-safe. */
public final class ByteWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Empty. */
    public ByteWriter() {}

    /** One byte: the lowest eight bits of the value. */
    public ByteWriter u8(int value) {
        out.write(value);
        return this;
    }

    /** A number with this many bytes. @param bytes 1 to 8 */
    public ByteWriter little(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> 8 * i));
        }
        return this;
    }

    /** A CompactSize in its shortest form. @param value not negative */
    public ByteWriter compactSize(int value) {
        if (value < 0xfd) {
            return u8(value);
        }
        return value <= 0xffff ? u8(0xfd).little(value, 2) : u8(0xfe).little(value, 4);
    }

    /** Unchanged bytes. */
    public ByteWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** A reference to an output that an input spends. */
    public ByteWriter outPoint(OutPoint place) {
        return bytes(Hashes.internal(place.id())).little(place.index(), 4);
    }

    /** An output: satoshi and script. */
    public ByteWriter output(long amount, byte[] script) {
        return little(amount, 8).compactSize(script.length).bytes(script);
    }

    /** The size of a CompactSize in bytes. @param value not negative */
    public static int compactLength(int value) {
        return value < 0xfd ? 1 : value <= 0xffff ? 3 : 5;
    }

    /** Everything that was written. */
    public byte[] toByteArray() {
        return out.toByteArray();
    }
}
