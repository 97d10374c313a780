package org.partyline.messaging.schedule;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;

/** A store transaction as seen by cover traffic: its own records, and the networks of personas' conversations. */
public final class StoreCoverTransaction implements CoverTransaction {
    /** The table of orders. */
    public static final String PLANS = "cover";
    /** The table of sizes of sent packets. */
    public static final String SIZES = "sent-sizes";
    /** The group of plans whose cover traffic should run. */
    static final byte[] ORDERED = Keys.of("ordered");

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final StoreTransaction tx;

    StoreCoverTransaction(StateGuard guard, Clock clock, StoreTransaction tx) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.tx = tx;
    }

    @Override
    public Optional<byte[]> plan(int persona) throws StoreException {
        return tx.get(PLANS, Keys.of(persona));
    }

    @Override
    public List<byte[]> plans() throws StoreException {
        List<byte[]> plans = new ArrayList<>();
        tx.list(PLANS).forEach(plan -> plans.add(plan.value()));
        return plans;
    }

    @Override
    public void putPlan(int persona, boolean ordered, byte[] plan) throws StoreException {
        tx.put(PLANS, Keys.of(persona), ordered ? ORDERED : Keys.ALL, plan, null);
    }

    @Override
    public Optional<byte[]> sizes(int persona) throws StoreException {
        return tx.get(SIZES, Keys.of(persona));
    }

    @Override
    public void putSizes(int persona, byte[] sizes) throws StoreException {
        tx.put(SIZES, Keys.of(persona), Keys.ALL, sizes, null);
    }

    @Override
    public long spent(int persona) throws StoreException {
        return SpentRecords.sums(clock.instant(), tx, persona).coverDay();
    }

    @Override
    public Set<Network> networks(int persona) throws StoreException {
        return guard.open(() -> people.conversations.networks(persona));
    }

    @Override
    public Optional<String> whySilent(int persona) throws StoreException {
        return guard.open(() ->
                people.personas.isCopy(persona) ? Optional.of(people.personas.readsOnly(persona)) : Optional.empty());
    }

    @Override
    public int persona(Optional<String> name) throws PartylineException {
        return PersonaRecord.named(tx, name).id();
    }

    @Override
    public String name(int persona) throws StoreException {
        return guard.open(() -> people.personas.name(persona));
    }
}
