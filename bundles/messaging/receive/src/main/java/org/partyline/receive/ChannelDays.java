package org.partyline.receive;

import java.time.Clock;
import java.time.Instant;
import java.util.stream.IntStream;
import org.partyline.api.SecretBytes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Advances channels to the next day: expects its packets, and erases the roots of days that were read. */
final class ChannelDays {
    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final Clock clock;
    private final OperatorSettings settings;
    private final Bus bus;
    private final Reception reception;

    ChannelDays(
            StateGuard guard,
            Recognition recognition,
            Clock clock,
            OperatorSettings settings,
            Bus bus,
            Reception reception) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.clock = clock;
        this.settings = settings;
        this.bus = bus;
        this.reception = reception;
    }

    /** Returns whether no packet waits to be tried again; while any does, no key is erased. */
    boolean areRead() {
        return recognition.unmatched.again.isEmpty();
    }

    /** Expects the packets of the days until tomorrow, also of those on which a service was missing. */
    void expect() {
        int today = Days.of(clock.instant());
        for (ChannelMembership member : people.conversations.members()) {
            if (recognition.beacons.add(member, member.entry.rootDay(), today + 1)) {
                bus.publish(new Bus.Expected());
            }
        }
    }

    /**
     * Expects the packets of the coming days, and erases the roots before yesterday once those days' packets were read.
     */
    void turn() throws StoreException {
        Instant now = clock.instant();
        int today = Days.of(now);
        int oldest = Days.of(now.minus(settings.get().reading().catchUp()));
        expect();
        for (ChannelMembership member : people.conversations.members()) {
            int horizon = Days.of(reception.horizon(member.network(), now));
            // Packets whose keys are still being derived, and those that wait for a suite or a key, count as unread.
            int read = IntStream.of(
                            horizon,
                            recognition.secrets.firstDay(member.id()).orElse(today) + 1,
                            recognition.parked.firstDay().orElse(today) + 1)
                    .min()
                    .getAsInt();
            int keep = Math.max(Math.min(read, today) - 1, oldest);
            if (keep <= member.entry.rootDay()) {
                continue;
            }
            // The store first: if the disk fails, the next round tries again.
            try (SecretBytes root = recognition.beacons.root(member, keep)) {
                MembershipRecord moved = member.entry.withRoot(keep, root.expose());
                guard.update(tx -> {
                    for (int day = member.entry.rootDay(); day < keep; day++) {
                        SeenLocators.forgetSeen(tx, member.id(), day);
                    }
                    Tables.putSecret(tx, MembershipRecord.TABLE, Keys.of(member.id()), Keys.ALL, moved);
                    SeenChains.forgetBefore(tx, member.id(), keep);
                });
            }
            recognition.beacons.forgetBefore(member, keep);
        }
    }
}
