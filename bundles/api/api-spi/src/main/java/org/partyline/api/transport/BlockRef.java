package org.partyline.api.transport;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import org.partyline.api.TxId;

/**
 * A block.
 *
 * @param height 0 for the genesis block
 * @param hash of its header
 * @param time from its header
 */
public record BlockRef(int height, TxId hash, Instant time) {
    public BlockRef {
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(time, "time");
        if (height < 0) {
            throw new IllegalArgumentException("a height must not be negative: " + height);
        }
    }

    /** {@code height:hash:unixtime}, the input of {@link #parse}. */
    public String encode() {
        return height + ":" + hash + ":" + time.getEpochSecond();
    }

    /** @throws IllegalArgumentException if it is not a result of {@link #encode} */
    public static BlockRef parse(String text) {
        String[] parts = text.split(":");
        if (parts.length != 3) {
            throw new IllegalArgumentException("a block must be written height:hash:unixtime");
        }
        try {
            return new BlockRef(
                    Integer.parseInt(parts[0]), TxId.of(parts[1]), Instant.ofEpochSecond(Long.parseLong(parts[2])));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("a block's time must be in Unix seconds", e);
        }
    }
}
