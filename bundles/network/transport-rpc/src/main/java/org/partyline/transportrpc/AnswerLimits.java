package org.partyline.transportrpc;

/**
 * Limits the size of answers, so that neither one nor several at once fill the memory.
 *
 * @param read the maximum size of an answer that is streamed, in bytes
 * @param held the maximum size of an answer that is held in memory, in bytes
 * @param values the maximum number of values of an answer that is held in memory: small values take many times their
 *     bytes
 * @param ids the maximum number of ids in a list of transactions
 */
record AnswerLimits(long read, long held, long values, int ids) {
    /** The largest block, in hexadecimal, with a margin. */
    private static final long BLOCK = 9L << 20;
    /** Three answers may be held at once, each several times: as bytes, as text, as values. */
    private static final long HELD_SHARE = 32;

    private static final long VALUES = 1_000_000;
    private static final long IDS_SHARE = 8;
    private static final long BYTES_OF_AN_ID = 100;
    private static final int MOST_IDS = 5_000_000;

    /**
     * @param setting the configured value in bytes
     * @param heap the maximum size of Java's heap in bytes
     */
    static AnswerLimits of(long setting, long heap) {
        return new AnswerLimits(setting, Math.min(setting, Math.max(BLOCK, heap / HELD_SHARE)), VALUES, (int)
                Math.min(MOST_IDS, heap / IDS_SHARE / BYTES_OF_AN_ID));
    }
}
