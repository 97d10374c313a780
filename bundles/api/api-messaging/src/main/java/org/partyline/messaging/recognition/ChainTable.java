package org.partyline.messaging.recognition;

import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.messaging.conversation.ReceiveChainState;

/** The chains that are read, and their expected locators. Guarded by the state lock; wiped by {@link #close()}. */
public final class ChainTable implements AutoCloseable {
    /** The maximum number of session chains with a far window. */
    static final int MOST_FAR = 512;
    /** The maximum number of remembered used positions. */
    static final int MOST_USED = 4096;

    /** Null while the store is locked. */
    private @Nullable LocatorTable locators;

    private final Map<Integer, ReceiveChainState> chains = new HashMap<>();
    /** The same, by conversation: lists look up each of a thousand. */
    private final Map<Integer, Map<Integer, ReceiveChainState>> conversations = new HashMap<>();

    /** Used positions of channels' chains, by locator. */
    private final Map<Long, Used> used = new LinkedHashMap<>();

    private final Unmatched unmatched;
    private final Function<ReceiveChainState, Optional<Network>> network;
    /** Networks on which packets may have been missed: their chains have far windows. */
    private final Set<Network> far = EnumSet.noneOf(Network.class);
    /** The numbers of session chains with a far window. */
    private final TreeSet<Integer> farSessions = new TreeSet<>();

    /**
     * @param unmatched packets that arrived too early are tried again from there
     * @param network the network of a chain's conversation; empty if that was removed
     */
    public ChainTable(Unmatched unmatched, Function<ReceiveChainState, Optional<Network>> network) {
        this.unmatched = unmatched;
        this.network = network;
    }

    /** Accepts chains from now on, until they are wiped. */
    public void begin(LocatorTable table) {
        locators = table;
    }

    /** Looks a locator up; the visitor is called for each chain that expects it, and must not change the table. */
    public void lookUp(long hint, LocatorTable.Match visitor) {
        if (locators != null) {
            locators.find(hint, visitor);
        }
    }

    /** The number of expected locators. */
    public int size() {
        return locators == null ? 0 : locators.size();
    }

    /**
     * Sets the networks on which packets may have been missed: their chains recognise packets further ahead of the last
     * one that arrived (PROTOCOL 5, "Gaps"). A channel's chain has at most 100 positions, so this is cheap. For
     * sessions, only the newest {@link #MOST_FAR} chains look ahead, so that the locators use at most some 16 MB.
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

    /** A chain by its number; null if it is not read. */
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

    /**
     * Adds a chain, or replaces the state of the chain with the same number; the caller updates its locators. After
     * {@link #close} it is wiped at once.
     */
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
            // Closes only its chain: the new state contains the handshake's state.
            before.chain.close();
        }
    }

    /** Adds a chain and expects all its locators. */
    public void follow(ReceiveChainState chain) {
        put(chain);
        if (locators == null) {
            return;
        }
        chain.chain.forEachExpected((position, hint) -> expect(chain.entry.number(), position, hint));
        fitWindow(chain);
    }

    /** Expects a locator; a packet that arrived too early is tried again. */
    public void expect(int chain, int position, long hint) {
        if (locators != null) {
            locators.add(hint, chain, position);
            unmatched.retry(hint);
        }
    }

    /** Stops expecting a locator. */
    public void unexpect(int chain, int position, long hint) {
        if (locators != null) {
            locators.remove(hint, chain, position);
        }
    }

    /**
     * A used position of a channel's chain. Whoever has the root of the chain's first day can derive its secret, so it
     * must not be kept longer than that.
     *
     * @param chain the number of the chain
     * @param started when the chain began
     * @param signer of the packet that was read there
     */
    public record Used(int chain, Instant started, SecretBytes secret, int signer) {
        /** The same with a secret of its own. */
        public Used copy() {
            return new Used(chain, started, secret.copy(), signer);
        }
    }

    /** Remembers a used position: another packet there shows that a member took it. @param position is closed later */
    public void use(long hint, Used position) {
        Used before = used.put(hint, position);
        if (before != null) {
            before.secret().close();
        }
        if (used.size() > MOST_USED) {
            Iterator<Used> all = used.values().iterator();
            all.next().secret().close();
            all.remove();
        }
    }

    /** The used position with a locator; null if none is remembered. */
    public @Nullable Used used(long hint) {
        return used.get(hint);
    }

    /** Forgets the used positions of a chain. */
    public void forgetUsed(int chain) {
        forgetUsed(position -> position.chain() == chain);
    }

    /** Forgets the used positions of chains that began before a time. */
    public void forgetUsedBefore(Instant time) {
        forgetUsed(position -> position.started().isBefore(time));
    }

    private void forgetUsed(Predicate<Used> which) {
        used.values().removeIf(position -> {
            boolean goes = which.test(position);
            if (goes) {
                position.secret().close();
            }
            return goes;
        });
    }

    /** Removes a chain, and wipes it. */
    public void remove(ReceiveChainState chain) {
        int number = chain.entry.number();
        chain.chain.forEachExpected((position, hint) -> unexpect(number, position, hint));
        chains.remove(number);
        forgetUsed(number);
        farSessions.remove(number);
        conversations.computeIfPresent(chain.entry.membership(), (id, its) -> {
            its.remove(number);
            return its.isEmpty() ? null : its;
        });
        chain.close();
    }

    @Override
    public void close() {
        forgetUsed(position -> true);
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
