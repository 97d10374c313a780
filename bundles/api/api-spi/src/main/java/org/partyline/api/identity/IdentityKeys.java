package org.partyline.api.identity;

import org.partyline.api.SecretBytes;

/**
 * All keys of a persona. Whoever creates an instance owns it and wipes it with {@link #close()}.
 *
 * @param signingSeed Ed25519 seed (RFC 8032), 32 bytes
 * @param agreementPrivate X25519 private key (RFC 7748), 32 bytes
 * @param inboxSecret 16 bytes
 * @param identity the matching public keys
 */
public record IdentityKeys(
        SecretBytes signingSeed, SecretBytes agreementPrivate, SecretBytes inboxSecret, PublicIdentity identity)
        implements AutoCloseable {
    @Override
    public void close() {
        signingSeed.close();
        agreementPrivate.close();
        inboxSecret.close();
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "IdentityKeys";
    }
}
