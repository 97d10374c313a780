package org.partyline.delivery;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.PostQuantumMode;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.MessageWaitsException;

/**
 * Assigns a free slot to a packet that replaces a decoy. The packet has the size that the decoy would have had, and
 * counts as a decoy from then on, so that cover traffic is the same with cargo and without. A packet that could not
 * leave in its slot has used a position of its chain, and leaves unchanged in a later slot of its size.
 */
final class CoverCargo {
    private final People people;
    private final Clock clock;
    private final OperatorSettings settings;
    private final QueueSealer sealer;
    private final Decoys decoys;

    CoverCargo(People people, Clock clock, OperatorSettings settings, QueueSealer sealer, Decoys decoys) {
        this.people = people;
        this.clock = clock;
        this.settings = settings;
        this.sealer = sealer;
        this.decoys = decoys;
    }

    /**
     * Queues the packet that replaces a decoy. Part of the caller's transaction, which must be undone if this throws.
     *
     * @param size the decoy's size in bytes
     * @return the packet for the slot; empty: the decoy
     */
    Optional<OutgoingMessage> take(StoreTransaction tx, AfterCommit after, int persona, Network network, int size)
            throws StoreException, MessageWaitsException {
        for (CargoRecord cargo : CargoRecord.all(tx)) {
            ContactConversation contact = people.conversations.contact(cargo.membership());
            if (contact == null || isOver(tx, contact, cargo)) {
                cargo.delete(tx);
                continue;
            }
            if (contact.persona() != persona || contact.network() != network || isBusy(tx, contact)) {
                continue;
            }
            Optional<byte[]> packet = packet(tx, after, contact, cargo, size);
            if (packet.isPresent()) {
                OutgoingMessage decoy = decoys.queue(tx, after, persona, network, packet.get());
                cargo.with()
                        .packet(packet.get())
                        .sealed(cargo.sealed() == 0 ? clock.millis() : cargo.sealed())
                        .decoy(decoy.id())
                        .build()
                        .put(tx);
                return Optional.of(decoy);
            }
        }
        return Optional.empty();
    }

    /** Whether it has left, or is useless. */
    private boolean isOver(StoreTransaction tx, ContactConversation contact, CargoRecord cargo) throws StoreException {
        if (cargo.packet() == null) {
            // Receipts may have been disabled since it was queued, or the contact may have a separate account now.
            return clock.millis() >= cargo.expires()
                    || contact.paysApart()
                    || cargo.rank() == CargoRecord.RECEIPTS
                            && contact.receipts(settings.get().sessions().receipts()) != ReceiptMode.COVER
                    || cargo.rank() == CargoRecord.EXCHANGE
                            && settings.get().sessions().postQuantum() == PostQuantumMode.OFF;
        }
        return contact.paysApart()
                || clock.instant().isAfter(Instant.ofEpochMilli(cargo.sealed()).plus(SendQueue.STALE))
                || OutgoingRecords.find(tx, cargo.decoy())
                        .filter(OutgoingMessage::isPaid)
                        .isPresent();
    }

    /**
     * Whether something for the contact waits to be sent: it goes first, since later packets of the chain may need it.
     */
    private static boolean isBusy(StoreTransaction tx, ContactConversation contact) throws StoreException {
        for (OutgoingMessage outgoing : OutgoingRecords.of(tx, contact.id())) {
            if (!outgoing.state().isSettled() && !outgoing.isOut() && !SessionState.holds(tx, contact, outgoing)) {
                return true;
            }
        }
        return false;
    }

    private Optional<byte[]> packet(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, CargoRecord cargo, int size)
            throws StoreException, MessageWaitsException {
        if (cargo.packet() == null) {
            return sealer.of(contact).cargo(tx, after, contact, cargo, size);
        }
        // A decoy that is still to be sent is identified by its packet, so it is sent only once.
        return Optional.of(cargo.packet())
                .filter(packet -> packet.length == size && !decoys.isKnown(contact.network(), packet));
    }
}
