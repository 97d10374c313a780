package org.partyline.messaging.mailbox;

/**
 * One sender's reaction to a message.
 *
 * @param by tells senders of a message's reactions apart: see {@link Author#key}
 * @param name nickname as its sender gave it; empty
 * @param reaction one grapheme; empty: it was taken back
 * @param time of its packet, in its sender's time, in seconds
 * @param position of its packet on its sender's chain; -1 where there is none
 * @param signer as in a {@link MessageRecord}
 */
public record StoredReaction(String by, String name, String reaction, long time, int position, int signer) {
    /** The key of our own. */
    public static final String OWN = "own";

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "StoredReaction";
    }
}
