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
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;

/**
 * Drops packets that waited a day in vain: those that matched nothing, and those without a suite or a key, of which it
 * notifies the conversations. Runs under the state lock.
 */
final class ParkedUpkeep {
    static final String NOTICE = "messages were lost: for a day they could not be read, because a cipher suite or key "
            + "derivation is not running here, or not allowed. Start or allow it (partyline:suite-list), then ask for "
            + "the messages again";

    static final String LEGACY =
            "messages of version 1 may be missing: for a day they could not be read, because their "
                    + "reader or cipher suite is not running here, or not allowed. Start or allow it (partyline:suite-list), "
                    + "then ask for the messages again";

    static final String BROKEN =
            "messages may be missing: a packet could not be handled. The log shows why. Ask for the "
                    + "messages again";

    static final String FAILED =
            "messages were lost: for a day their keys could not be derived, for example for lack of "
                    + "memory. The log shows why. Ask for the messages again";

    static final String DISPLACED = "messages may be missing: too many packets wait for a cipher suite or key "
            + "derivation that is not running here, or not allowed. Start or allow it (partyline:suite-list), then ask "
            + "for the messages again";

    static final String REFUSED = "messages may be missing: a packet came into a block more than a day after it was "
            + "written, or breaks the protocol's rules. Ask for the messages again";

    private final StateGuard guard;
    private final Recognition recognition;
    private final Clock clock;
    private final Recogniser recogniser;
    private final Inbox inbox;
    private final SecurityLog security;
    /** The last time of each notice: one a day is enough, however many packets are dropped. */
    private final Map<Noticed, Instant> noticed = new HashMap<>();

    private record Noticed(int conversation, String text) {}

    ParkedUpkeep(
            StateGuard guard,
            Recognition recognition,
            Clock clock,
            Recogniser recogniser,
            Inbox inbox,
            SecurityLog security) {
        this.security = security;
        this.guard = guard;
        this.recognition = recognition;
        this.clock = clock;
        this.recogniser = recogniser;
        this.inbox = inbox;
    }

    /** To be called before the keys by which the packets are recognised are erased. @param reception how far it read */
    void expire(Reception reception) throws StoreException {
        Instant now = clock.instant();
        Instant due = now.minus(ReceiveChains.PATIENCE);
        noticed.values().removeIf(due::isAfter);
        // A packet whose key is still being derived may open the chain of others.
        List<Candidate> unmatched =
                recognition.secrets.underived() > 0 ? List.of() : recognition.unmatched.arrivedBefore(due);
        for (Candidate candidate : unmatched) {
            // While nothing was read, the packet from which its key is known may have been missed.
            Instant read = reception.horizon(candidate.onNetwork(), now);
            if (candidate.arrived() < read.minus(ReceiveChains.PATIENCE).toEpochMilli()) {
                recogniser.forgetUnmatched(candidate.id());
            }
        }
        List<PacketId> old = recognition.parked.arrivedBefore(due);
        if (old.isEmpty()) {
            return;
        }
        for (Candidate candidate : recogniser.unreadable(old)) {
            String vain = Packets.isCandidate(candidate.payload()) ? NOTICE : LEGACY;
            lost(candidate, recogniser.isFailing(candidate) ? FAILED : vain);
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
        } else {
            // Only its reader knows whether it is of version 1, and to which channel.
            guard.people().conversations.members().stream()
                    .filter(member -> member.legacyKey != null
                            && member.entry.network() == packet.candidate().network())
                    .forEach(member -> all.add(member.id()));
        }
        Beacon beacon = packet.beacon();
        if (beacon != null) {
            all.addAll(beacon.members);
        }
        return all;
    }

    /**
     * Called when a packet that was first met in a block is not accepted. Its sender sees that it is in a block, which
     * may be too late for readers who were absent.
     */
    void refused(Candidate candidate) throws StoreException {
        notice(candidate, REFUSED);
    }

    /** Called when a packet could not be handled. The log shows why. */
    void broken(Candidate candidate) throws StoreException {
        notice(candidate, BROKEN);
    }

    /** The news of a contact's keys is a packet, too, and cannot be asked for over the session. */
    private static String advice(String text, Conversation conversation) {
        return text.equals(REFUSED) && conversation instanceof ContactConversation
                ? text + ". If " + conversation.name() + " has new keys, ask for the new card another way, and add it "
                        + "(partyline:contact-add)"
                : text;
    }

    /** Called before a waiting packet is dropped because there are too many. */
    void displaced(Candidate candidate) throws StoreException {
        lost(candidate, DISPLACED);
    }

    private void lost(Candidate candidate, String text) throws StoreException {
        Beacon beacon = new IncomingPayload(recognition, candidate).beacon();
        if (beacon != null && beacon.contactInbox != null) {
            // It has no conversation yet.
            security.record(
                    "handshake-refused",
                    "a session request from a sender who has a persona's card is lost: "
                            + "its cipher suite is not running here, or not allowed. Start or allow it (partyline:suite-list)");
        }
        notice(candidate, text);
    }

    private void notice(Candidate candidate, String text) throws StoreException {
        for (int number : conversations(new IncomingPayload(recognition, candidate))) {
            Conversation conversation = guard.people().conversations.find(number);
            if (conversation != null && noticed.putIfAbsent(new Noticed(number, text), clock.instant()) == null) {
                MessageRecord notice = guard.transact(tx -> inbox.notice(tx, conversation, advice(text, conversation)));
                inbox.arrived(
                        new Inbox.Source(
                                conversation, candidate, candidate.id(), "", -1, 0, -1, "", SignerId.NOBODY, ""),
                        Optional.of(notice));
            }
        }
    }
}
