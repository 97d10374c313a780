package org.partyline.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.fees.SpentRecords;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.store.Keys;

/** A transaction of the store as cover traffic sees it: its own records, and where personas talk. */
public final class StoreCoverTransaction implements CoverTransaction {
    /** The table of what was ordered. */
    public static final String PLANS = "cover";
    /** The table of what is remembered of what was sent. */
    public static final String SIZES = "sent-sizes";
    /** The group of plans that cover traffic is to run by. */
    static final byte[] ORDERED = Keys.of("ordered");

    private final Core core;
    private final StoreTransaction tx;

    public StoreCoverTransaction(Core core, StoreTransaction tx) {
        this.core = core;
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
        return SpentRecords.sums(core.now(), tx, persona).coverDay();
    }

    @Override
    public Set<Network> networks(int persona) throws StoreException {
        return core.open(memory -> memory.conversations.networks(persona));
    }

    @Override
    public int persona(Optional<String> name) throws PartylineException {
        return Core.persona(tx, name).id();
    }

    @Override
    public String name(int persona) throws StoreException {
        return core.open(memory -> memory.personas.name(persona));
    }
}
