package org.partyline.api.ratchet;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.IntFunction;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** Derives a channel's daily roots, and the keys of its sealed packets (PROTOCOL 3, 4). A service; stateless. */
@ProviderType
public interface ChannelKeys {
    /** E0 of a channel that was joined without an invite: 2026-01-01, in days since 1970-01-01. */
    int DEFAULT_START_DAY = 20454;

    /** The salt of a channel joined by passphrase alone, 16 bytes. The name is normalised to NFC first. */
    byte[] salt(Network network, String name);

    /**
     * The root of the channel's first day. Its cost depends on the parameters.
     *
     * @param kdf the derivation that the parameters name
     * @param passphrase is normalised to NFC; the caller wipes it
     * @return 32 bytes, the caller wipes it
     */
    SecretBytes startingRoot(KeyDerivation kdf, KdfParameters parameters, byte[] salt, char[] passphrase);

    /**
     * Advances a root. This cannot be reversed.
     *
     * @param root the caller wipes it
     * @param days at least 0; 0 returns a copy
     */
    SecretBytes advance(SecretBytes root, int days);

    /** The day's beacon key, 32 bytes; the caller wipes it. */
    SecretBytes beacon(SecretBytes root);

    /** A fresh locator that holders of the beacon recognise, 16 bytes. */
    byte[] newLocator(SecretBytes beacon, SecureRandom random);

    /**
     * The packet secret of a sealed packet. Its cost depends on the parameters.
     *
     * @param kdf the derivation that the parameters name
     * @param locator 16 bytes
     * @return 32 bytes, the caller wipes it
     */
    SecretBytes sealedSecret(KeyDerivation kdf, KdfParameters parameters, SecretBytes root, byte[] locator);

    /** The text form of an invite, {@code plchan1…}. */
    String encode(Invite invite);

    /**
     * Decodes an invite to a channel with a derivation of the protocol's table.
     *
     * @param text the result of {@link #encode}, in either case
     * @throws IllegalArgumentException if it is not an invite; the message says why in one line
     */
    default Invite decodeInvite(String text) {
        return decodeInvite(text, code -> Optional.empty());
    }

    /**
     * The same, with other derivations. The caller checks their limits ({@link KeyDerivation#requireLimits}).
     *
     * @param others derivations by code, outside the protocol's table
     */
    Invite decodeInvite(String text, IntFunction<Optional<KdfId>> others);
}
