package org.partyline.secretsunlock;

import java.util.Arrays;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;

/** A vault that knows one passphrase and one key. */
final class FakeVault implements Vault {
    static final String PASSPHRASE = "the passphrase";

    final byte[] key = new byte[32];
    Store.State state = Store.State.LOCKED;
    int tries;
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
        check(passphrase);
        return SecretBytes.copyOf(key);
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
