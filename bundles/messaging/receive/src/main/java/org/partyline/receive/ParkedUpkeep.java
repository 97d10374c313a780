package org.partyline.receive;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.StateGuard;

/**
 * Drops packets that waited a day in vain for a suite or a key, and adds a notice to their conversations. Runs under
 * the state lock.
 */
final class ParkedUpkeep {
    static final String NOTICE = "messages were lost: for a day they could not be read, because a cipher suite or key "
            + "derivation is not running here, or not allowed. Start or allow it (partyline:suite-list), then ask for "
            + "the messages again";

    private final StateGuard guard;
    private final Recognition recognition;
    private final Clock clock;
    private final Recogniser recogniser;
    private final Inbox inbox;
    /** The last notice of each conversation: one a day is enough, however many packets are dropped. */
    private final Map<Integer, Instant> noticed = new HashMap<>();

    ParkedUpkeep(StateGuard guard, Recognition recognition, Clock clock, Recogniser recogniser, Inbox inbox) {
        this.guard = guard;
        this.recognition = recognition;
        this.clock = clock;
        this.recogniser = recogniser;
        this.inbox = inbox;
    }

    /** To be called before the keys by which the packets are recognised are erased. */
    void expire() throws StoreException {
        Instant due = clock.instant().minus(ReceiveChains.PATIENCE);
        noticed.values().removeIf(due::isAfter);
        List<PacketId> old = recognition.parked.arrivedBefore(due);
        if (old.isEmpty()) {
            return;
        }
        for (Candidate candidate : recogniser.unreadable(old)) {
            for (int number : conversations(new IncomingPayload(recognition, candidate))) {
                Conversation conversation = guard.people().conversations.find(number);
                if (conversation != null && !noticed.containsKey(number)) {
                    notice(conversation, candidate);
                }
            }
            recogniser.drop(candidate.id());
        }
    }

    private Set<Integer> conversations(IncomingPayload packet) {
        Set<Integer> all = new TreeSet<>();
        if (packet.isPacket()) {
            recognition.chains.lookUp(Packets.hint(packet.candidate().payload()), (number, position) -> {
                ReceiveChainState chain = recognition.chains.find(number);
                if (chain != null) {
                    all.add(chain.entry.membership());
                }
            });
        }
        Beacon beacon = packet.beacon();
        if (beacon != null) {
            all.addAll(beacon.members);
        }
        return all;
    }

    private void notice(Conversation conversation, Candidate candidate) throws StoreException {
        MessageRecord notice = guard.transact(tx -> inbox.notice(tx, conversation, NOTICE));
        noticed.put(conversation.id(), clock.instant());
        inbox.arrived(
                new Inbox.Source(conversation, candidate, candidate.id(), "", -1, 0, -1, "", SignerId.NOBODY, ""),
                Optional.of(notice));
    }
}
