package org.partyline.messaging.mailbox;

/**
 * One sender's reaction to a message.
 *
 * @param by distinguishes the senders of a message's reactions: see {@link Author#key}
 * @param name the nickname that its sender gave; empty
 * @param reaction one grapheme; empty if it was withdrawn
 * @param time the time of its packet, by its sender's clock, in seconds
 * @param position the position of its packet on its sender's chain; -1 if none
 * @param signer as in a {@link MessageRecord}
 */
public record StoredReaction(String by, String name, String reaction, long time, int position, int signer) {
    /** The key of our own reactions. */
    public static final String OWN = "own";

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "StoredReaction";
    }
}
