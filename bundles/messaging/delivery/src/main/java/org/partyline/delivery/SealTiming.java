package org.partyline.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;

/** Checks whether messages are sealed correctly for their time of sending, and reseals them. */
final class SealTiming {
    /** How far ahead of their clock readers accept a timestamp (PROTOCOL 2). */
    private static final Duration MOST_AHEAD = Duration.ofMinutes(5);

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final ClockAgainstBlocks blocks;
    private final Outbox outbox;
    private final PacketSizes sizes;
    private final QueueSealer sealer;
    private final SlotSchedule slotSchedule;
    private final MessageCoins coins;

    SealTiming(
            StateGuard guard,
            Clock clock,
            ClockAgainstBlocks blocks,
            Outbox outbox,
            PacketSizes sizes,
            QueueSealer sealer,
            SlotSchedule slotSchedule,
            MessageCoins coins) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.blocks = blocks;
        this.outbox = outbox;
        this.sizes = sizes;
        this.sealer = sealer;
        this.slotSchedule = slotSchedule;
        this.coins = coins;
    }

    /**
     * Readers count a time to live from sealing: with cover traffic a message is sealed when it may leave, not when it
     * was written. If its session is not open yet, it is not sealed anyway, and that reason is shown instead.
     */
    void awaitPoint(OutgoingMessage outgoing) throws StoreException, SlotSchedule.Later {
        if (outgoing.ttlMinutes() == 0) {
            return;
        }
        Optional<Conversation> conversation = guard.open(() -> {
            Conversation found = people.conversations.find(outgoing.membership());
            return found == null || !sealer.of(found).isOpen(found) ? Optional.empty() : Optional.of(found);
        });
        if (conversation.isPresent()) {
            slotSchedule.awaitPoint(
                    conversation.get().persona(), conversation.get().network());
        }
    }

    /** @throws MessageWaitsException if the time of sealing cannot be right */
    void awaitClock(OutgoingMessage outgoing) throws StoreException, MessageWaitsException {
        Optional<Network> network =
                guard.open(() -> Optional.ofNullable(people.conversations.find(outgoing.membership()))
                        .map(Conversation::network));
        if (network.isPresent()) {
            blocks.require(network.get());
        }
    }

    /**
     * Whether a message that has not left yet was sealed while this machine's clock was ahead: its readers would reject
     * its timestamp.
     */
    boolean isOfTheFuture(OutgoingMessage outgoing) throws StoreException {
        return outgoing.isText()
                && Instant.ofEpochSecond(outgoing.stamped())
                        .isAfter(clock.instant().plus(MOST_AHEAD))
                && !mayHaveLeft(outgoing);
    }

    /** Whether a message was sealed so long ago that its readers would reject its timestamp. */
    boolean isStale(OutgoingMessage outgoing) {
        return clock.instant().isAfter(Instant.ofEpochSecond(outgoing.stamped()).plus(SendQueue.STALE));
    }

    /** Whether a message was sealed before cover traffic began, whose packets are larger. */
    boolean isTooSmall(OutgoingMessage outgoing) throws StoreException {
        if (!outgoing.isWritten() || outgoing.left()) {
            return false;
        }
        int smallest = outgoing.parts().stream()
                .mapToInt(part -> part.packet().length)
                .min()
                .orElseThrow();
        return guard.open(() -> {
            Conversation conversation = people.conversations.find(outgoing.membership());
            return conversation != null
                    && !mayHaveLeft(outgoing)
                    && smallest
                            < sizes.room(conversation.persona(), conversation.network(), false, "")
                                    .least();
        });
    }

    /** Seals a message again; null if it no longer exists. */
    @Nullable
    OutgoingMessage seal(OutgoingMessage outgoing) throws PartylineException {
        return sealer.seal(outgoing);
    }

    /**
     * Seals a message again that waited too long; impossible if some of it has left. @return whether it is sealed again
     */
    boolean renew(OutgoingMessage outgoing) throws StoreException {
        if (mayHaveLeft(outgoing) || outgoing.carriesSession() || outgoing.type() == PacketType.DECOY.code()) {
            String reason = outgoing.left()
                    ? "part of it was sent more than " + SendQueue.STALE.toHours() + " hours before the rest could be"
                    : "it could not be sent for " + SendQueue.STALE.toHours() + " hours";
            guard.perform(() -> outbox.giveUp(outgoing.id(), MessageEvent.EXPIRED, reason));
            sealer.abandon(outgoing);
        } else {
            again(outgoing, "it waited too long and is sealed again with the current time");
            return true;
        }
        coins.release(outgoing);
        return false;
    }

    private boolean mayHaveLeft(OutgoingMessage outgoing) throws StoreException {
        return guard.open(() -> guard.transact(tx -> KeptTransactionRecords.mayHaveLeft(tx, outgoing)));
    }

    /** Allows a message to be sealed again. */
    void again(OutgoingMessage outgoing, String reason) throws StoreException {
        guard.perform(() -> outbox.unseal(outgoing.id(), reason));
        coins.release(outgoing);
    }
}
