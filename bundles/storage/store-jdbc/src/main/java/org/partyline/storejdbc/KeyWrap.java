package org.partyline.storejdbc;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;
import javax.crypto.AEADBadTagException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfMemoryException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;

/**
 * The store key, wrapped by a passphrase, as stored in the database in clear.
 *
 * <p>There are always two slots. The first contains the store key. The second contains the data with which a duress
 * passphrase begins an empty store; without a duress passphrase it is random bytes, and nobody can tell the difference.
 * A key is derived from a passphrase once, with the common salt; HKDF derives a key for each slot from it, and both
 * slots are tried, in this order, whatever the result of the first.
 *
 * <p>Layout: derivation id (1 byte), time cost (1), memory (4), parallelism (1), salt (32), and for each slot a nonce
 * (12) and 64 bytes, sealed (80). Everything before the slots is authenticated with each slot, and so is the slot's
 * number.
 *
 * <p>The salt and the costs stay when the passphrase changes, since the key of the duress passphrase, which is not
 * known then, was derived with them. A key seals with a new random nonce each time, and only when a passphrase is set.
 *
 * @param parameters the cost of the derivation
 * @param salt 32 random bytes, new for each store
 * @param first nonce and store key under AES-256-GCM
 * @param second nonce and the data of an empty store, or random bytes
 */
record KeyWrap(KdfParameters parameters, byte[] salt, byte[] first, byte[] second) {
    /** Length of the store key in bytes. */
    static final int STORE_KEY = 32;

    private static final int SALT = 32;
    private static final int HEAD = 7 + SALT;
    private static final int CONTENT = STORE_KEY + SALT;
    private static final int SLOT = Gcm.NONCE + CONTENT + Gcm.TAG;
    private static final byte[] LABEL = "partyline/store wrap".getBytes(StandardCharsets.US_ASCII);
    private static final String[] SLOT_INFO = {"partyline/store slot 1", "partyline/store slot 2"};

    /**
     * The result of opening with a passphrase.
     *
     * @param storeKey the store key; empty for the duress passphrase
     * @param next the data of an empty store; empty for the store's passphrase
     */
    record Opened(Optional<SecretBytes> storeKey, Optional<Beginning> next) implements AutoCloseable {
        @Override
        public void close() {
            storeKey.ifPresent(SecretBytes::close);
            next.ifPresent(Beginning::close);
        }
    }

    /**
     * A prepared empty store, so that a duress passphrase costs one derivation, like any passphrase.
     *
     * @param salt the salt of its wrapped key
     * @param root derived from the passphrase with that salt
     */
    record Beginning(byte[] salt, SecretBytes root) implements AutoCloseable {
        @Override
        public void close() {
            root.close();
        }

        @Override
        public String toString() {
            return "Beginning";
        }
    }

    /** Wraps the key of a new store. @param passphrase and storeKey: the caller wipes it */
    static KeyWrap wrap(
            byte[] storeKey, char[] passphrase, KeyDerivation derivation, KdfParameters parameters, SecureRandom random)
            throws StoreException {
        byte[] salt = random(SALT, random);
        try (SecretBytes root = derive(passphrase, salt, derivation, parameters)) {
            return of(parameters, salt, root, storeKey, random(SLOT, random), random);
        }
    }

    /** Wraps the key of the empty store that a duress passphrase opens. @param storeKey the caller wipes it */
    KeyWrap begin(Beginning beginning, byte[] storeKey, SecureRandom random) {
        return of(parameters, beginning.salt(), beginning.root(), storeKey, random(SLOT, random), random);
    }

    private static KeyWrap of(
            KdfParameters parameters,
            byte[] salt,
            SecretBytes root,
            byte[] storeKey,
            byte[] second,
            SecureRandom random) {
        return new KeyWrap(parameters, salt, sealFirst(parameters, salt, root, storeKey, random), second);
    }

    private static byte[] sealFirst(
            KdfParameters parameters, byte[] salt, SecretBytes root, byte[] storeKey, SecureRandom random) {
        byte[] content = random(CONTENT, random);
        System.arraycopy(storeKey, 0, content, 0, STORE_KEY);
        try {
            return seal(0, parameters, salt, root, content, random);
        } finally {
            StoreKeys.wipe(content);
        }
    }

    /**
     * The same store key under another passphrase; the second slot does not change.
     *
     * @throws StoreException if the passphrase is the duress passphrase
     */
    KeyWrap withPassphrase(byte[] storeKey, char[] passphrase, KeyDerivation derivation, SecureRandom random)
            throws StoreException {
        try (SecretBytes root = derive(passphrase, salt, derivation, parameters);
                SecretBytes other = SecretBytes.wrap(trySlot(1, root))) {
            if (other.length() > 0) {
                throw new StoreException("this is the duress passphrase, which erases the store: choose another one");
            }
            return of(parameters, salt, root, storeKey, second, random);
        }
    }

    /**
     * With a duress passphrase.
     *
     * @throws StoreException if it is the store's passphrase
     */
    KeyWrap withDuress(char[] duress, KeyDerivation derivation, SecureRandom random) throws StoreException {
        byte[] nextSalt = random(SALT, random);
        byte[] content = new byte[CONTENT];
        try (SecretBytes root = derive(duress, salt, derivation, parameters);
                SecretBytes same = SecretBytes.wrap(trySlot(0, root));
                SecretBytes nextRoot = derive(duress, nextSalt, derivation, parameters)) {
            if (same.length() > 0) {
                throw new StoreException("this is the store's passphrase: choose another one for duress");
            }
            System.arraycopy(nextSalt, 0, content, 0, SALT);
            System.arraycopy(nextRoot.expose(), 0, content, SALT, STORE_KEY);
            return new KeyWrap(parameters, salt, first, seal(1, parameters, salt, root, content, random));
        } finally {
            StoreKeys.wipe(content);
        }
    }

