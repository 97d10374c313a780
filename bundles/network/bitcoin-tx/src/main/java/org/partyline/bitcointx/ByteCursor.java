package org.partyline.bitcointx;

/** Reads Bitcoin's little-endian serialisation from a part of an array, never past its end. */
public final class ByteCursor {
    private final byte[] bytes;
    private final int end;
    private int at;

    /**
     * @param bytes must not be changed meanwhile
     * @param start the first byte
     * @param end after the last byte
     */
    public ByteCursor(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** The position of the next byte. */
    public int position() {
        return at;
    }

    /** The number of remaining bytes. */
    public int remaining() {
        return end - at;
    }

    /** Skips bytes. */
    public void skip(long count) throws MalformedException {
        if (count < 0 || count > end - at) {
            throw new MalformedException("it ends too early");
        }
        at += (int) count;
    }

    /** One byte, 0 to 255. */
    public int u8() throws MalformedException {
        int from = at;
        skip(1);
        return bytes[from] & 0xff;
    }

    /** Four bytes, 0 to 4,294,967,295. */
    public long u32() throws MalformedException {
        return little(4);
    }

    private long little(int length) throws MalformedException {
        int from = at;
        skip(length);
        long value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = value << 8 | bytes[from + i] & 0xff;
        }
        return value;
    }

    /** A CompactSize, only in its shortest form, as nodes accept it. */
    public long compactSize() throws MalformedException {
        int first = u8();
        long value;
        long least;
        switch (first) {
            case 0xfd -> {
                value = little(2);
                least = 0xfd;
            }
            case 0xfe -> {
                value = little(4);
                least = 0x10000L;
            }
            case 0xff -> {
                value = little(8);
                least = 0x100000000L;
            }
            default -> {
                return first;
            }
        }
        if (value < least) {
            throw new MalformedException("a length is not in its shortest form");
        }
        return value;
    }

    /**
     * A CompactSize that is a count of items.
     *
     * @param least the minimum size of an item in bytes
     */
    public int count(int least) throws MalformedException {
        long value = compactSize();
        if (value > remaining() / least) {
            throw new MalformedException("it counts more than it holds");
        }
        return (int) value;
    }
}
