package org.partyline.vault;

import java.util.List;
import org.partyline.api.Faults;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and locks the store and its state in memory. */
public final class VaultService implements Vault {
    private static final Logger LOG = LoggerFactory.getLogger(VaultService.class);

    private final Store store;
    private final StateGuard guard;
    private final Recognition recognition;
    private final Participants participants;
    private final SecurityLog security;
    private final StateKeeper keeper;
    private final Runnable onLocked;

    /** @param onLocked runs after the store was locked, without the state lock */
    public VaultService(
            Store store,
            StateGuard guard,
            Recognition recognition,
            Participants participants,
            SecurityLog security,
            StateKeeper keeper,
            Runnable onLocked) {
        this.store = store;
        this.guard = guard;
        this.recognition = recognition;
        this.participants = participants;
        this.security = security;
        this.keeper = keeper;
        this.onLocked = onLocked;
    }

    @Override
    public Store.State state() {
        return store.state();
    }

    @Override
    public void create(char[] passphrase) throws StoreException {
        guard.lock();
        try {
            participants.require();
            store.create(passphrase);
            guard.update(tx -> {
                int id = (int) Tables.next(tx, "persona");
                PersonaRecord first = new PersonaRecord(id, StateKeeper.FIRST_PERSONA, true);
                tx.put(PersonaRecord.TABLE, Keys.of(id), Keys.ALL, Cbor.write(first), null);
            });
            keeper.load();
        } finally {
            guard.unlock();
        }
        participants.opened();
        LOG.info("the store was created");
    }

    @Override
    public void unlock(char[] passphrase) throws StoreException {
        unlock(() -> store.unlock(passphrase));
    }

    @Override
    public void unlock(SecretBytes storeKey) throws StoreException {
        unlock(() -> store.unlock(storeKey));
    }

    /** Opens the store in one of several ways. */
    @FunctionalInterface
    private interface Opening {
        void open() throws StoreException;
    }

    private void unlock(Opening opening) throws StoreException {
        guard.lock();
        try {
            if (keeper.isLoaded()) {
                return;
            }
            participants.require();
            participants.opening();
            try {
                opening.open();
            } catch (WrongPassphraseException e) {
                security.record("unlock-refused", "a wrong passphrase or key was given");
                throw e;
            }
            keeper.load();
        } finally {
            guard.unlock();
        }
        participants.opened();
        security.recordOwn("unlocked", "the store was opened");
        LOG.info("the store is open");
    }

    @Override
    public void changePassphrase(char[] oldPassphrase, char[] newPassphrase) throws StoreException {
        store.changePassphrase(oldPassphrase, newPassphrase);
        security.record("passphrase-changed", "the store's passphrase was changed");
    }

    /**
     * {@inheritDoc} No line of the audit log reports this: its readers must not learn that a duress passphrase exists.
     */
    @Override
    public void setDuress(char[] passphrase, char[] duress) throws StoreException {
        store.setDuress(passphrase, duress);
    }

    @Override
    public void removeDuress(char[] passphrase) throws StoreException {
        store.removeDuress(passphrase);
    }

    @Override
    public SecretBytes storeKey(char[] passphrase) throws StoreException {
        SecretBytes key = store.storeKey(passphrase);
        security.record("store-key-given", "the store key was stored in another place");
        return key;
    }

    @Override
    public void lock() {
        try {
            lockState();
        } finally {
            onLocked.run();
        }
        security.recordOwn("locked", "the store was locked");
        LOG.info("the store is locked");
    }

    private void lockState() {
        guard.lock();
        try {
            try {
                participants.settle();
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("pending writes were discarded: the nodes report them again ({})", Faults.reason(e));
            }
            keeper.forget();
        } finally {
            guard.unlock();
        }
    }

    /** So that every packet that has arrived is counted. */
    private void settleWrites() {
        guard.lock();
        try {
            participants.settle();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public long dropped() {
        settleWrites();
        try {
            return store.dropped().values().stream().mapToLong(Long::longValue).sum();
        } catch (StoreException e) {
            LOG.warn("dropped packets cannot be counted: {}", e.getMessage());
            return 0;
        }
    }

    @Override
    public int deriving() {
        guard.lock();
        try {
            return recognition.secrets.underived();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public List<String> warnings() {
        return keeper.warnings();
    }

    @Override
    public long collected() {
        settleWrites();
        try {
            return store.state() == Store.State.LOCKED ? store.collected() : 0;
        } catch (StoreException e) {
            LOG.warn("collected packets cannot be counted: {}", e.getMessage());
            return 0;
        }
    }
}
