package org.partyline.api.ratchet;

import java.util.Objects;
import org.partyline.api.Network;
import org.partyline.api.VisibleText;
import org.partyline.api.crypto.KdfParameters;

/**
 * An invite: everything needed to join a channel, except the passphrase (PROTOCOL 3).
 *
 * @param network the channel's network
 * @param kdf its key derivation with cost parameters
 * @param startDay days since 1970-01-01, 0 to 65,535
 * @param salt 16 to 32 bytes
 * @param name 1 to 64 bytes of UTF-8, without invisible characters
 */
public record Invite(Network network, KdfParameters kdf, int startDay, byte[] salt, String name) {
    /** Longest channel name in bytes of UTF-8. */
    public static final int MAX_NAME = 64;

    public Invite {
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(kdf, "kdf");
        if (startDay < 0 || startDay > 0xffff) {
            throw new IllegalArgumentException("a starting day must be 0 to 65535, not " + startDay);
        }
        if (salt.length < 16 || salt.length > 32) {
            throw new IllegalArgumentException("a channel's salt has 16 to 32 bytes, not " + salt.length);
        }
        if (!VisibleText.isName(name, MAX_NAME)) {
            throw new IllegalArgumentException(
                    "a channel's name must have 1 to 64 bytes of UTF-8, without control or invisible characters "
                            + "or surrounding spaces");
        }
    }
}
