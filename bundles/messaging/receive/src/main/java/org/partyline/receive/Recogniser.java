package org.partyline.receive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Faults;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.recognition.Unmatched;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Separates our packets from strangers': offers each to the receivers, and stores those that may turn out to be ours
 * later. It knows no kind of packet itself. Runs under the state lock.
 */
public final class Recogniser {
    private static final Logger LOG = LoggerFactory.getLogger(Recogniser.class);

    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final Inbox inbox;
    private final Outbox outbox;
    private final HandshakeManager handshakeManager;
    private final Receivers receivers;
    private final KnownSuites known;
    private final PacketWriter writer;
    /** Called when a packet of ours in a block is not accepted. Set when the server is assembled. */
    Loss onRefused = candidate -> {};
    /** Called before a waiting packet is dropped because there are too many. Set when the server is assembled. */
    Loss onDisplaced = candidate -> {};
    /** Called when a packet could not be handled. Set when the server is assembled. */
    Loss onFailed = candidate -> {};

    /** Called with a packet that is not read. */
    @FunctionalInterface
    interface Loss {
        void run(Candidate candidate) throws StoreException;
    }

    Recogniser(
            StateGuard guard,
            Recognition recognition,
            Inbox inbox,
            Outbox outbox,
            HandshakeManager handshakeManager,
            Receivers receivers,
            KnownSuites known,
            PacketWriter writer) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.inbox = inbox;
        this.outbox = outbox;
        this.handshakeManager = handshakeManager;
        this.receivers = receivers;
        this.known = known;
        this.writer = writer;
    }

    /** Handles a payload, and then those that it made readable. */
    void handle(Candidate candidate) throws StoreException {
        attempt(candidate);
        handleWaiting();
    }

    /**
     * Handles payloads that became readable. A payload leaves the queue only once it was handled: the disk may fail.
     */
    void handleWaiting() throws StoreException {
        for (Candidate next = recognition.unmatched.again.peek();
                next != null;
                next = recognition.unmatched.again.peek()) {
            try {
                attempt(next);
            } catch (AbsentException e) {
                LOG.debug("packets wait: {}", e.reason());
                return;
            }
            recognition.unmatched.again.poll();
        }
    }

    /** Never fails because of a payload itself: others wait behind it. */
    private void attempt(Candidate candidate) throws StoreException {
        try {
            process(candidate);
        } catch (AbsentException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("a packet could not be handled: {}", Faults.reason(e));
            failed(candidate);
        }
    }

    private void failed(Candidate candidate) throws StoreException {
        if (recognition.parked.contains(candidate.id())) {
            // It must not keep the keys of its day.
            recognition.packets.setHandled(candidate.id());
        }
        try {
            onFailed.run(candidate);
        } catch (RuntimeException e) {
            LOG.error("nobody is notified of a packet that could not be handled: {}", Faults.reason(e));
        }
    }

    private void process(Candidate candidate) throws StoreException {
        IncomingPayload packet = new IncomingPayload(recognition, candidate);
        PacketId id = packet.id();
        outbox.sighting(id, candidate);
        inbox.sighting(id, candidate);
        if (recognition.packets.wasHandled(id)
                || recognition.packets.wasRefused(id, candidate.inBlock().isPresent())) {
            return;
        }
        if (packet.isPacket()) {
            ownPacketOfOthers(candidate, id);
        }
        switch (receivers.open(packet)) {
            case OPENED -> {
                recognition.packets.setOpened(id);
                recognition.unmatched.remove(id);
                forget(id);
            }
            case PARKED -> {
                park(candidate, id);
                recognition.packets.setHandled(id);
            }
            case DERIVING -> park(candidate, id);
            // Its time may be right by a block's clock although it is wrong by ours, so the two are distinguished.
            case REFUSED -> {
                if (candidate.inBlock().isPresent()) {
                    onRefused.run(candidate);
                }
                recognition.packets.setRefused(id, candidate.inBlock().isPresent());
                forget(id);
            }
            case FORGED -> {
                known.couldNotOpen();
                recognition.packets.setHandled(id);
                forget(id);
            }
            case STRANGER -> {
                if (packet.isPacket()) {
                    // Even one that was made here: another persona of this server may learn of its chain later.
                    remember(candidate, id);
                } else {
                    recognition.packets.setHandled(id);
                    forget(id);
                }
            }
        }
    }

    /** Handles a packet of ours that this server has not made: see {@link HandshakeManager#expectOwn}. */
    private void ownPacketOfOthers(Candidate candidate, PacketId id) throws StoreException {
        long hint = Packets.hint(candidate.payload());
        int owner = recognition.packets.sent(id) == null ? recognition.own.owner(hint) : -1;
        ContactConversation contact = owner < 0 ? null : people.conversations.contact(owner);
        if (contact != null && contact.network().code() == candidate.network()) {
            handshakeManager.doubled(contact);
        }
    }

    private void remember(Candidate candidate, PacketId id) {
        recognition.parked.remove(id);
        if (recognition.unmatched.contains(id)) {
            if (candidate.inBlock().isPresent()) {
                recognition.unmatched.mined(id);
            }
            return;
        }
        // Also stored: the block it is in may never be read again.
        writer.unmatched(id, candidate);
        recognition.unmatched.add(id, candidate).forEach(oldest -> writer.forget(oldest.id()));
    }

    private void park(Candidate candidate, PacketId id) throws StoreException {
        recognition.unmatched.remove(id);
        if (!recognition.parked.contains(id)) {
            writer.parked(id, candidate);
            Optional<PacketId> gone =
                    recognition.parked.add(id, Unmatched.hint(candidate), candidate.arrived(), candidate.day());
            if (gone.isPresent()) {
                Optional<Candidate> displaced = writer.parked(gone.get());
                writer.forget(gone.get());
                if (displaced.isPresent()) {
                    onDisplaced.run(displaced.get());
                }
            }
        }
    }

    /** Removes a packet that no longer waits for anything. */
    private void forget(PacketId id) {
        if (recognition.parked.remove(id)) {
            writer.forget(id);
        } else {
            writer.opened(id);
        }
    }

    KnownSuites known() {
        return known;
    }

    /** Retries packets that matched nothing. */
    void retryUnmatched() throws StoreException {
        recognition.unmatched.retry();
        handleWaiting();
    }

    /** Retries packets that waited for a suite. */
    void retryParked() throws StoreException {
        writer.flush();
        List<Candidate> parked = guard.transact(tx -> Tables.all(tx, HeldPackets.PARKED, Candidate.class));
        for (Candidate candidate : parked) {
            recognition.packets.forgetHandled(candidate.id());
            handle(candidate);
        }
    }

    /**
     * Tries parked packets once more. @return those that still wait for a suite, or for a derivation that fails, and
     * not for one under way
     */
    List<Candidate> unreadable(List<PacketId> parked) throws StoreException {
        writer.flush();
        List<Candidate> still = new ArrayList<>();
        for (PacketId id : parked) {
            Optional<Candidate> candidate =
                    guard.transact(tx -> Tables.find(tx, HeldPackets.PARKED, id.hash(), Candidate.class));
            if (candidate.isEmpty()) {
                recognition.parked.remove(id);
                continue;
            }
            recognition.packets.forgetHandled(id);
            try {
                handle(candidate.get());
            } catch (AbsentException e) {
                LOG.debug("packets wait: {}", e.reason());
                continue;
            }
            if (recognition.parked.contains(id) && (recognition.packets.wasHandled(id) || isFailing(candidate.get()))) {
                still.add(candidate.get());
            }
        }
        return still;
    }

    /** Returns whether the key of a packet could not be derived. */
    boolean isFailing(Candidate candidate) {
        Beacon beacon = new IncomingPayload(recognition, candidate).beacon();
        return beacon != null
                && recognition.secrets.isFailing(beacon, PacketOpener.locator(candidate, Packets.SEALED_LOCATOR));
    }

    /** Removes a packet that matched nothing. */
    void forgetUnmatched(PacketId id) {
        recognition.unmatched.remove(id);
        writer.forget(id);
    }

    /** Removes a parked packet. If it arrives again, in a block for example, it is tried again. */
    void drop(PacketId id) {
        recognition.packets.forgetHandled(id);
        forget(id);
    }
}
