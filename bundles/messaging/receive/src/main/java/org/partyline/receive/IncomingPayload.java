package org.partyline.receive;

import org.jspecify.annotations.Nullable;
import org.partyline.api.packet.Packets;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;

/** A payload on its way through the receivers. Facts that several of them need are computed once. */
public final class IncomingPayload {
    private final Recognition recognition;
    private final Candidate candidate;
    private final PacketId id;
    private final boolean packet;
    private boolean matched;
    private @Nullable Beacon beacon;

    public IncomingPayload(Recognition recognition, Candidate candidate) {
        this.recognition = recognition;
        this.candidate = candidate;
        this.id = candidate.id();
        this.packet = Packets.isCandidate(candidate.payload());
    }

    Candidate candidate() {
        return candidate;
    }

    PacketId id() {
        return id;
    }

    /** Returns whether it has the length and the first byte of a version-2 packet. */
    boolean isPacket() {
        return packet;
    }

    /** Returns the beacon of its locator, on its network; null if it is none of ours. */
    @Nullable
    Beacon beacon() {
        if (!matched) {
            matched = true;
            Beacon found = packet ? recognition.beacons.match(candidate.payload()) : null;
            beacon = found == null || found.network.code() != candidate.network() ? null : found;
        }
        return beacon;
    }
}
