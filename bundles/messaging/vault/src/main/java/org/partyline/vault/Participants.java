package org.partyline.vault;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.state.StateParticipant;

/** Treats all participants in the state as one: asks each that is available, in their order. Names no stage. */
public final class Participants implements StateOwner {
    private final Operations operations;
    private final RequiredServices needs;
    private final Map<Integer, Live<StateOwner>> owners = new ConcurrentHashMap<>();
    private final Map<Integer, Live<StateParticipant>> others = new ConcurrentHashMap<>();

    /** @param needs the services of the layers below that loading requires */
    public Participants(Operations operations, RequiredServices needs) {
        this.operations = operations;
        this.needs = needs;
    }

    public void add(StateOwner owner) {
        owners.computeIfAbsent(owner.place(), place -> new Live<>(operations, StateOwner.class))
                .set(owner);
    }

    /** Waits for the operations that use it. */
    public void remove(StateOwner owner) {
        unset(owners.get(owner.place()), owner);
    }

    public void add(StateParticipant participant) {
        others.computeIfAbsent(participant.place(), place -> new Live<>(operations, StateParticipant.class))
                .set(participant);
    }

    /** Waits for the operations that use it. */
    public void remove(StateParticipant participant) {
        unset(others.get(participant.place()), participant);
    }

    private static <T> void unset(@Nullable Live<T> place, T former) {
        if (place != null) {
            place.unset(former);
        }
    }

    /** Returns whether the state can be loaded, for the current operation. */
    boolean areHere() {
        return needs.areHere() && isComplete(owners.values(), StateOwner.class);
    }

    /** Returns whether no participant is missing, not even one that loading does not need. */
    boolean areAllHere() {
        return areHere() && isComplete(others.values(), StateParticipant.class);
    }

    private boolean isComplete(Collection<? extends Live<?>> present, Class<?> type) {
        return present.stream().filter(Live::isHere).count() >= operations.providers(type);
    }

    /** @throws AbsentException if a participant is missing; says which bundle */
    public void require() {
        needs.require();
        if (!isComplete(owners.values(), StateOwner.class)) {
            // This reference is never set, so its message is that of any missing participant.
            RequiredServices.of(new Live<>(operations, StateOwner.class)).require();
        }
    }

    @Override
    public int place() {
        return 0;
    }

    /** Work with one participant. */
    private interface Work<P, X extends Exception> {
        void with(P participant) throws X;
    }

    /** Runs a task for each available participant, in their order. The tasks do not depend on one another. */
    void forEach(Consumer<StateParticipant> task) {
        each(task::accept);
    }

    private <X extends Exception> void each(Work<StateParticipant, X> work) throws X {
        operations.enter();
        try {
            Map<Integer, StateParticipant> here = new TreeMap<>();
            put(owners, here);
            put(others, here);
            for (StateParticipant participant : here.values()) {
                work.with(participant);
            }
        } finally {
            operations.leave();
        }
    }

    private <X extends Exception> void eachOwner(Work<StateOwner, X> work) throws X {
        operations.enter();
        try {
            require();
            Map<Integer, StateOwner> here = new TreeMap<>();
            put(owners, here);
            for (StateOwner owner : here.values()) {
                work.with(owner);
            }
        } finally {
            operations.leave();
        }
    }

    private static <P> void put(Map<Integer, ? extends Live<? extends P>> all, Map<Integer, P> here) {
        all.forEach((place, live) -> {
            if (live.isHere()) {
                here.put(place, live.service());
            }
        });
    }

    @Override
    public void opening() {
        each(StateParticipant::opening);
    }

    /** @throws AbsentException if a participant is missing; says which bundle */
    @Override
    public void load(StoreTransaction tx) throws StoreException {
        require();
        this.<StoreException>each(participant -> participant.load(tx));
    }

    @Override
    public void opened() {
        each(StateParticipant::opened);
    }

    @Override
    public void settle() {
        each(StateParticipant::settle);
    }

    @Override
    public void expired(StoreTransaction tx, AfterCommit after, List<StoredRecord> records) throws StoreException {
        this.<StoreException>eachOwner(owner -> owner.expired(tx, after, records));
    }

    @Override
    public boolean hasUsedKeys(StoreTransaction tx) throws StoreException {
        boolean[] used = {false};
        this.<StoreException>eachOwner(owner -> used[0] |= owner.hasUsedKeys(tx));
        return used[0];
    }

    @Override
    public void mend(StoreTransaction tx, AfterCommit after, String why) throws StoreException {
        this.<StoreException>eachOwner(owner -> owner.mend(tx, after, why));
    }

    @Override
    public List<String> warnings() throws StoreException {
        List<String> all = new ArrayList<>();
        this.<StoreException>each(participant -> {
            if (participant instanceof StateOwner owner) {
                all.addAll(owner.warnings());
            }
        });
        return all;
    }
}
