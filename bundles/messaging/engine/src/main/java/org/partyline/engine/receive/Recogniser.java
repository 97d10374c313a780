package org.partyline.engine.receive;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.engine.conversation.ContactConversation;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.conversation.ReceiveChainState;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.mailbox.Inbox;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.recognition.Beacon;
import org.partyline.engine.scan.Candidate;
import org.partyline.engine.scan.PacketId;
import org.partyline.engine.sessions.HandshakeManager;
import org.partyline.engine.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells our packets from strangers' and opens them: the locator table first, then one HMAC for each beacon, and only for a
 * packet that a member made, a key derivation (PROTOCOL 2). Runs under the engine's lock.
 */
public final class Recogniser {
    private static final Logger LOG = LoggerFactory.getLogger(Recogniser.class);

    private final Core core;
    private final Inbox inbox;
    private final Outbox outbox;
    private final HandshakeManager handshakeManager;
    private final ChainPackets chains;
    private final SealedPackets sealed;
    private final InboxPackets offers;
    private final LegacyPackets legacy;
    private final PacketWriter writer;

    public Recogniser(
            Core core,
            Inbox inbox,
            Outbox outbox,
            HandshakeManager handshakeManager,
            ChainPackets chains,
            SealedPackets sealed,
            InboxPackets offers,
            LegacyPackets legacy,
            PacketWriter writer) {
        this.core = core;
        this.inbox = inbox;
        this.outbox = outbox;
        this.handshakeManager = handshakeManager;
        this.chains = chains;
        this.sealed = sealed;
        this.offers = offers;
        this.legacy = legacy;
        this.writer = writer;
    }

    /** Handles a payload, and then those that it made readable. */
    void handle(Unlocked memory, Candidate candidate) throws StoreException {
        process(memory, candidate);
        handleWaiting(memory);
    }

    /** Handles what became readable. A payload leaves the queue only when it was handled: the disk may refuse. */
    void handleWaiting(Unlocked memory) throws StoreException {
        for (Candidate next = memory.unmatched.again.peek(); next != null; next = memory.unmatched.again.peek()) {
            try {
                process(memory, next);
            } catch (RuntimeException e) {
                LOG.error("a packet could not be handled", e);
            }
            memory.unmatched.again.poll();
        }
    }

    private void process(Unlocked memory, Candidate candidate) throws StoreException {
        PacketId id = candidate.id();
        outbox.sighting(memory, id, candidate);
        inbox.sighting(memory, id, candidate);
        if (memory.packets.wasHandled(id)
                || memory.packets.wasRefused(id, candidate.inBlock().isPresent())) {
            return;
        }
        if (!Packets.isCandidate(candidate.payload())) {
            if (legacy.open(memory, candidate, id) == RecognitionResult.PARKED) {
                park(memory, candidate, id);
            } else {
                forget(memory, id);
            }
            memory.packets.setHandled(id);
            return;
        }
        ownPacketOfOthers(memory, candidate, id);
        switch (recognise(memory, candidate, id)) {
            case OPENED -> {
                memory.packets.setHandled(id);
                memory.unmatched.remove(id);
                forget(memory, id);
            }
            case PARKED -> {
                park(memory, candidate, id);
                memory.packets.setHandled(id);
            }
            case DERIVING -> park(memory, candidate, id);
            // Its time may be right by a block's clock though it is wrong by ours, so the two are told apart.
            case REFUSED -> {
                memory.packets.setRefused(id, candidate.inBlock().isPresent());
                forget(memory, id);
            }
            case FORGED -> {
                memory.packets.setHandled(id);
                forget(memory, id);
            }
            // Even one that was made here: another persona of this server may learn of its chain later.
            case STRANGER -> remember(memory, candidate, id);
        }
    }

    /** A packet of ours that we have not made: see {@link HandshakeManager#expectOwn}. */
    private void ownPacketOfOthers(Unlocked memory, Candidate candidate, PacketId id) throws StoreException {
        int owner = memory.packets.sent(id) == null ? memory.own.owner(Packets.hint(candidate.payload())) : -1;
        ContactConversation contact = owner < 0 ? null : memory.conversations.contact(owner);
        if (contact != null && contact.network().code() == candidate.network()) {
            handshakeManager.doubled(memory, contact);
        }
    }

    private RecognitionResult recognise(Unlocked memory, Candidate candidate, PacketId id) throws StoreException {
        List<int[]> expected = new ArrayList<>(1);
        memory.chains.locators.find(
                Packets.hint(candidate.payload()), (chain, position) -> expected.add(new int[] {chain, position}));
        RecognitionResult verdict = RecognitionResult.STRANGER;
        for (int[] match : expected) {
            ReceiveChainState track = memory.chains.find(match[0]);
            Conversation conversation = memory.conversations.find(track.entry.membership());
            if (conversation.network().code() == candidate.network()) {
                verdict = verdict.or(chains.open(memory, conversation, track, match[1], candidate, id));
            }
        }
        if (verdict != RecognitionResult.STRANGER) {
            return verdict;
        }
        Beacon beacon = memory.beacons.match(candidate.payload());
        if (beacon == null || beacon.network.code() != candidate.network()) {
            return RecognitionResult.STRANGER;
        }
        if (beacon.contactInbox != null) {
            return offers.open(memory, beacon, candidate, id);
        }
        return Math.abs(beacon.day - candidate.day()) > 1
                ? RecognitionResult.STRANGER
                : sealed.open(memory, beacon, candidate, id);
    }

    private void remember(Unlocked memory, Candidate candidate, PacketId id) {
        memory.parked.remove(id);
        if (memory.unmatched.contains(id)) {
            return;
        }
        // In the store too: the block it stands in may never be read again.
        writer.unmatched(id, candidate);
        Candidate oldest = memory.unmatched.add(id, candidate);
        if (oldest != null) {
            writer.forget(oldest.id());
        }
    }

    private void park(Unlocked memory, Candidate candidate, PacketId id) {
        memory.unmatched.remove(id);
        if (!memory.parked.contains(id)) {
            writer.parked(id, candidate);
            memory.parked.add(id, hint(candidate)).ifPresent(writer::forget);
        }
    }

    /** What copies of a locator share; version-1 payloads have none. */
    public static long hint(Candidate candidate) {
        return Packets.isCandidate(candidate.payload()) ? Packets.hint(candidate.payload()) : 0;
    }

    /** It waits for nothing any more. */
    private void forget(Unlocked memory, PacketId id) {
        if (memory.parked.remove(id)) {
            writer.forget(id);
        } else {
            writer.opened(id);
        }
    }

    /** Takes up what waited for a suite. */
    void retryParked(Unlocked memory) throws StoreException {
        writer.flush();
        List<Candidate> parked = core.store.transact(tx -> Tables.all(tx, PacketWriter.PARKED, Candidate.class));
        for (Candidate candidate : parked) {
            memory.packets.forgetHandled(candidate.id());
            handle(memory, candidate);
        }
    }
}
