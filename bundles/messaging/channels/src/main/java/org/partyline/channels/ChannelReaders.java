package org.partyline.channels;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.ConversationRegistry;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Copies the reading state of a channel from another persona of this server that is already in it: the packets that
 * opened the running chains were read before, and will not arrive again.
 *
 * <p>The new member gets no more than she could derive herself. Only memberships with the same daily root share a
 * beacon; only chains whose key is derived from a root that she stores are copied; and of these only positions that
 * nobody here has read.
 */
final class ChannelReaders {
    private static final int DAY_AT = Long.BYTES;
    private static final int SESSION_AT = 2 * Long.BYTES;

    private final StateGuard guard;
    private final Recognition recognition;
    private final ConversationRegistry registry;
    private final Clock clock;
    private final Chains chains;
    private final EventHub events;

    ChannelReaders(
            StateGuard guard,
            Recognition recognition,
            ConversationRegistry registry,
            Clock clock,
            Chains chains,
            EventHub events) {
        this.guard = guard;
        this.recognition = recognition;
        this.registry = registry;
        this.clock = clock;
        this.chains = chains;
        this.events = events;
    }

    /** Copies the chains of others. Hold the state lock; the member is in memory. */
    void readOn(ChannelMembership joined) throws StoreException {
        List<ReceiveChainState> begun = new ArrayList<>();
        try {
            guard.update(tx -> {
                Set<String> known = new HashSet<>();
                for (ChannelMembership other : registry.sharers(joined)) {
                    copySeen(tx, other.id(), joined);
                    for (StoredRecord seen : tx.list(SeenChains.TABLE, Keys.of(other.id()))) {
                        ByteBuffer key = ByteBuffer.wrap(seen.key());
                        int day = (int) key.getLong(DAY_AT);
                        byte[] session = new byte[seen.key().length - SESSION_AT];
                        key.get(SESSION_AT, session);
                        ReceiveChainState chain = chain(other.id(), session);
                        boolean shared = day >= joined.entry.rootDay();
                        if (shared && chain != null && known.add(HexFormat.of().formatHex(session))) {
                            SeenChains.opens(tx, joined.id(), day, session);
                            begun.add(copy(tx, joined, chain));
                        }
                    }
                }
            });
        } catch (StoreException | RuntimeException e) {
            begun.forEach(ReceiveChainState::close);
            throw e;
        }
        for (ReceiveChainState chain : begun) {
            events.startLine(chain.entry.number(), chain.chain.highest() + 1);
            recognition.chains.follow(chain);
        }
    }

    private @Nullable ReceiveChainState chain(int member, byte[] session) {
        return recognition.chains.of(member).stream()
                .filter(chain ->
                        chain.entry.kind() == ChainKind.CHANNEL && Arrays.equals(chain.entry.session(), session))
                .findFirst()
                .orElse(null);
    }

    private ReceiveChainState copy(StoreTransaction tx, ChannelMembership joined, ReceiveChainState other)
            throws StoreException {
        ReceiveChain chain;
        try (SecretBytes state = other.chain.encode()) {
            chain = chains.decodeReceive(state.expose());
        }
        ReceiveChainRecord entry = ReceiveChainRecordBuilder.builder()
                .number((int) Tables.next(tx, "chain"))
                .membership(joined.id())
                .kind(ChainKind.CHANNEL)
                .session(other.entry.session())
                .suite(other.entry.suite())
                .nickname(other.entry.nickname())
                .opened(other.entry.opened())
                .chain(new byte[0])
                .handshake(null)
                .retires(0)
                .build();
        ReceiveChains.putChain(tx, entry, chain);
        return new ReceiveChainState(entry, chain);
    }

    /**
     * A packet that another persona opened is not opened again for her when it appears in a block, since its chain is
     * read from now on. Our own packets are.
     */
    private void copySeen(StoreTransaction tx, int other, ChannelMembership joined) throws StoreException {
        for (int day = joined.entry.rootDay(); day <= Days.of(clock.instant()) + 1; day++) {
            for (byte[] locator : SeenLocators.opened(tx, other, day)) {
                SeenLocators.putSeen(tx, joined.id(), day, locator);
            }
        }
    }
}
