package org.partyline.messaging.sessions;

/**
 * A handshake from someone who is not a contact; it is answered when the card is added.
 *
 * @param peer the X25519 key that it proves
 * @param timestamp its timestamp, in seconds
 * @param arrived in milliseconds
 */
public record WaitingHandshake(int persona, int network, byte[] peer, byte[] body, long timestamp, long arrived) {
    /** The table of the store. */
    public static final String TABLE = "waiting-handshakes";

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Waiting";
    }
}
