package org.partyline.api.ratchet;

import java.time.Instant;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.SecretBytes;

/**
 * The receiving end of a chain: the secrets of the next positions (its window) and of skipped ones, each erased once
 * used (PROTOCOL 5). Not thread-safe.
 *
 * <p>A skipped position is kept until 24 hours pass or 1,000 are stored.
 */
@ProviderType
public interface ReceiveChain extends AutoCloseable {
    /** When the chain began. */
    Instant started();

    /** Calls the visitor for each position that is expected. */
    void forEachExpected(Visitor visitor);

    /** Calls the visitor for each position that was skipped before a time and is still expected. */
    void forEachSkipped(Instant before, Visitor visitor);

    /** The number of expected positions after the highest used one: {@link Chains#WINDOW}, unless it was set. */
    int window();

    /**
     * Sets the number of expected positions after the highest used one. This is not stored: a decoded chain has the
     * usual window.
     *
     * @param positions {@link Chains#WINDOW} to {@link Chains#FAR_WINDOW}
     * @param added called for each newly expected position
     * @param dropped called for each position that is no longer expected
     */
    void window(int positions, Visitor added, Visitor dropped);

    /** An independent copy of the chain. */
    ReceiveChain copy();

    /**
     * The packet secret of a position.
     *
     * @return a copy, the caller wipes it
     * @throws java.util.NoSuchElementException if the position is not expected, or was used
     */
    SecretBytes secret(int position);

    /**
     * HMAC(CK_{position+1}, 0x05), for a KEY_UPDATE at this position (PROTOCOL 6); also for a skipped position. Call it
     * before {@link #use}.
     *
     * @return 32 bytes, the caller wipes it
     * @throws java.util.NoSuchElementException if the position is not expected, or was used
     */
    SecretBytes rekeySalt(int position);

    /**
     * Erases a position's secret, because its packet was opened, and advances the window.
     *
     * @param position must be expected
     * @param now for the age of the positions that are skipped now
     * @param added called for each newly expected position
     * @param dropped called for each skipped position that is given up because 1,000 are stored
     */
    void use(int position, Instant now, Visitor added, Visitor dropped);

    /**
     * Erases the secrets that were skipped more than 24 hours ago.
     *
     * @param dropped called for each
     */
    void expire(Instant now, Visitor dropped);

    /** The highest used position, or -1. */
    int highest();

    /** The state, which is secret. */
    SecretBytes encode();

    /** Wipes all of it. */
    @Override
    void close();

    /** Receives a position and its locator. */
    @FunctionalInterface
    @ConsumerType
    interface Visitor {
        /**
         * @param position on the chain
         * @param hint its locator
         */
        void visit(int position, long hint);
    }
}
