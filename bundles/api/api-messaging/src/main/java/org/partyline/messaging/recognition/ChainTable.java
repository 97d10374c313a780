package org.partyline.messaging.recognition;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.messaging.conversation.ReceiveChainState;

/**
 * The chains that are followed, and the locators that are expected on them. Guarded by the kernel's lock; wiped by {@link
 * #close()}.
 */
public final class ChainTable implements AutoCloseable {
    /** Of all chains, by chain and position. */
    public final LocatorTable locators;

    private final Map<Integer, ReceiveChainState> chains = new HashMap<>();
    /** The same by conversation: lists ask for each of a thousand. */
    private final Map<Integer, Map<Integer, ReceiveChainState>> conversations = new HashMap<>();

    private final Unmatched unmatched;

    /** @param unmatched packets that came too early are taken up again from there */
    public ChainTable(LocatorTable locators, Unmatched unmatched) {
        this.locators = locators;
        this.unmatched = unmatched;
    }

    /** A chain by its number; null when it is not followed. */
    public ReceiveChainState find(int number) {
        return chains.get(number);
    }

    public List<ReceiveChainState> all() {
        return List.copyOf(chains.values());
    }

    /** The chains of a conversation. */
    public List<ReceiveChainState> of(int conversation) {
        return List.copyOf(conversations.getOrDefault(conversation, Map.of()).values());
    }

    /** Follows a chain; the state of a chain of the same number is replaced, its locators are the caller's to bring up to date. */
    public void put(ReceiveChainState chain) {
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
        chain.chain.forEachExpected((position, hint) -> expect(chain.entry.number(), position, hint));
    }

    /** Expects a locator; a packet that came too early is taken up again. */
    public void expect(int chain, int position, long hint) {
        locators.add(hint, chain, position);
        unmatched.retry(hint);
    }

    /** Follows a chain no more, and wipes it. */
    public void remove(ReceiveChainState chain) {
        int number = chain.entry.number();
        chain.chain.forEachExpected((position, hint) -> locators.remove(hint, number, position));
        chains.remove(number);
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
        locators.clear();
    }
}
