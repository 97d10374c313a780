package org.partyline.api.identity;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.partyline.api.Network;

/**
 * A contact card: everything needed to open a session with a persona (PROTOCOL 6).
 *
 * @param network the network on which the persona reads
 * @param identity its public keys
 * @param inboxSecret 16 bytes; known to everyone who has the card
 * @param nickname at most 32 bytes of UTF-8, no control characters; may be empty
 */
public record ContactCard(Network network, PublicIdentity identity, byte[] inboxSecret, String nickname) {
    /** Length of an inbox secret in bytes. */
    public static final int INBOX_SECRET_LENGTH = 16;
    /** Longest nickname in bytes of UTF-8. */
    public static final int MAX_NICKNAME = 32;

    public ContactCard {
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(identity, "identity");
        if (inboxSecret.length != INBOX_SECRET_LENGTH) {
            throw new IllegalArgumentException("an inbox secret has 16 bytes, not " + inboxSecret.length);
        }
        if (nickname.getBytes(StandardCharsets.UTF_8).length > MAX_NICKNAME
                || nickname.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a nickname has at most 32 bytes and no control characters");
        }
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "ContactCard";
    }
}
