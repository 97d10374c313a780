package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells our packets from strangers' and opens them: the locator table first, then one HMAC for each beacon, and only for a
 * packet that a member made, a key derivation (PROTOCOL 2). Runs under the engine's lock.
 */
final class Recogniser {
    /** How long a packet that matched nothing, or that waits for a suite, is kept (PROTOCOL 5). */
    static final Duration PATIENCE = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(Recogniser.class);

    private final Core core;
    private final Inbox inbox;
    private final Outbox outbox;
    private final Pairing pairing;
    private final ChainPackets chains;
    private final SealedPackets sealed;
    private final InboxPackets offers;
    private final LegacyPackets legacy;

    Recogniser(
            Core core,
            Inbox inbox,
            Outbox outbox,
            Pairing pairing,
            ChainPackets chains,
            SealedPackets sealed,
            InboxPackets offers,
            LegacyPackets legacy) {
        this.core = core;
        this.inbox = inbox;
        this.outbox = outbox;
        this.pairing = pairing;
        this.chains = chains;
        this.sealed = sealed;
        this.offers = offers;
        this.legacy = legacy;
    }

    /** Handles a payload, and then those that it made readable. */
    void handle(Memory memory, Candidate candidate) throws StoreException {
        process(memory, candidate);
        handleWaiting(memory);
    }

    /** Handles what became readable. A payload leaves the queue only when it was handled: the disk may refuse. */
    void handleWaiting(Memory memory) throws StoreException {
        for (Candidate next = memory.unmatched.again.peek(); next != null; next = memory.unmatched.again.peek()) {
            try {
                process(memory, next);
            } catch (RuntimeException e) {
                LOG.error("a packet could not be handled", e);
            }
            memory.unmatched.again.poll();
        }
    }

    private void process(Memory memory, Candidate candidate) throws StoreException {
        PacketId id = candidate.id();
        outbox.sighting(memory, id, candidate);
        inbox.sighting(memory, id, candidate);
        if (memory.wasHandled(id) || memory.wasRefused(id, candidate.inBlock().isPresent())) {
            return;
        }
        if (!Packets.isCandidate(candidate.payload())) {
            if (legacy.open(memory, candidate, id) == Verdict.PARKED) {
                park(candidate, id);
            }
            memory.setHandled(id);
            return;
        }
        ownPacketOfOthers(memory, candidate, id);
        switch (recognise(memory, candidate, id)) {
            case OPENED -> {
                memory.setHandled(id);
                memory.unmatched.remove(id);
            }
            case PARKED -> {
                park(candidate, id);
                memory.setHandled(id);
                memory.unmatched.remove(id);
            }
            // Its time may be right by a block's clock though it is wrong by ours, so the two are told apart.
            case REFUSED -> memory.setRefused(id, candidate.inBlock().isPresent());
            case FORGED -> memory.setHandled(id);
            case STRANGER -> {
                if (memory.sent(id) == null) {
                    remember(memory, candidate, id);
                }
            }
        }
    }

    /** A packet of ours that we have not made: see {@link Pairing#expectOwn}. */
    private void ownPacketOfOthers(Memory memory, Candidate candidate, PacketId id) throws StoreException {
        int owner = memory.sent(id) == null ? memory.ownedBy(Packets.hint(candidate.payload())) : -1;
        Correspondent contact = owner < 0 ? null : memory.contact(owner);
        if (contact != null && contact.network().code() == candidate.network()) {
            pairing.doubled(memory, contact);
        }
    }

    private Verdict recognise(Memory memory, Candidate candidate, PacketId id) throws StoreException {
        List<int[]> expected = new ArrayList<>(1);
        memory.locators.find(
                Packets.hint(candidate.payload()), (chain, position) -> expected.add(new int[] {chain, position}));
        Verdict verdict = Verdict.STRANGER;
        for (int[] match : expected) {
            Track track = memory.track(match[0]);
            Conversation conversation = memory.conversation(track.entry.membership());
            if (conversation.network().code() == candidate.network()) {
                verdict = verdict.or(chains.open(memory, conversation, track, match[1], candidate, id));
            }
        }
        if (verdict != Verdict.STRANGER) {
            return verdict;
        }
        Beacon beacon = memory.match(candidate.payload());
        if (beacon == null || beacon.network.code() != candidate.network()) {
            return Verdict.STRANGER;
        }
        if (beacon.letterbox != null) {
            return offers.open(memory, beacon, candidate, id);
        }
        return Math.abs(beacon.day - candidate.day()) > 1
                ? Verdict.STRANGER
                : sealed.open(memory, beacon, candidate, id);
    }

    private void remember(Memory memory, Candidate candidate, PacketId id) throws StoreException {
        if (memory.unmatched.contains(id)) {
            return;
        }
        // In the store too, and there first: the block it stands in may never be read again.
        core.store.transact(tx -> {
            tx.put(
                    Records.UNMATCHED,
                    id.hash(),
                    Records.ALL,
                    Cbor.write(candidate),
                    Instant.ofEpochMilli(candidate.arrived()).plus(PATIENCE));
            return null;
        });
        Candidate oldest = memory.unmatched.add(id, candidate);
        if (oldest != null) {
            core.store.transact(tx -> tx.delete(Records.UNMATCHED, oldest.id().hash()));
        }
    }

    private void park(Candidate candidate, PacketId id) throws StoreException {
        core.store.transact(tx -> {
            tx.put(
                    Records.PARKED,
                    id.hash(),
                    Records.ALL,
                    Cbor.write(candidate),
                    Instant.ofEpochMilli(candidate.arrived()).plus(PATIENCE));
            tx.delete(Records.UNMATCHED, id.hash());
            return null;
        });
    }

    /** Takes up what waited for a suite. */
    void retryParked(Memory memory) throws StoreException {
        List<Candidate> parked = core.store.transact(tx -> Core.all(tx, Records.PARKED, Candidate.class));
        for (Candidate candidate : parked) {
            memory.forgetHandled(candidate.id());
            handle(memory, candidate);
        }
    }
}
