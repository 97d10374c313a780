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
    /** E0 of a channel that is joined without an invite: 2026-01-01, in days since 1970-01-01. */
    int DEFAULT_START_DAY = 20454;

    /** The salt of a channel joined by passphrase alone, 16 bytes. The name is brought to NFC first. */
    byte[] salt(Network network, String name);

    /**
     * The root of the channel's first day. Costs what the parameters say.
     *
     * @param kdf the derivation the parameters name
     * @param passphrase brought to NFC; still the caller's to wipe
     * @return 32 bytes, the caller's to wipe
     */
    SecretBytes startingRoot(KeyDerivation kdf, KdfParameters parameters, byte[] salt, char[] passphrase);

    /**
     * Moves a root forward. There is no way back.
     *
     * @param root still the caller's to wipe
     * @param days at least 0; 0 gives a copy
     */
    SecretBytes advance(SecretBytes root, int days);

    /** The day's beacon key, 32 bytes; the caller's to wipe. */
    SecretBytes beacon(SecretBytes root);

    /** A fresh locator that members of the beacon recognise, 16 bytes. */
    byte[] newLocator(SecretBytes beacon, SecureRandom random);

    /**
     * The packet secret of a sealed packet. Costs what the parameters say.
     *
     * @param kdf the derivation the parameters name
     * @param locator 16 bytes
     * @return 32 bytes, the caller's to wipe
     */
    SecretBytes sealedSecret(KeyDerivation kdf, KdfParameters parameters, SecretBytes root, byte[] locator);

    /** The text form of an invite, {@code plchan1…}. */
    String encode(Invite invite);

    /**
     * An invite to a channel of a derivation of the protocol's table.
     *
     * @param text what {@link #encode} made, in either case
     * @throws IllegalArgumentException when it is not an invite; the message says why in one line
     */
    default Invite decodeInvite(String text) {
        return decodeInvite(text, code -> Optional.empty());
    }

    /**
     * The same, with derivations that others provide. Their limits are for the caller to check ({@link
     * KeyDerivation#requireLimits}).
     *
     * @param others by code, which is none of the protocol's table
     */
    Invite decodeInvite(String text, IntFunction<Optional<KdfId>> others);
}
