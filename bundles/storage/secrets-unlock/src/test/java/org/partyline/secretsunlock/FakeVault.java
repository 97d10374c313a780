package org.partyline.secretsunlock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;

/** A vault that knows its own passphrase and key, and those of another store. */
final class FakeVault implements Vault {
    static final String PASSPHRASE = "the passphrase";
    static final String OTHER_PASSPHRASE = "another store's passphrase";

    final byte[] key = new byte[32];
    Store.State state = Store.State.LOCKED;
    int tries;
    /** The last passphrase passed to it: the array itself. */
    char[] handed;
    /** The secrets that it returned, which the caller must wipe. */
    final List<SecretBytes> given = new ArrayList<>();

    RuntimeException broken;
    Error error;

    FakeVault() {
        Arrays.fill(key, (byte) 7);
    }

    @Override
    public Store.State state() {
        if (error != null) {
            throw error;
        }
        if (broken != null) {
            throw broken;
        }
        return state;
    }

    @Override
    public void create(char[] passphrase) {
        state = Store.State.OPEN;
    }

    @Override
    public void unlock(char[] passphrase) throws StoreException {
        tries++;
        handed = passphrase;
        check(passphrase);
        state = Store.State.OPEN;
    }

    private static void check(char[] passphrase) throws WrongPassphraseException {
        if (!PASSPHRASE.equals(new String(passphrase))) {
            throw new WrongPassphraseException();
        }
    }

    @Override
    public void unlock(SecretBytes storeKey) throws StoreException {
        tries++;
        if (!Arrays.equals(key, storeKey.expose())) {
            throw new WrongPassphraseException();
        }
        state = Store.State.OPEN;
    }

    @Override
    public void changePassphrase(char[] oldPassphrase, char[] newPassphrase) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SecretBytes storeKey(char[] passphrase) throws StoreException {
        handed = passphrase;
        byte[] found = key.clone();
        if (OTHER_PASSPHRASE.equals(new String(passphrase))) {
            Arrays.fill(found, (byte) 8);
        } else {
            check(passphrase);
        }
        given.add(SecretBytes.wrap(found));
        return given.get(given.size() - 1);
    }

    @Override
    public void lock() {
        state = Store.State.LOCKED;
    }

    @Override
    public long collected() {
        return 0;
    }

    @Override
    public long dropped() {
        return 0;
    }
}
