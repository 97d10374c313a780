package org.partyline.receive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.partyline.api.Network;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.GapRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.ReceiptRecord;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;

/**
 * Ends chains and erases skipped keys, reports gaps, and extends windows where packets may have been missed (PROTOCOL
 * 5). Runs under the state lock.
 */
final class ChainUpkeep {
    /**
     * Packets may have been missed if a network was not heard for this long: at one version every five seconds, 24 of
     * 64.
     */
    static final Duration UNHEARD = Duration.ofMinutes(2);
    /** How long the wider window of chains applies once everything was read. */
    static final Duration FAR = Duration.ofHours(24);
    /**
     * A skipped position is reported after this time, and can still be read for the rest of a day. Nothing in a packet
     * proves that an earlier one was replaced: the earlier one may be in another transaction that is late.
     */
    static final Duration REPORTED = Duration.ofHours(1);

    private static final Duration KEPT = ReceiveChains.PATIENCE;

    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final Clock clock;
    private final EventHub events;
    private final Reception reception;
    private final Inbox inbox;
    /** When everything that a network's nodes had was last read. */
    private final Map<Network, Instant> heard = new EnumMap<>(Network.class);
    /** Until when the wider window applies to the chains of a network. */
    private final Map<Network, Instant> farUntil = new EnumMap<>(Network.class);
    /** The skipped positions last reported for each chain, so that a round without news reads nothing. */
    private final Map<Integer, Set<Integer>> reported = new HashMap<>();

    ChainUpkeep(
            StateGuard guard, Recognition recognition, Clock clock, EventHub events, Reception reception, Inbox inbox) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.clock = clock;
        this.events = events;
        this.reception = reception;
        this.inbox = inbox;
    }

    /**
     * Detects that packets may have been missed: the server was not running, was locked, had no node that responded, or
     * was suspended with its machine. All of these leave time between two rounds in which a network was read to its
     * end.
     */
    void look() {
        Set<Network> networks = EnumSet.noneOf(Network.class);
        people.conversations.members().forEach(member -> networks.add(member.network()));
        people.conversations.contacts().forEach(contact -> networks.add(contact.network()));
        Instant now = clock.instant();
        Set<Network> far = EnumSet.noneOf(Network.class);
        for (Network network : networks) {
            Instant last = heard.get(network);
            if (last == null || Duration.between(last, now).abs().compareTo(UNHEARD) > 0) {
                farUntil.put(network, Instant.MAX);
            }
            if (!reception.isDraining() && reception.isCaughtUp(network)) {
                heard.put(network, now);
                farUntil.computeIfPresent(network, (its, until) -> until.equals(Instant.MAX) ? now.plus(FAR) : until);
            }
            if (farUntil.getOrDefault(network, Instant.MIN).isAfter(now)) {
                far.add(network);
            }
        }
        recognition.chains.setFar(far);
    }

    /** Uses the time up to which everything was read, which may be days ago. */
    void expire() throws StoreException {
        recognition.chains.forgetUsedBefore(clock.instant().minus(ReceiveChains.PATIENCE));
        for (ReceiveChainState chain : recognition.chains.all()) {
            Conversation conversation = people.conversations.find(chain.entry.membership());
            if (conversation == null) {
                continue;
            }
            Instant read = reception.horizon(conversation.network(), clock.instant());
            if (ReceiveChains.isOver(chain, read)) {
                if (!isReported(chain) || !isAwaited(chain)) {
                    end(chain);
                }
            } else {
                expire(chain, read);
            }
        }
        reported.keySet().removeIf(number -> recognition.chains.find(number) == null);
    }

    /** Whether a packet on the chain waits for a suite. */
    private boolean isAwaited(ReceiveChainState chain) {
        boolean[] awaited = {false};
        chain.chain.forEachExpected((at, hint) -> awaited[0] |= recognition.parked.waitsFor(hint));
        return awaited[0];
    }

    private void end(ReceiveChainState chain) throws StoreException {
        int number = chain.entry.number();
        Set<Integer> unseen = skipped(chain.chain, Instant.MAX);
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> {
                if (isReported(chain) && !unseen.isEmpty()) {
                    inbox.gaps(tx, after, chain.entry, new Inbox.Skipped(unseen, Set.of(), Set.of()));
                }
                tx.delete(GapRecord.TABLE, Keys.of(number));
                tx.delete(ReceiveChainRecord.TABLE, Keys.of(number));
                ReceiptRecord.ended(tx, number, clock.instant());
            });
            recognition.chains.remove(chain);
            events.endLine(number);
            after.commit();
        }
    }

    /** An answer to a handshake is alone on its chain, and a candidate's chain is not in use yet. */
    private static boolean isReported(ReceiveChainState chain) {
        return chain.entry.kind() == ChainKind.CHANNEL || chain.entry.kind() == ChainKind.SESSION;
    }

    private void expire(ReceiveChainState chain, Instant read) throws StoreException {
        int number = chain.entry.number();
        Set<Integer> missing = skipped(chain.chain, read.minus(REPORTED));
        boolean goes = !skipped(chain.chain, read.minus(KEPT)).isEmpty();
        if (!goes && missing.equals(reported.getOrDefault(number, Set.of()))) {
            return;
        }
        ReceiveChain moved = chain.chain.copy();
        List<long[]> dropped = new ArrayList<>();
        moved.expire(read, (at, hint) -> dropped.add(new long[] {at, hint}));
        boolean done = false;
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> {
                if (goes) {
                    ReceiveChains.putChain(tx, chain.entry, moved);
                }
                if (isReported(chain)) {
                    Set<Integer> expected = skipped(moved, Instant.MAX);
                    inbox.gaps(tx, after, chain.entry, new Inbox.Skipped(missing, Set.of(), expected));
                }
            });
            done = true;
            dropped.forEach(gone -> recognition.chains.unexpect(number, (int) gone[0], gone[1]));
            recognition.chains.put(new ReceiveChainState(chain.entry, moved));
            reported.put(number, skipped(moved, read.minus(REPORTED)));
            after.commit();
        } finally {
            if (!done) {
                moved.close();
            }
        }
    }

    private static Set<Integer> skipped(ReceiveChain chain, Instant before) {
        Set<Integer> positions = new TreeSet<>();
        chain.forEachSkipped(before, (at, hint) -> positions.add(at));
        return positions;
    }
}
