package org.partyline.transportrpc;

/**
 * Limits the size of answers, so that neither one nor several at once fill the memory.
 *
 * @param read most bytes of an answer that is read as a stream
 * @param held most bytes of an answer that is held as a whole
 * @param values most values of an answer that is held as a whole: small ones take many times their bytes
 * @param ids most ids of a list of transactions
 */
record AnswerLimits(long read, long held, long values, int ids) {
    /** The largest block, in hexadecimal, with room around it. */
    private static final long BLOCK = 9L << 20;
    /** Three answers may be held at once, each several times: as bytes, as text, as values. */
    private static final long HELD_SHARE = 32;

    private static final long VALUES = 1_000_000;
    private static final long IDS_SHARE = 8;
    private static final long BYTES_OF_AN_ID = 100;
    private static final int MOST_IDS = 5_000_000;

    /**
     * @param setting bytes, as the configuration has it
     * @param heap bytes that Java may use
     */
    static AnswerLimits of(long setting, long heap) {
        return new AnswerLimits(setting, Math.min(setting, Math.max(BLOCK, heap / HELD_SHARE)), VALUES, (int)
                Math.min(MOST_IDS, heap / IDS_SHARE / BYTES_OF_AN_ID));
    }
}
