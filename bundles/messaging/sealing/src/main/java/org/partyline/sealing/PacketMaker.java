package org.partyline.sealing;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.messaging.conversation.PersonaKeys;

/** Seals single packets, and assigns their timestamps. */
final class PacketMaker {
    /** Readers accept 300 s (PROTOCOL 2.3); the rest allows for differing clocks. */
    static final long MOST_AHEAD = 120;

    private PacketMaker() {}

    /**
     * Our timestamps never go back, so that readers can sort them; but readers reject any that is far ahead of their
     * clock.
     */
    static long timestamp(Instant now, long last) {
        return Math.min(Math.max(now.getEpochSecond(), last), now.getEpochSecond() + MOST_AHEAD);
    }

    /** A sealed packet, and its contents as readers see them. */
    record Sealed(byte[] packet, OpenedPacket opened) {}

    /**
     * Seals one packet, signs it if it has room for a signature, and opens it again before it leaves: a packet that its
     * readers could not open must not be sent.
     *
     * @param signer who signs it; null if it is not signed
     */
    static Sealed sealOne(
            Sealing sealing, PlannedPacket planned, PacketKey key, AeadSuite suite, @Nullable PersonaKeys signer) {
        Content content = planned.content();
        if (content.signature().isPresent()) {
            byte[] input = sealing.codec().signatureInput(content, key, suite.id());
            content = content.withSignature(
                    sealing.identities().sign(Objects.requireNonNull(signer, "it is signed").keys, input));
        }
        byte[] packet = sealing.codec().seal(content, key, suite, planned.bucket());
        try {
            return new Sealed(
                    packet, sealing.codec().open(packet, key, suite, Instant.ofEpochSecond(content.timestamp())));
        } catch (PartylineException e) {
            throw new IllegalStateException("our own packet does not open: " + e.getMessage(), e);
        }
    }
}
