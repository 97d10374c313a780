package org.partyline.messaging.sessions;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A handshake that was answered but whose initiator has sent nothing since.
 *
 * @param ownSigning the persona's keys for which it was made
 * @param peer the X25519 key that it proves
 * @param initTime its timestamp, in seconds
 * @param until when it is deleted, in milliseconds
 */
@RecordBuilder
public record AcceptedHandshake(
        int number,
        int persona,
        int network,
        byte[] ownSigning,
        byte[] ownAgreement,
        byte[] peer,
        int suite,
        byte[] sendSeed,
        byte[] receiveSeed,
        long initTime,
        long until)
        implements AcceptedHandshakeBuilder.With {
    /** The table of the store. */
    public static final String TABLE = "accepted";

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Accepted";
    }
}
