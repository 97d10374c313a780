package org.partyline.messaging.recognition;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.messaging.conversation.ReceiveChainState;

/**
 * The chains that are read, and the locators that are expected on them. Guarded by the state lock; wiped by
 * {@link #close()}.
 */
public final class ChainTable implements AutoCloseable {
    /** Most chains of sessions that have a far window. */
    static final int MOST_FAR = 512;

    /** Null while the store is locked. */
    private @Nullable LocatorTable locators;

    private final Map<Integer, ReceiveChainState> chains = new HashMap<>();
    /** The same by conversation: lists ask for each of a thousand. */
    private final Map<Integer, Map<Integer, ReceiveChainState>> conversations = new HashMap<>();

    private final Unmatched unmatched;
    private final Function<ReceiveChainState, Optional<Network>> network;
    /** Where packets may have been missed: chains of these networks have far windows. */
    private final Set<Network> far = EnumSet.noneOf(Network.class);
    /** The sessions' chains that have one, by number. */
    private final TreeSet<Integer> farSessions = new TreeSet<>();

    /**
     * @param unmatched packets that came too early are taken up again from there
     * @param network of a chain's conversation; empty where that is gone
     */
    public ChainTable(Unmatched unmatched, Function<ReceiveChainState, Optional<Network>> network) {
        this.unmatched = unmatched;
        this.network = network;
    }

    /** Follows chains from now on, until they are wiped. */
    public void begin(LocatorTable table) {
        locators = table;
    }

    /** Looks a locator up; the visitor is called for each chain that expects it, and must not change the table. */
    public void lookUp(long hint, LocatorTable.Match visitor) {
        if (locators != null) {
            locators.find(hint, visitor);
        }
    }

    /** How many locators are expected. */
    public int size() {
        return locators == null ? 0 : locators.size();
    }

    /**
     * Sets the networks on which packets may have been missed: on their chains packets are recognised that are further ahead of the last
     * one that came (PROTOCOL 5, "Gaps"). A channel's chain has no more than 100 positions, so these cost little. Of sessions only the
     * newest {@link #MOST_FAR} chains are looked ahead of, so that the locators take some 16 MB at the most.
     */
    public void setFar(Set<Network> networks) {
        if (far.equals(networks)) {
            return;
        }
        far.clear();
        far.addAll(networks);
        chains.values().stream()
                .sorted(Comparator.comparingInt(chain -> chain.entry.number()))
                .forEach(this::fitWindow);
    }

    private void fitWindow(ReceiveChainState chain) {
        if (network.apply(chain).filter(far::contains).isEmpty()) {
            setWindow(chain, Chains.WINDOW);
            farSessions.remove(chain.entry.number());
            return;
        }
        switch (chain.entry.kind()) {
            case CHANNEL -> setWindow(chain, Chains.MAX_MESSAGES);
            case SESSION, CANDIDATE -> {
                setWindow(chain, Chains.FAR_WINDOW);
                farSessions.add(chain.entry.number());
                if (farSessions.size() > MOST_FAR) {
                    setWindow(Objects.requireNonNull(chains.get(farSessions.pollFirst())), Chains.WINDOW);
                }
            }
            case REPLY, ANSWERED -> setWindow(chain, Chains.WINDOW);
        }
    }

    private void setWindow(ReceiveChainState chain, int positions) {
        int number = chain.entry.number();
        chain.chain.window(
                positions,
                (position, hint) -> expect(number, position, hint),
                (position, hint) -> unexpect(number, position, hint));
    }

    /** A chain by its number; null when it is not followed. */
    public @Nullable ReceiveChainState find(int number) {
        return chains.get(number);
    }

    public List<ReceiveChainState> all() {
        return List.copyOf(chains.values());
    }

    /** The chains of a conversation. */
    public List<ReceiveChainState> of(int conversation) {
        return List.copyOf(conversations.getOrDefault(conversation, Map.of()).values());
    }

    /** Follows a chain; the state of a chain of the same number is replaced, its locators are the caller's to bring up to date. After {@link #close} it is wiped at once. */
    public void put(ReceiveChainState chain) {
        if (locators == null) {
            chain.close();
            return;
        }
        ReceiveChainState before = chains.put(chain.entry.number(), chain);
        conversations
                .computeIfAbsent(chain.entry.membership(), none -> new TreeMap<>())
                .put(chain.entry.number(), chain);
        if (before != null && before.chain != chain.chain) {
            // Its chain only: the handshake's state is in the new one.
            before.chain.close();
        }
    }

    /** Follows a chain and expects all its locators. */
    public void follow(ReceiveChainState chain) {
        put(chain);
        if (locators == null) {
            return;
        }
        chain.chain.forEachExpected((position, hint) -> expect(chain.entry.number(), position, hint));
        fitWindow(chain);
    }

    /** Expects a locator; a packet that came too early is taken up again. */
    public void expect(int chain, int position, long hint) {
        if (locators != null) {
            locators.add(hint, chain, position);
            unmatched.retry(hint);
        }
    }

    /** Expects a locator no longer. */
    public void unexpect(int chain, int position, long hint) {
        if (locators != null) {
            locators.remove(hint, chain, position);
        }
    }

    /** Follows a chain no more, and wipes it. */
    public void remove(ReceiveChainState chain) {
        int number = chain.entry.number();
        chain.chain.forEachExpected((position, hint) -> unexpect(number, position, hint));
        chains.remove(number);
        farSessions.remove(number);
        conversations.computeIfPresent(chain.entry.membership(), (id, its) -> {
            its.remove(number);
            return its.isEmpty() ? null : its;
        });
        chain.close();
    }

    @Override
    public void close() {
        chains.values().forEach(ReceiveChainState::close);
        chains.clear();
        conversations.clear();
        far.clear();
        farSessions.clear();
        LocatorTable table = locators;
        locators = null;
        if (table != null) {
            table.clear();
        }
    }
}
