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

    /** The neighbouring days whose beacons still recognise a packet, and one to spare. */
    static final Duration SEEN = Duration.ofDays(4);

    private static final byte[] OPENED = {1};
    private static final byte[] OWN = {2};

    private SeenLocators() {}

    /** Whether a record says that a packet was read, rather than that it was ours. */
    public static boolean isOpened(byte[] record) {
        return Arrays.equals(record, OPENED);
    }

    /** The opened locators of a channel's day: each is remembered until the day's root is erased. */
    private static byte[] seenGroup(int member, int day) {
        return Keys.of(member, Keys.of(day));
    }

    /** Records that a locator of a day must open nothing any more. */
    public static void putSeen(StoreTransaction tx, int member, int day, byte[] locator) throws StoreException {
        tx.put(TABLE, Keys.of(member, locator), seenGroup(member, day), OPENED, null);
    }

    /** The same for a packet that was made here: its author does not read it, but other members on this server may. */
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

    /** Called when the root of a day is erased: its locators are no longer recognised. */
    public static void forgetSeen(StoreTransaction tx, int member, int day) throws StoreException {
        for (StoredRecord seen : tx.list(TABLE, seenGroup(member, day))) {
            tx.delete(TABLE, seen.key());
        }
    }

    /** Called when the channel was left: its locators are no longer recognised. */
    public static void forgetSeen(StoreTransaction tx, int member) throws StoreException {
        for (StoredRecord seen : tx.list(TABLE)) {
            if (seen.key().length == Long.BYTES + Packets.SEALED_LOCATOR
                    && ByteBuffer.wrap(seen.key()).getLong() == member) {
                tx.delete(TABLE, seen.key());
            }
        }
    }

    /**
     * Until when the locator of an inbox packet is remembered, so that it is not opened twice: for as long as blocks
     * are read that may contain a packet which was seen in a mempool.
     *
     * @param catchUp how far back blocks are read
     */
    public static Instant seenUntil(Instant now, Duration catchUp, Instant came) {
        return (came.isAfter(now) ? came : now).plus(catchUp).plus(SEEN);
    }
}
