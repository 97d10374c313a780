package org.partyline.vault;

import java.util.List;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and locks the store, and its state in memory. */
public final class VaultService implements Vault {
    private static final Logger LOG = LoggerFactory.getLogger(VaultService.class);

    private final Store store;
    private final StateGuard guard;
    private final RequiredServices reading;
    private final SecurityLog security;
    private final StateKeeper keeper;
    private final Live<Reception> reception;
    private final Live<SendQueue> sender;
    private final Change change;

    /** Actions after the store was created or locked, without holding the state lock. */
    public interface Change {
        void made();

        void locked();
    }

    public VaultService(
            Store store,
            StateGuard guard,
            RequiredServices reading,
            SecurityLog security,
            StateKeeper keeper,
            Live<Reception> reception,
            Live<SendQueue> sender,
            Change change) {
        this.store = store;
        this.guard = guard;
        this.reading = reading;
        this.security = security;
        this.keeper = keeper;
        this.reception = reception;
        this.sender = sender;
        this.change = change;
    }

    @Override
    public Store.State state() {
        return store.state();
    }

    @Override
    public void create(char[] passphrase) throws StoreException {
        guard.lock();
        try {
            reading.require();
            store.create(passphrase);
            guard.transact(tx -> {
                int id = (int) Tables.next(tx, "persona");
                PersonaRecord first = new PersonaRecord(id, StateKeeper.FIRST_PERSONA, true);
                tx.put(PersonaRecord.TABLE, Keys.of(id), Keys.ALL, Cbor.write(first), null);
                return null;
            });
            keeper.load();
        } finally {
            guard.unlock();
        }
        change.made();
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
            reading.require();
            // Until what was collected is read no key goes.
            reception.notify(Reception::expectCollected);
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
        workOff();
        security.recordOwn("unlocked", "the store was opened");
        LOG.info("the store is open");
    }

    @Override
    public void changePassphrase(char[] oldPassphrase, char[] newPassphrase) throws StoreException {
        store.changePassphrase(oldPassphrase, newPassphrase);
        security.record("passphrase-changed", "the store's passphrase was changed");
    }

    /** {@inheritDoc} No line of the audit log says so: whoever reads it must not learn that there is one. */
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

    /** Takes up what waited for the store to be open. */
    public void workOff() {
        reception.notify(here -> {
            here.drainCollected();
            here.retryParked();
        });
        sender.notify(SendQueue::resume);
    }

    @Override
    public void lock() {
        guard.lock();
        try {
            try {
                reception.notify(Reception::settleWrites);
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("pending writes were discarded: the nodes report them again", e);
            }
            keeper.forget();
        } finally {
            guard.unlock();
        }
        change.locked();
        security.recordOwn("locked", "the store was locked");
        LOG.info("the store is locked");
    }

    /** So that what is counted is what came. */
    private void settleWrites() {
        guard.lock();
        try {
            reception.notify(Reception::settleWrites);
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
        return reception.isHere() ? reception.service().deriving() : 0;
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