    /** Without a duress passphrase, which looks the same. */
    KeyWrap withoutDuress(SecureRandom random) {
        return new KeyWrap(parameters, salt, first, random(SLOT, random));
    }

    /**
     * One derivation, and an attempt at each slot, whatever the passphrase is.
     *
     * @param derivation of the parameters' id
     * @return the caller closes it
     * @throws WrongPassphraseException if it opens neither
     * @throws StoreException if this process does not have enough memory for the derivation
     */
    Opened open(char[] passphrase, KeyDerivation derivation) throws StoreException {
        return open(passphrase, derivation, slot -> {});
    }

    /** @param tried receives each slot before it is tried */
    Opened open(char[] passphrase, KeyDerivation derivation, IntConsumer tried) throws StoreException {
        byte[] one = new byte[0];
        byte[] two = new byte[0];
        try (SecretBytes root = derive(passphrase, salt, derivation, parameters)) {
            tried.accept(0);
            one = trySlot(0, root);
            tried.accept(1);
            two = trySlot(1, root);
            if (one.length > 0) {
                return new Opened(Optional.of(SecretBytes.wrap(Arrays.copyOf(one, STORE_KEY))), Optional.empty());
            }
            if (two.length > 0) {
                return new Opened(
                        Optional.empty(),
                        Optional.of(new Beginning(
                                Arrays.copyOf(two, SALT), SecretBytes.wrap(Arrays.copyOfRange(two, SALT, CONTENT)))));
            }
            throw new WrongPassphraseException();
        } finally {
            StoreKeys.wipe(one, two);
        }
    }

    /** @return empty if the slot does not open */
    private byte[] trySlot(int number, SecretBytes root) {
        byte[] slot = number == 0 ? first : second;
        byte[] key = slotKey(number, root);
        try {
            return Gcm.open(
                    key,
                    Arrays.copyOf(slot, Gcm.NONCE),
                    numbered(number, parameters, salt),
                    Arrays.copyOfRange(slot, Gcm.NONCE, slot.length));
        } catch (AEADBadTagException e) {
            return new byte[0];
        } finally {
            StoreKeys.wipe(key);
        }
    }

    private static byte[] slotKey(int number, SecretBytes root) {
        return Hkdf.derive(root.expose(), SLOT_INFO[number], Gcm.KEY);
    }

    private static byte[] seal(
            int number, KdfParameters parameters, byte[] salt, SecretBytes root, byte[] content, SecureRandom random) {
        byte[] nonce = random(Gcm.NONCE, random);
        byte[] key = slotKey(number, root);
        try {
            byte[] sealed = Gcm.seal(key, nonce, numbered(number, parameters, salt), content);
            return ByteBuffer.allocate(SLOT).put(nonce).put(sealed).array();
        } finally {
            StoreKeys.wipe(key);
        }
    }

    private static SecretBytes derive(
            char[] passphrase, byte[] salt, KeyDerivation derivation, KdfParameters parameters) throws StoreException {
        byte[] secret = PassphraseEncoding.encode(passphrase);
        try {
            return derivation.derive(secret, salt, parameters, Gcm.KEY);
        } catch (KdfMemoryException e) {
            throw new StoreException(e.getMessage(), e);
        } finally {
            StoreKeys.wipe(secret);
        }
    }

    private static byte[] random(int length, SecureRandom random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    byte[] encode() {
        return ByteBuffer.allocate(HEAD + first.length + second.length)
                .put(head(parameters, salt))
                .put(first)
                .put(second)
                .array();
    }

    /**
     * @throws StoreException if it is not a result of {@link #encode}, or its derivation is outside the limits
     *     (PROTOCOL 2.1)
     */
    static KeyWrap decode(byte[] encoded) throws StoreException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(encoded);
            KdfId id = KdfId.ofProtocol(buffer.get()).orElseThrow(IllegalArgumentException::new);
            KdfParameters parameters = KdfLimits.parameters(
                    id, Byte.toUnsignedInt(buffer.get()), buffer.getInt(), Byte.toUnsignedInt(buffer.get()));
            byte[] salt = new byte[SALT];
            byte[] first = new byte[SLOT];
            byte[] second = new byte[SLOT];
            buffer.get(salt).get(first).get(second);
            if (buffer.hasRemaining()) {
                throw new IllegalArgumentException("too long");
            }
            return new KeyWrap(parameters, salt, first, second);
        } catch (KdfLimitsException e) {
            throw new StoreException(
                    "the store's wrapped key is damaged or was changed: " + e.getMessage() + "; restore a backup", e);
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

    private static byte[] numbered(int number, KdfParameters parameters, byte[] salt) {
        return ByteBuffer.allocate(LABEL.length + HEAD + 1)
                .put(LABEL)
                .put(head(parameters, salt))
                .put((byte) number)
                .array();
    }

    @Override
    public String toString() {
        return "KeyWrap[" + parameters + "]";
    }
}
