package org.partyline.channels;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ConversationSummaries.Summary;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.state.StateGuard;

/** Converts channels for lists. Under the state lock; part of the caller's transaction. */
final class ChannelViews {
    private final People people;
    private final Recognition recognition;
    private final MessageCounts counts;

    ChannelViews(StateGuard guard, Recognition recognition, MessageCounts counts) {
        this.people = guard.people();
        this.recognition = recognition;
        this.counts = counts;
    }

    /** The number of chains of a channel that can be read. */
    int chains(ChannelMembership member) {
        return recognition.chains.of(member.id()).size();
    }

    /** The channels of a persona, or of all for -1. */
    List<Channel> all(StoreTransaction tx, int persona) throws StoreException {
        MessageCounts.Listing listing = counts.listing(tx);
        List<Channel> all = new ArrayList<>();
        for (ChannelMembership member : people.conversations.members()) {
            if (persona < 0 || member.entry.persona() == persona) {
                all.add(of(listing, member));
            }
        }
        all.sort(Comparator.comparing(Channel::persona).thenComparing(Channel::name));
        return all;
    }

    Channel of(StoreTransaction tx, ChannelMembership member) throws StoreException {
        return of(counts.listing(tx, member), member);
    }

    private Channel of(MessageCounts.Listing listing, ChannelMembership member) throws StoreException {
        Summary summary = listing.summary(member);
        Set<String> senders = new LinkedHashSet<>();
        for (ReceiveChainState chain : recognition.chains.of(member.id())) {
            if (!chain.entry.nickname().isEmpty()) {
                senders.add(chain.entry.nickname());
            }
        }
        MembershipRecord entry = member.entry;
        return new Channel(
                people.personas.name(entry.persona()),
                entry.name(),
                member.network(),
                Mode.valueOf(entry.mode()),
                entry.itsCarrier(),
                entry.parameters(),
                entry.startDay(),
                summary.unread(),
                summary.last() < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(summary.last())),
                List.copyOf(senders));
    }
}
