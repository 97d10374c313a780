package org.partyline.legacyv1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.packet.LegacyReader;

/** Opens version-1 messages. Its input may be from any stranger until the tag was verified. */
@Component
public final class VersionOneReader implements LegacyReader {
    /** Shorter than any envelope with a nonce, a tag and a ciphertext; the protocol says 80 bytes. */
    static final int MIN_LENGTH = 81;
    /** The most that an OP_RETURN output can carry with the defaults of Bitcoin Core 30 and 31, in bytes. */
    static final int MAX_LENGTH = FlatJson.MAX_LENGTH;

    private static final byte[] SALT = "mempool_partyline_salt".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NO_DATA = new byte[0];
    private static final int KEY_LENGTH = 32;

    /** For Declarative Services. */
    public VersionOneReader() {}

    @Override
    public boolean isCandidate(byte[] payload) {
        return payload.length >= MIN_LENGTH && payload.length <= MAX_LENGTH && payload[0] == '{';
    }

    @Override
    public SecretBytes key(KeyDerivation kdf, byte[] password) {
        if (!kdf.id().equals(KdfId.PBKDF2_SHA256)) {
            throw new IllegalArgumentException("version 1 derives its keys with PBKDF2_SHA256, not " + kdf.id());
        }
        return kdf.derive(password, SALT, KdfParameters.PBKDF2_DEFAULT, KEY_LENGTH);
    }

    @Override
    public Optional<LegacyMessage> open(byte[] payload, SecretBytes key, AeadSuite eax) {
        if (!eax.id().equals(AeadId.AES_256_EAX)) {
            throw new IllegalArgumentException("version 1 encrypts with AES_256_EAX, not " + eax.id());
        }
        if (!isCandidate(payload)) {
            return Optional.empty();
        }
        return Envelope.parse(payload).flatMap(envelope -> open(envelope, key, eax));
    }

    private static Optional<LegacyMessage> open(Envelope envelope, SecretBytes key, AeadSuite eax) {
        byte[] plaintext = null;
        try {
            plaintext = eax.open(key.expose(), envelope.nonce(), NO_DATA, envelope.sealed());
            return LegacyText.parse(plaintext)
                    .map(words -> new LegacyMessage(
                            words.sender(),
                            words.text(),
                            words.timestamp(),
                            envelope.nonce(),
                            envelope.ciphertext(),
                            envelope.tag()));
        } catch (AuthenticationFailedException e) {
            return Optional.empty();
        } finally {
            if (plaintext != null) {
                Arrays.fill(plaintext, (byte) 0);
            }
        }
    }
}
