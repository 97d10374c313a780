package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.store.StoreException;

/**
 * This home's share of the keys of a store in an external database. The passphrase opens nothing without it: once the
 * shares of all homes are erased, each copy of the database is noise (dumps, logs, replicas, dead rows).
 *
 * <p>A row of the database identifies the share that it needs: the first 8 bytes of the share's hash, and 16 random
 * bytes. Each new store derives its share from the previous one, with HKDF-SHA256 and those bytes, and the previous
 * share is overwritten. So another home that has the previous share can follow without being sent anything, and no home
 * can go back.
 */
final class KeyShare {
    private static final int ID = 8;
    private static final int STEP = 16;
    private static final byte[] SHARE_INFO = "partyline/store share".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEY_INFO = "partyline/store key of share".getBytes(StandardCharsets.US_ASCII);
    private static final String ID_INFO = "partyline/store share id";

    /**
     * A share of the store's keys.
     *
     * @param secret the owner closes it
     * @param row its row in the database
     */
    record Share(SecretBytes secret, byte[] row) implements AutoCloseable {
        private byte[] key(byte[] storeKey) {
            return Hkdf.derive(storeKey, secret.expose(), KEY_INFO, KeyWrap.STORE_KEY);
        }

        @Override
        public void close() {
            secret.close();
        }

        /** Does not show the contents. */
        @Override
        public String toString() {
            return "Share";
        }
    }

    /**
     * The keys that seal a store: derived from the store key alone or, with a share, from both.
     *
     * @param share is closed by this
     * @param storeKey the key that the passphrase wraps; the caller wipes it
     */
    static StoreKeys keys(Optional<Share> share, byte[] storeKey, SecureRandom random) {
        if (share.isEmpty()) {
            return new StoreKeys(storeKey, random);
        }
        try (Share own = share.get()) {
            byte[] key = own.key(storeKey);
            try {
                return new StoreKeys(key, random);
            } finally {
                StoreKeys.wipe(key);
            }
        }
    }

    private final Path file;
    private final KeyErasure erasure;
    private final SecureRandom random;

    /** @param file the key file in the home */
    KeyShare(Path file, SecureRandom random) {
        this.file = file;
        this.erasure = new KeyErasure(file);
        this.random = random;
    }

    /** Returns the directory of the key file. */
    Path directory() {
        return file.toAbsolutePath().getParent();
    }

    private KeyFile open() throws IOException {
        Path directory = directory();
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return KeyFile.open(file, random);
    }

    /**
     * Creates the share of a store that is about to be created. When this returns it is on the disk, beside that of the
     * present store.
     *
     * @param present the row of the present store's share; empty if there is none
     * @return the caller closes it
     */
    Share next(Optional<byte[]> present) throws StoreException {
        byte[] step = new byte[STEP];
        random.nextBytes(step);
        byte[] before = new byte[KeyFile.SECRET];
        random.nextBytes(before);
        try (KeyFile keys = open()) {
            List<SecretBytes> held = keys.secrets();
            // The share of the present store, if any: a newer one belongs to a store that was not completed.
            held.stream()
                    .filter(each -> present.isPresent() && fits(each.expose(), present.get()))
                    .findFirst()
                    .or(() -> held.stream().findFirst())
                    .ifPresent(each -> System.arraycopy(each.expose(), 0, before, 0, before.length));
            if (held.size() > 1) {
                keys.keepOnly(before);
            }
            held.forEach(SecretBytes::close);
            byte[] secret = step(before, step);
            erasure.add(keys, secret);
            byte[] row = Arrays.copyOf(id(secret), ID + STEP);
            System.arraycopy(step, 0, row, ID, STEP);
            return new Share(SecretBytes.wrap(secret), row);
        } catch (IOException e) {
            throw unusable(e);
        } finally {
            StoreKeys.wipe(before);
        }
    }

    /**
     * The share that a database needs. Every other share in the file is erased.
     *
     * @param row its row in the database
     * @return the caller closes it
     * @throws StoreException if this home has another share, or none
     */
    Share of(byte[] row) throws StoreException {
        if (row.length != ID + STEP) {
            throw new StoreException("the database's data about this store's keys is damaged: restore a backup");
        }
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw missing("has no share of the store's keys");
        }
        try (KeyFile keys = open()) {
            List<SecretBytes> held = keys.secrets();
            try {
                return new Share(SecretBytes.wrap(find(keys, held, row)), row);
            } finally {
                held.forEach(SecretBytes::close);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private byte[] find(KeyFile keys, List<SecretBytes> held, byte[] row) throws IOException, StoreException {
        for (SecretBytes each : held) {
            if (fits(each.expose(), row)) {
                byte[] secret = each.expose().clone();
                if (held.size() > 1) {
                    keys.keepOnly(secret);
                }
                return secret;
            }
        }
        byte[] step = Arrays.copyOfRange(row, ID, row.length);
        for (SecretBytes each : held) {
            byte[] secret = step(each.expose(), step);
            if (fits(secret, row)) {
                erasure.add(keys, secret);
                keys.keepOnly(secret);
                return secret;
            }
        }
        throw missing("has the share of another store's keys");
    }

    private static byte[] step(byte[] secret, byte[] step) {
        return Hkdf.derive(secret, step, SHARE_INFO, KeyFile.SECRET);
    }

    private static boolean fits(byte[] secret, byte[] row) {
        return MessageDigest.isEqual(id(secret), Arrays.copyOf(row, ID));
    }

    private static byte[] id(byte[] secret) {
        return Hkdf.derive(secret, ID_INFO, ID);
    }

    /** Overwrites the share in place. */
    void overwrite() throws IOException {
        erasure.overwrite();
    }

    /** Overwrites and deletes the file. Does nothing if it does not exist. */
    void destroy() throws IOException {
        erasure.destroy();
    }

    private StoreException missing(String what) {
        return new StoreException("this server " + what + " in " + file
                + ": copy that file from the server that opens the store (docs/ha.md)");
    }

    private StoreException unusable(IOException cause) {
        return new StoreException(
                "the file " + file
                        + " with this server's share of the store's keys cannot be used: check the disk and the file's owner",
                cause);
    }
}
