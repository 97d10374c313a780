package org.partyline.api.packet;

import java.util.Objects;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;

/**
 * The inputs of a packet's key, except the suite (PROTOCOL 2.2). Valid for one packet only.
 *
 * @param secret the packet secret, 32 bytes; its owner wipes it
 * @param label its label
 * @param locator 8 or 16 bytes, as the label requires
 * @param network the network that carries the packet
 */
public record PacketKey(SecretBytes secret, PacketLabel label, byte[] locator, Network network) {
    public PacketKey {
        Objects.requireNonNull(network, "network");
        if (secret.length() != 32) {
            throw new IllegalArgumentException("a packet secret has 32 bytes, not " + secret.length());
        }
        if (locator.length != label.locatorLength()) {
            throw new IllegalArgumentException(
                    "a locator here has " + label.locatorLength() + " bytes, not " + locator.length);
        }
    }
}
