package org.partyline.secretsfile;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.partyline.api.SecretBytes;

/**
 * Holds secrets by key, in clear, in memory.
 *
 * <p>Encoded as their number (2 bytes), then for each the length of its key (1), the key in ASCII, the length of its
 * value (2), the value; then zeros up to a multiple of {@value #STEP}, so that the length reveals little.
 */
final class Secrets implements AutoCloseable {
    /** Longest value in bytes. */
    static final int MOST_VALUE = 4096;
    /** Longest key in characters. */
    static final int MOST_KEY = 100;
    /** The maximum number of secrets. */
    static final int MOST_SECRETS = 100;

    private static final int STEP = 512;

    private final Map<String, byte[]> values = new TreeMap<>();

    Optional<SecretBytes> get(String key) {
        return Optional.ofNullable(values.get(key)).map(SecretBytes::copyOf);
    }

    void put(String key, SecretBytes value) {
        wipe(values.put(key, value.expose().clone()));
    }

    /** @return whether it existed */
    boolean remove(String key) {
        byte[] removed = values.remove(key);
        wipe(removed);
        return removed != null;
    }

    int size() {
        return values.size();
    }

    /** @return the caller wipes it */
    byte[] encode() {
        int length = 2
                + values.entrySet().stream()
                        .mapToInt(entry -> 3 + entry.getKey().length() + entry.getValue().length)
                        .sum();
        ByteBuffer buffer = ByteBuffer.allocate((length + STEP - 1) / STEP * STEP);
        buffer.putShort((short) values.size());
        values.forEach((key, value) -> {
            byte[] name = key.getBytes(StandardCharsets.US_ASCII);
            buffer.put((byte) name.length)
                    .put(name)
                    .putShort((short) value.length)
                    .put(value);
        });
        return buffer.array();
    }

    /** @throws IllegalArgumentException if it is not a result of {@link #encode} */
    static Secrets decode(byte[] encoded) {
        Secrets secrets = new Secrets();
        boolean done = false;
        try {
            ByteBuffer buffer = ByteBuffer.wrap(encoded);
            int count = buffer.getShort();
            for (int i = 0; i < count; i++) {
                byte[] key = new byte[Byte.toUnsignedInt(buffer.get())];
                buffer.get(key);
                byte[] value = new byte[Short.toUnsignedInt(buffer.getShort())];
                buffer.get(value);
                secrets.values.put(new String(key, StandardCharsets.US_ASCII), value);
            }
            done = true;
            return secrets;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("secrets: too short", e);
        } finally {
            if (!done) {
                secrets.close();
            }
        }
    }

    private static void wipe(byte @Nullable [] secret) {
        if (secret != null) {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Wipes all of them. */
    @Override
    public void close() {
        values.values().forEach(Secrets::wipe);
        values.clear();
    }
}
