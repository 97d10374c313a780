package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;

/**
 * The wrapped key as the database has written it: again with each transaction, whole or, where a page was packed, in runs. H2 writes
 * no byte of its file twice, so that all of them are there until it is compacted.
 */
final class WrittenKey {
    /** A run that is as long as this is found. Packing leaves up to 32 bytes as they are. */
    private static final int RUN = Long.BYTES;

    private static final int PORTION = 1 << 20;
    private static final int FILTER_BITS = 16;

    private final Set<Long> runs = new HashSet<>();
    private final boolean[] filter = new boolean[1 << FILTER_BITS];

    /** @param wrap as it is stored */
    WrittenKey(byte[] wrap) {
        for (int i = 0; i + RUN <= wrap.length; i++) {
            long run = ByteBuffer.wrap(wrap).getLong(i);
            runs.add(run);
            filter[filterIndex(run)] = true;
        }
    }

    private static int filterIndex(long run) {
        return (int) run & ((1 << FILTER_BITS) - 1);
    }

    /** Overwrites it with random bytes wherever it is in the file; they are on the disk when this returns. */
    void overwriteIn(Path file) throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] noise = new byte[RUN];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer portion = ByteBuffer.allocate(PORTION);
            long run = 0;
            long read = 0;
            for (long at = 0; channel.read(portion.clear(), at) > 0; at += portion.limit()) {
                portion.flip();
                while (portion.hasRemaining()) {
                    run = run << Byte.SIZE | Byte.toUnsignedLong(portion.get());
                    read++;
                    if (filter[filterIndex(run)] && read >= RUN && runs.contains(run)) {
                        random.nextBytes(noise);
                        channel.write(ByteBuffer.wrap(noise), read - RUN);
                    }
                }
            }
            channel.force(true);
        }
    }
}
