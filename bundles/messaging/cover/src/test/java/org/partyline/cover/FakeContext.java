package org.partyline.cover;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverContext;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.api.store.StoreException;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.Statistics;

/** The server's services as set by a test, with records in memory. */
final class FakeContext implements CoverContext, CoverTransaction {
    static final int ME = 1;

    final HandSetClock clock = new HandSetClock();
    final Map<Integer, byte[]> plans = new TreeMap<>();
    final Set<Integer> ordered = new java.util.TreeSet<>();
    final Map<Integer, byte[]> sizes = new TreeMap<>();
    final Map<Integer, Long> spent = new TreeMap<>();
    final Set<Network> networks = EnumSet.of(Network.REGTEST);
    final Set<Network> ready = EnumSet.allOf(Network.class);
    final List<String> audited = new ArrayList<>();
    boolean mainnetAccepted;
    /** Why nobody sends anything; null if everyone may. */
    String silent;

    int maxPacket = 80;
    long most = 21;
    int asked;
    int changes;
    private final SecureRandom random = Statistics.seeded(11);

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public SecureRandom random() {
        return random;
    }

    @Override
    public boolean isReady(Network network) {
        return ready.contains(network);
    }

    @Override
    public boolean isAccepted(Network network) {
        return network != Network.MAINNET || mainnetAccepted;
    }

    @Override
    public void requireAccepted(Network network) throws PartylineException {
        if (!isAccepted(network)) {
            throw new PartylineException("it costs real money");
        }
    }

    @Override
    public int maxPacket(Network network) {
        return maxPacket;
    }

    @Override
    public long most(int persona, Network network) {
        asked++;
        return most;
    }

    @Override
    public void changed() {
        changes++;
    }

    @Override
    public void audit(String event, String detail) {
        audited.add(event);
    }

    @Override
    public <T, X extends Exception> T transact(Work<T, X> work) throws X, StoreException {
        return work.run(this);
    }

    @Override
    public Optional<byte[]> plan(int persona) {
        return Optional.ofNullable(plans.get(persona));
    }

    @Override
    public List<byte[]> plans() {
        return List.copyOf(plans.values());
    }

    @Override
    public void putPlan(int persona, boolean isOrdered, byte[] plan) {
        plans.put(persona, plan);
        if (isOrdered) {
            ordered.add(persona);
        } else {
            ordered.remove(persona);
        }
    }

    @Override
    public Optional<byte[]> sizes(int persona) {
        return Optional.ofNullable(sizes.get(persona));
    }

    @Override
    public void putSizes(int persona, byte[] newest) {
        sizes.put(persona, newest);
    }

    @Override
    public long spent(int persona) {
        return spent.getOrDefault(persona, 0L);
    }

    @Override
    public Set<Network> networks(int persona) {
        return networks;
    }

    @Override
    public Optional<String> whySilent(int persona) {
        return Optional.ofNullable(silent);
    }

    @Override
    public int persona(Optional<String> name) throws PartylineException {
        if (name.isEmpty() || name.get().equals("me")) {
            return ME;
        }
        if (name.get().equals("work")) {
            return 2;
        }
        throw new PartylineException("there is no persona '" + name.get() + "'");
    }

    @Override
    public String name(int persona) {
        return persona == ME ? "me" : "work";
    }
}
