package org.partyline.transportbitcoinj;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * A message on the wire: magic, command, length, checksum, payload. A length is checked before memory is allocated for
 * it.
 *
 * @param command its name
 * @param payload its content
 */
record PeerFrame(String command, byte[] payload) {
    /** Bitcoin Core's limit for any message (MAX_PROTOCOL_MESSAGE_LENGTH). */
    static final int MOST_BYTES = 4_000_000;

    private static final int COMMAND_BYTES = 12;
    private static final int HEADER_BYTES = 24;
    private static final int MOST_INVENTORY = 3 + 50_000 * 36;
    /** The commands that are read, with their own limits; others are skipped without storing them. */
    private static final Map<String, Integer> LIMITS = Map.ofEntries(
            Map.entry("version", 1024),
            Map.entry("verack", 0),
            Map.entry("ping", 8),
            Map.entry("pong", 8),
            Map.entry("feefilter", 8),
            Map.entry("reject", 1024),
            Map.entry("inv", MOST_INVENTORY),
            Map.entry("getdata", MOST_INVENTORY),
            Map.entry("notfound", MOST_INVENTORY),
            Map.entry("headers", 3 + 2000 * 81),
            Map.entry("tx", MOST_BYTES),
            Map.entry("block", MOST_BYTES));

    /**
     * Reads the next message.
     *
     * @param magic of the network
     * @return empty for a command that is not used here
     * @throws ProtocolException if the data is not a message of this network, or is too large
     * @throws IOException at the end of the stream
     */
    static Optional<PeerFrame> read(InputStream in, int magic) throws IOException {
        DataInputStream data = new DataInputStream(in);
        if (data.readInt() != magic) {
            throw new ProtocolException("it does not speak this network's protocol");
        }
        byte[] name = new byte[COMMAND_BYTES];
        data.readFully(name);
        String command = command(name);
        long length = Integer.reverseBytes(data.readInt()) & 0xffffffffL;
        byte[] checksum = new byte[4];
        data.readFully(checksum);
        int limit = LIMITS.getOrDefault(command, MOST_BYTES);
        if (length > limit) {
            throw new ProtocolException(
                    "it sends a " + command + " of " + length + " bytes; " + limit + " is the maximum");
        }
        if (!LIMITS.containsKey(command)) {
            data.skipNBytes(length);
            return Optional.empty();
        }
        byte[] payload = readGrowing(data, (int) length);
        if (!Arrays.equals(checksum, checksum(payload))) {
            throw new ProtocolException("a checksum is wrong");
        }
        return Optional.of(new PeerFrame(command, payload));
    }

    /** Allocates memory as bytes arrive, not as they are announced. */
    private static byte[] readGrowing(DataInputStream data, int length) throws IOException {
        byte[] payload = data.readNBytes(length);
        if (payload.length < length) {
            throw new java.io.EOFException("it ends in the middle of a message");
        }
        return payload;
    }

    private static String command(byte[] name) throws IOException {
        int length = 0;
        while (length < name.length && name[length] != 0) {
            if (name[length] < ' ' || name[length] > '~') {
                throw new ProtocolException("it does not speak this network's protocol");
            }
            length++;
        }
        return new String(name, 0, length, StandardCharsets.US_ASCII);
    }

    /** The encoded message. */
    byte[] encode(int magic) {
        return ByteBuffer.allocate(HEADER_BYTES + payload.length)
                .putInt(magic)
                .put(Arrays.copyOf(command.getBytes(StandardCharsets.US_ASCII), COMMAND_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .put(checksum(payload))
                .put(payload)
                .array();
    }

    private static byte[] checksum(byte[] payload) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return Arrays.copyOf(sha.digest(sha.digest(payload)), 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
