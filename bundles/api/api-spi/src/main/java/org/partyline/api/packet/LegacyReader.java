package org.partyline.api.packet;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KeyDerivation;

/** Reads version-1 messages (PROTOCOL 10). A service; never writes them. Thread-safe. */
@ProviderType
public interface LegacyReader {
    /** @return whether a payload has the form of a version-1 message; cheap, and false for nearly everything else */
    boolean isCandidate(byte[] payload);

    /**
     * Derives the key of a password; done once, when a channel is joined.
     *
     * @param kdf PBKDF2_SHA256
     * @param password UTF-8; the caller wipes it
     */
    SecretBytes key(KeyDerivation kdf, byte[] password);

    /**
     * @param payload the payload of an OP_RETURN output
     * @param key the result of {@link #key}
     * @param eax AES-256-EAX
     * @return the message; empty if this key does not open the payload
     */
    Optional<LegacyMessage> open(byte[] payload, SecretBytes key, AeadSuite eax);

    /**
     * A version-1 message.
     *
     * @param sender the sender's own claim, not verified; at most 32 characters, control characters removed
     * @param text the text
     * @param timestamp Unix seconds
     * @param nonce 16 bytes
     * @param ciphertext without its tag
     * @param tag 16 bytes
     */
    record LegacyMessage(String sender, String text, long timestamp, byte[] nonce, byte[] ciphertext, byte[] tag) {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "LegacyMessage[" + text.length() + " characters]";
        }
    }
}
