package org.partyline.receive;

import java.util.Comparator;
import java.util.List;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.kernel.AbsentException;
import org.partyline.messaging.kernel.Meter;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.Unmatched;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Separates our packets from strangers': passes each through the receivers, and keeps what may be ours later. It knows
 * no kind of packet by itself. Runs under the kernel's lock.
 */
public final class Recogniser {
    private static final Logger LOG = LoggerFactory.getLogger(Recogniser.class);

    private final StateGuard guard;
    private final Meter meter;
    private final Inbox inbox;
    private final Outbox outbox;
    private final HandshakeManager handshakeManager;
    private final List<Receiver> receivers;
    private final KnownSuites known;
    private final PacketWriter writer;

    /**
     * @param receivers in any order: their ranks count
     */
    Recogniser(
            StateGuard guard,
            Meter meter,
            Inbox inbox,
            Outbox outbox,
            HandshakeManager handshakeManager,
            List<Receiver> receivers,
            KnownSuites known,
            PacketWriter writer) {
        this.guard = guard;
        this.meter = meter;
        this.inbox = inbox;
        this.outbox = outbox;
        this.handshakeManager = handshakeManager;
        this.receivers = receivers.stream()
                .sorted(Comparator.comparingInt(Receiver::rank))
                .toList();
        this.known = known;
        this.writer = writer;
    }

    /** Handles a payload, and then those that it made readable. */
    void handle(Unlocked unlocked, Candidate candidate) throws StoreException {
        process(unlocked, candidate);
        handleWaiting(unlocked);
    }

    /** Handles what became readable. A payload leaves the queue only when it was handled: the disk may refuse. */
    void handleWaiting(Unlocked unlocked) throws StoreException {
        for (Candidate next = unlocked.unmatched.again.peek(); next != null; next = unlocked.unmatched.again.peek()) {
            try {
                process(unlocked, next);
            } catch (AbsentException e) {
                LOG.debug("packets wait: {}", e.reason());
                return;
            } catch (RuntimeException e) {
                LOG.error("a packet could not be handled", e);
            }
            unlocked.unmatched.again.poll();
        }
    }

    private void process(Unlocked unlocked, Candidate candidate) throws StoreException {
        IncomingPayload packet = new IncomingPayload(unlocked, candidate);
        PacketId id = packet.id();
        outbox.sighting(unlocked, id, candidate);
        inbox.sighting(unlocked, id, candidate);
        if (unlocked.packets.wasHandled(id)
                || unlocked.packets.wasRefused(id, candidate.inBlock().isPresent())) {
            return;
        }
        if (packet.isPacket()) {
            ownPacketOfOthers(unlocked, candidate, id);
        }
        switch (recognise(packet)) {
            case OPENED -> {
                unlocked.packets.setHandled(id);
                unlocked.unmatched.remove(id);
                forget(unlocked, id);
            }
            case PARKED -> {
                park(unlocked, candidate, id);
                unlocked.packets.setHandled(id);
            }
            case DERIVING -> park(unlocked, candidate, id);
            // Its time may be right by a block's clock although it is wrong by ours, so both are distinguished.
            case REFUSED -> {
                unlocked.packets.setRefused(id, candidate.inBlock().isPresent());
                forget(unlocked, id);
            }
            case FORGED -> {
                known.couldNotOpen();
                unlocked.packets.setHandled(id);
                forget(unlocked, id);
            }
            case STRANGER -> {
                if (packet.isPacket()) {
                    // Even one that was made here: another persona of this server may learn of its chain later.
                    remember(unlocked, candidate, id);
                } else {
                    unlocked.packets.setHandled(id);
                    forget(unlocked, id);
                }
            }
        }
    }

    /** A packet of ours that we have not made: see {@link HandshakeManager#expectOwn}. */
    private void ownPacketOfOthers(Unlocked unlocked, Candidate candidate, PacketId id) throws StoreException {
        long hint = Packets.hint(candidate.payload());
        int owner = unlocked.packets.sent(id) == null ? unlocked.own.owner(hint) : -1;
        ContactConversation contact = owner < 0 ? null : unlocked.conversations.contact(owner);
        if (contact != null && contact.network().code() == candidate.network()) {
            handshakeManager.doubled(unlocked, contact);
        }
    }

    private RecognitionResult recognise(IncomingPayload packet) throws StoreException {
        long began = meter.begin();
        for (Receiver receiver : receivers) {
            RecognitionResult result = receiver.open(packet);
            if (result != RecognitionResult.STRANGER) {
                return result;
            }
        }
        meter.strangerRecognised(began);
        return RecognitionResult.STRANGER;
    }

    private void remember(Unlocked unlocked, Candidate candidate, PacketId id) {
        unlocked.parked.remove(id);
        if (unlocked.unmatched.contains(id)) {
            return;
        }
        // In the store too: the block it is in may never be read again.
        writer.unmatched(id, candidate);
        unlocked.unmatched.add(id, candidate).forEach(oldest -> writer.forget(oldest.id()));
    }

    private void park(Unlocked unlocked, Candidate candidate, PacketId id) {
        unlocked.unmatched.remove(id);
        if (!unlocked.parked.contains(id)) {
            writer.parked(id, candidate);
            unlocked.parked.add(id, Unmatched.hint(candidate)).ifPresent(writer::forget);
        }
    }

    /** It waits for nothing any more. */
    private void forget(Unlocked unlocked, PacketId id) {
        if (unlocked.parked.remove(id)) {
            writer.forget(id);
        } else {
            writer.opened(id);
        }
    }

    KnownSuites known() {
        return known;
    }

    /** Takes up what matched nothing. */
    void retryUnmatched(Unlocked unlocked) throws StoreException {
        unlocked.unmatched.retry();
        handleWaiting(unlocked);
    }

    /** Takes up what waited for a suite. */
    void retryParked(Unlocked unlocked) throws StoreException {
        writer.flush();
        List<Candidate> parked = guard.transact(tx -> Tables.all(tx, HeldPackets.PARKED, Candidate.class));
        for (Candidate candidate : parked) {
            unlocked.packets.forgetHandled(candidate.id());
            handle(unlocked, candidate);
        }
    }
}
