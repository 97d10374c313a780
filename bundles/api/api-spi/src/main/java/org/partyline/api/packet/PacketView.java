package org.partyline.api.packet;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.KdfParameters;

/**
 * The logical form of a packet that a member can open (PROTOCOL 9).
 *
 * @param version 2, or 1 for a LEGACY message
 * @param type the packet's type
 * @param senderId 8 bytes, if there is one
 * @param sessionId 8 bytes, if there is one
 * @param sequence the position on its chain, if any
 * @param timestamp Unix seconds
 * @param suite the cipher
 * @param kdf the channel's key derivation; absent in sessions
 * @param salt the key derivation's salt: the locator for a sealed packet, otherwise the channel's salt
 * @param nonce the nonce
 * @param payload the ciphertext without its tag
 * @param tag 16 bytes
 * @param ttlSeconds time to live, if set
 * @param fragment the fragment header, if it is a fragment
 */
public record PacketView(
        int version,
        PacketType type,
        Optional<byte[]> senderId,
        Optional<byte[]> sessionId,
        OptionalInt sequence,
        long timestamp,
        AeadId suite,
        Optional<KdfParameters> kdf,
        byte[] salt,
        byte[] nonce,
        byte[] payload,
        byte[] tag,
        OptionalLong ttlSeconds,
        Optional<FragmentHeader> fragment) {}
