package org.partyline.api.identity;

import java.security.SecureRandom;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;

/** Creates and uses the keys of personas (PROTOCOL 2.3, 6). A service; stateless and thread-safe. */
@ProviderType
public interface Identities {
    /** Fresh keys, independent of each other. The caller wipes them. */
    IdentityKeys generate(SecureRandom random);

    /**
     * Restores stored keys, and computes the public ones.
     *
     * @param signingSeed 32 bytes, copied
     * @param agreementPrivate 32 bytes, copied
     * @param inboxSecret 16 bytes, copied
     */
    IdentityKeys restore(SecretBytes signingSeed, SecretBytes agreementPrivate, SecretBytes inboxSecret);

    /** The text form of a card, {@code plcard1…}, in lower case. */
    String encode(ContactCard card);

    /**
     * @param text the result of {@link #encode}, in either case, not mixed
     * @throws IllegalArgumentException if it is not a card; the message says why in one line
     */
    ContactCard decode(String text);

    /** The safety number of two parties, the same for both: twelve groups of five digits, separated by spaces. */
    String safetyNumber(PublicIdentity one, PublicIdentity other);

    /** An Ed25519 signature (RFC 8032), 64 bytes. */
    byte[] sign(IdentityKeys keys, byte[] input);

    /**
     * Whether a signature is by this identity. A malformed key or signature results in false, never in an exception.
     */
    boolean verify(PublicIdentity identity, byte[] input, byte[] signature);

    /** The body of a ROTATE message (PROTOCOL 6.1), including its code: 210 bytes. */
    byte[] rotation(Network network, IdentityKeys old, IdentityKeys next, boolean compromised);

    /**
     * Reads the body of a ROTATE message.
     *
     * @param old the identity that must have signed the message
     * @return empty if it is malformed or one of its signatures is wrong
     */
    Optional<Rotation> openRotation(Network network, PublicIdentity old, byte[] body);

    /**
     * A rotation of a persona's keys.
     *
     * @param identity the new public keys
     * @param inboxSecret 16 bytes
     * @param compromised whether the old keys may be known to others
     */
    record Rotation(PublicIdentity identity, byte[] inboxSecret, boolean compromised) {
        /** Does not show the contents. */
        @Override
        public String toString() {
            return "Rotation";
        }
    }
}
