package org.partyline.storejdbc;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfMemoryException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;

/**
 * The store key, wrapped by a passphrase: what the database holds in clear about it.
 *
 * <p>Layout: derivation id (1 byte), time cost (1), memory (4), parallelism (1), salt (32), nonce (12), the sealed store
 * key (48). All that stands before the nonce is authenticated with the key.
 *
 * @param parameters what the derivation costs
 * @param salt 32 random bytes, new with each passphrase
 * @param nonce 12 random bytes; the wrapping key seals once only, because the salt is new each time
 * @param sealed the store key under AES-256-GCM
 */
record KeyWrap(KdfParameters parameters, byte[] salt, byte[] nonce, byte[] sealed) {
    /** Length of the store key in bytes. */
    static final int STORE_KEY = 32;

    private static final int SALT = 32;
    private static final int HEAD = 7 + SALT;
    private static final byte[] LABEL = "partyline/store wrap".getBytes(StandardCharsets.US_ASCII);

    /** @param passphrase and storeKey: still the caller's to wipe */
    static KeyWrap wrap(
            byte[] storeKey, char[] passphrase, KeyDerivation derivation, KdfParameters parameters, SecureRandom random)
            throws StoreException {
        byte[] salt = new byte[SALT];
        byte[] nonce = new byte[Gcm.NONCE];
        random.nextBytes(salt);
        random.nextBytes(nonce);
        byte[] secret = Passphrases.encode(passphrase);
        try (SecretBytes key = derivation.derive(secret, salt, parameters, Gcm.KEY)) {
            byte[] sealed = Gcm.seal(key.expose(), nonce, associated(head(parameters, salt)), storeKey);
            return new KeyWrap(parameters, salt, nonce, sealed);
        } catch (KdfMemoryException e) {
            throw new StoreException(e.getMessage(), e);
        } finally {
            StoreKeys.wipe(secret);
        }
    }

    /**
     * The store key. One derivation and one opening of an AEAD, whatever the passphrase.
     *
     * @param derivation of the parameters' id
     * @return the caller's to wipe
     * @throws WrongPassphraseException when it does not open
     * @throws StoreException when this process has not the memory that the derivation needs
     */
    SecretBytes unwrap(char[] passphrase, KeyDerivation derivation) throws StoreException {
        byte[] secret = Passphrases.encode(passphrase);
        try (SecretBytes key = derivation.derive(secret, salt, parameters, Gcm.KEY)) {
            return SecretBytes.wrap(Gcm.open(key.expose(), nonce, associated(head(parameters, salt)), sealed));
        } catch (AEADBadTagException e) {
            // The cause would say no more than this.
            throw new WrongPassphraseException();
        } catch (KdfMemoryException e) {
            throw new StoreException(e.getMessage(), e);
        } finally {
            StoreKeys.wipe(secret);
        }
    }

    byte[] encode() {
        return ByteBuffer.allocate(HEAD + Gcm.NONCE + sealed.length)
                .put(head(parameters, salt))
                .put(nonce)
                .put(sealed)
                .array();
    }

    /** @throws StoreException when no {@link #encode} made it, or its derivation is outside the limits (PROTOCOL 2.1) */
    static KeyWrap decode(byte[] encoded) throws StoreException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(encoded);
            KdfId id = KdfId.ofProtocol(buffer.get()).orElseThrow(IllegalArgumentException::new);
            KdfParameters parameters = KdfLimits.parameters(
                    id, Byte.toUnsignedInt(buffer.get()), buffer.getInt(), Byte.toUnsignedInt(buffer.get()));
            byte[] salt = new byte[SALT];
            byte[] nonce = new byte[Gcm.NONCE];
            byte[] sealed = new byte[STORE_KEY + Gcm.TAG];
            buffer.get(salt).get(nonce).get(sealed);
            return new KeyWrap(parameters, salt, nonce, sealed);
        } catch (KdfLimitsException e) {
            throw new StoreException(
                    "the store's wrapped key is damaged, or somebody changed it: " + e.getMessage()
                            + "; restore a backup",
                    e);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw new StoreException("the store's wrapped key is damaged: restore a backup", e);
        }
    }

    private static byte[] head(KdfParameters parameters, byte[] salt) {
        return ByteBuffer.allocate(HEAD)
                .put((byte) parameters.id().code())
                .put((byte) parameters.timeCost())
                .putInt(parameters.memory())
                .put((byte) parameters.parallelism())
                .put(salt)
                .array();
    }

    private static byte[] associated(byte[] head) {
        byte[] associated = Arrays.copyOf(LABEL, LABEL.length + head.length);
        System.arraycopy(head, 0, associated, LABEL.length, head.length);
        return associated;
    }

    @Override
    public String toString() {
        return "KeyWrap[" + parameters + "]";
    }
}
