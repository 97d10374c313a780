package org.partyline.receive;

import java.text.Normalizer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.receive.Place;
import org.partyline.api.receive.ReadMessage;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.recognition.Answers;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.scan.Candidate;

/** Keeps what another bundle's receiver has read: where it belongs, once, and as what it is. */
public final class OtherMessages {
    private final StateGuard guard;
    private final Clock clock;
    private final Inbox inbox;

    public OtherMessages(StateGuard guard, Clock clock, Inbox inbox) {
        this.guard = guard;
        this.clock = clock;
        this.inbox = inbox;
    }

    private record Kept(Inbox.Source source, MessageRecord message) {}

    /**
     * Keeps a packet's messages, all in one transaction.
     *
     * @return whether there is a place here for any of them
     */
    boolean accept(Incoming packet, Answers.Answer answer) throws StoreException {
        Map<ChannelMembership, List<ReadMessage>> placed = new LinkedHashMap<>();
        for (ReadMessage message : answer.reading().messages()) {
            for (ChannelMembership member : packet.memory().conversations.members()) {
                if (belongs(packet.memory(), member, packet.candidate(), message.place())) {
                    placed.computeIfAbsent(member, none -> new ArrayList<>()).add(message);
                }
            }
        }
        if (placed.isEmpty()) {
            return false;
        }
        List<Kept> kept = guard.transact(tx -> {
            List<Kept> all = new ArrayList<>();
            tx.delete(HeldPackets.UNMATCHED, packet.id().hash());
            tx.delete(HeldPackets.PARKED, packet.id().hash());
            for (Map.Entry<ChannelMembership, List<ReadMessage>> in : placed.entrySet()) {
                int member = in.getKey().id();
                if (SeenLocators.isOther(tx, member, packet.id().hash())) {
                    continue;
                }
                SeenLocators.putOther(tx, member, packet.id().hash(), clock.instant());
                for (ReadMessage message : in.getValue()) {
                    Inbox.Source source = source(packet, in.getKey(), message);
                    inbox.other(
                                    tx,
                                    source,
                                    answer.receiver(),
                                    ShownText.block(message.text()),
                                    message.timeToLive()
                                            .map(OtherMessages::minutes)
                                            .orElse(OptionalInt.empty()))
                            .ifPresent(one -> all.add(new Kept(source, one)));
                }
            }
            return all;
        });
        kept.forEach(one -> inbox.arrived(packet.memory(), one.source(), Optional.of(one.message())));
        return true;
    }

    private static boolean belongs(Unlocked memory, ChannelMembership member, Candidate candidate, Place place) {
        return member.entry.network() == candidate.network()
                && place.persona()
                        .map(memory.personas.name(member.persona())::equals)
                        .orElse(true)
                && place.channel()
                        .map(name ->
                                Normalizer.normalize(name, Normalizer.Form.NFC).equals(member.name()))
                        .orElse(true);
    }

    private static Inbox.Source source(Incoming packet, ChannelMembership member, ReadMessage message) {
        long sent = Math.min(
                message.sent().getEpochSecond(), packet.candidate().reference().getEpochSecond());
        return new Inbox.Source(
                member,
                packet.candidate(),
                packet.id(),
                ShownText.line(message.sender()),
                -1,
                sent,
                -1,
                "",
                SignerId.NOBODY);
    }

    /** Rounded up. */
    private static OptionalInt minutes(Duration time) {
        return OptionalInt.of((int) time.plusMinutes(1).minusNanos(1).toMinutes());
    }
}
