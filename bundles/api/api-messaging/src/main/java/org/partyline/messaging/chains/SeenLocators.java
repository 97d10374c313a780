package org.partyline.messaging.chains;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.store.Keys;

/**
 * Remembers the locators of opened sealed packets, so that none is opened twice (PROTOCOL 4). Each method is part of
 * the caller's transaction.
 */
public final class SeenLocators {
    /** The table of the store. */
    public static final String TABLE = "seen-locators";

    /** Days around that of a packet whose beacon still knows it, and one to spare. */
    static final Duration SEEN = Duration.ofDays(4);

    private static final byte[] OPENED = {1};
    private static final byte[] OWN = {2};

    private SeenLocators() {}

    /** Whether a record says that a packet was read, and not that it was ours. */
    public static boolean isOpened(byte[] record) {
        return Arrays.equals(record, OPENED);
    }

    /** The locators of a channel's day that were opened: each is remembered until the day's root is erased. */
    private static byte[] seenGroup(int member, int day) {
        return Keys.of(member, Keys.of(day));
    }

    /** A locator of a day opens nothing any more. */
    public static void putSeen(StoreTransaction tx, int member, int day, byte[] locator) throws StoreException {
        tx.put(TABLE, Keys.of(member, locator), seenGroup(member, day), OPENED, null);
    }

    /** The same of a packet that was made here: its maker does not read it, others of this server may. */
    public static void putOwn(StoreTransaction tx, int member, int day, byte[] locator) throws StoreException {
        tx.put(TABLE, Keys.of(member, locator), seenGroup(member, day), OWN, null);
    }

    /** The locators of a day whose packets a member has read. */
    public static List<byte[]> opened(StoreTransaction tx, int member, int day) throws StoreException {
        List<byte[]> locators = new ArrayList<>();
        for (StoredRecord seen : tx.list(TABLE, seenGroup(member, day))) {
            if (Arrays.equals(seen.value(), OPENED)) {
                locators.add(Arrays.copyOfRange(seen.key(), Long.BYTES, seen.key().length));
            }
        }
        return locators;
    }

    /** The root of a day is erased: its locators are recognised no more. */
    public static void forgetSeen(StoreTransaction tx, int member, int day) throws StoreException {
        for (StoredRecord seen : tx.list(TABLE, seenGroup(member, day))) {
            tx.delete(TABLE, seen.key());
        }
    }

    /** The channel was left: none of its locators is recognised any more. */
    public static void forgetSeen(StoreTransaction tx, int member) throws StoreException {
        for (StoredRecord seen : tx.list(TABLE)) {
            if (seen.key().length == Long.BYTES + Packets.SEALED_LOCATOR
                    && ByteBuffer.wrap(seen.key()).getLong() == member) {
                tx.delete(TABLE, seen.key());
            }
        }
    }

    /**
     * Until when an inbox's locator that came is remembered, so that it opens nothing twice: for as long as blocks are read that a
     * packet which was met in a mempool may be in.
     *
     * @param catchUp how far back blocks are read
     */
    public static Instant seenUntil(Instant now, Duration catchUp, Instant came) {
        return (came.isAfter(now) ? came : now).plus(catchUp).plus(SEEN);
    }
}
