package org.partyline.vault;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.Faults;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages the unlocked state: builds it when the store was opened, rebuilds it when its chains were replaced, and wipes
 * it.
 */
public final class StateKeeper {
    /** The name of the first persona until it gets another. */
    static final String FIRST_PERSONA = "me";

    private static final Logger LOG = LoggerFactory.getLogger(StateKeeper.class);

    private boolean loaded;

    private final Store store;
    private final StateGuard guard;
    private final OperatorSettings settings;
    private final Protocols protocols;
    private final EventHub events;
    private final Participants participants;
    private final Continuity continuity;
    private final Runnable onUnreadable;

    /** @param onUnreadable runs, with the state lock held, after a store that cannot be read was locked */
    public StateKeeper(
            Store store,
            StateGuard guard,
            OperatorSettings settings,
            Protocols protocols,
            EventHub events,
            Participants participants,
            Continuity continuity,
            Runnable onUnreadable) {
        this.store = store;
        this.guard = guard;
        this.settings = settings;
        this.protocols = protocols;
        this.events = events;
        this.participants = participants;
        this.continuity = continuity;
        this.onUnreadable = onUnreadable;
    }

    /**
     * Rebuilds memory from an open store, also after the vault was restarted beside a store that stayed open.
     *
     * <p>An empty store was begun by a duress passphrase. It is closed, rewritten and read again, so that its file is
     * as long as that of an empty store that was created earlier.
     */
    public void load() throws StoreException {
        if (fill()) {
            close();
            try {
                store.compact();
            } catch (StoreException e) {
                // Its file is shorter in that case. No line reports that: the log must not reveal that the store is
                // new.
                LOG.debug("A store whose creation was interrupted is not rewritten: {}", Faults.reason(e));
            }
            fill();
        }
    }

    /** @return whether the store was empty */
    private boolean fill() throws StoreException {
        // The settings say how long data is kept: without settings, nothing is begun.
        settings.get();
        try {
            boolean empty = ensurePersona();
            guard.update(tx -> participants.load(tx));
            continuity.enter();
            if (!loaded) {
                beginNewChains();
            }
            loaded = true;
            protocols.made();
            guard.setLoaded();
            return empty;
        } catch (StoreException | RuntimeException e) {
            try {
                guard.wipe();
            } catch (IllegalStateException failed) {
                e.addSuppressed(failed);
            } finally {
                store.lock();
                events.forget();
                onUnreadable.run();
            }
            throw e;
        }
    }

    /**
     * Rebuilds memory if another bundle's chains replaced those it was built with, or if nothing could be read when the
     * store was opened. The chains themselves continue: their state is in the store. Hold the lock.
     */
    public void reload() throws StoreException {
        close();
        load();
    }

    private void close() {
        if (guard.isLoaded()) {
            participants.settle();
            guard.wipe();
            continuity.leave();
        }
    }

    /**
     * After a start, our next messages begin new chains: the files may be a restored copy, and then the chains'
     * positions were used by messages that were sent since.
     */
    private void beginNewChains() throws StoreException {
        guard.update(tx -> {
            for (StoredRecord chain : tx.list(SendChainRecord.TABLE)) {
                tx.delete(SendChainRecord.TABLE, chain.key());
            }
        });
    }

    /**
     * A duress passphrase begins a store without a persona, as does a crash between a store's creation and its first
     * record.
     */
    private boolean ensurePersona() throws StoreException {
        return guard.transact(tx -> {
            boolean none = tx.count(PersonaRecord.TABLE) == 0;
            if (none) {
                int id = (int) Tables.next(tx, "persona");
                tx.put(
                        PersonaRecord.TABLE,
                        Keys.of(id),
                        Keys.ALL,
                        Cbor.write(new PersonaRecord(id, FIRST_PERSONA, true)),
                        null);
            }
            return none;
        });
    }

    /** Whatever fails on the way, the keys of the store are wiped. */
    void forget() {
        try {
            guard.wipe();
        } finally {
            try {
                events.forget();
                continuity.leave();
            } finally {
                store.lock();
            }
        }
    }

    /** Returns warnings for the operator: see {@link Continuity#warnings}, and those of each part of the state. */
    List<String> warnings() {
        List<String> all = new ArrayList<>(continuity.warnings());
        guard.lock();
        try {
            if (guard.isLoaded()) {
                all.addAll(participants.warnings());
            }
        } catch (StoreException e) {
            LOG.warn("whether a copy of this server is in use is unknown: {}", e.getMessage());
        } finally {
            guard.unlock();
        }
        return all;
    }

    /** Returns whether the store is open and its content in memory. Hold the lock. */
    boolean isLoaded() {
        return guard.isOpen() && guard.isLoaded();
    }
}
