package org.partyline.mailbox;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Change.Kind;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.FragmentRecord;
import org.partyline.messaging.mailbox.GapRecord;
import org.partyline.messaging.mailbox.Inbox.Skipped;
import org.partyline.messaging.mailbox.MessageChange;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.mailbox.StoredGap;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Maintains a notice for each run of missing positions of a chain, between the messages before and after it (PROTOCOL
 * 5, "Gaps"). Each method is part of the caller's transaction.
 */
final class MessageGaps {
    private final People people;
    private final Clock clock;
    private final MessageCounts counts;
    private final Supplier<Duration> life;
    private final EventHub events;

    /** @param life how long a notice is kept once none of the missing packets can arrive any more */
    MessageGaps(People people, Clock clock, MessageCounts counts, Supplier<Duration> life, EventHub events) {
        this.people = people;
        this.clock = clock;
        this.counts = counts;
        this.life = life;
        this.events = events;
    }

    void bring(StoreTransaction tx, AfterCommit after, ReceiveChainRecord chain, Skipped skipped)
            throws StoreException {
        GapRecord before = GapRecord.of(tx, chain.number(), chain.membership());
        TreeSet<Integer> missing = new TreeSet<>(skipped.missing());
        for (GapRecord.Run run : before.runs()) {
            for (int at = run.gap().first(); at <= run.gap().last(); at++) {
                missing.add(at);
            }
        }
        missing.removeAll(skipped.arrived());
        if (missing.isEmpty() && before.runs().isEmpty()) {
            return;
        }
        List<GapRecord.Run> old = new ArrayList<>(before.runs());
        List<GapRecord.Run> runs = new ArrayList<>();
        for (StoredGap gap : gaps(missing, skipped, pieces(tx, chain))) {
            Optional<GapRecord.Run> was =
                    old.stream().filter(run -> overlap(run.gap(), gap)).findFirst();
            was.ifPresent(old::remove);
            runs.add(new GapRecord.Run(show(tx, after, chain, gap, was), gap));
        }
        for (GapRecord.Run run : old) {
            erase(tx, after, run.message());
        }
        if (!runs.equals(before.runs())) {
            new GapRecord(chain.number(), chain.membership(), List.copyOf(runs)).put(tx);
        }
    }

    private static boolean overlap(StoredGap one, StoredGap other) {
        return one.first() <= other.last() && other.first() <= one.last();
    }

    /** Returns the runs of consecutive positions. */
    private static List<StoredGap> gaps(NavigableSet<Integer> missing, Skipped skipped, List<Piece> pieces) {
        List<StoredGap> gaps = new ArrayList<>();
        List<Integer> run = new ArrayList<>();
        for (int position : missing) {
            if (!run.isEmpty() && run.get(run.size() - 1) + 1 != position) {
                gaps.add(gap(run, missing, skipped, pieces));
                run.clear();
            }
            run.add(position);
        }
        if (!run.isEmpty()) {
            gaps.add(gap(run, missing, skipped, pieces));
        }
        return gaps;
    }

    private static StoredGap gap(
            List<Integer> run, NavigableSet<Integer> missing, Skipped skipped, List<Piece> pieces) {
        int most = 0;
        for (int position : run) {
            // The fragments of one message count once, at the first missing one.
            boolean counts = pieces.stream()
                    .filter(piece -> piece.first() <= position && position <= piece.last())
                    .allMatch(piece -> missing.ceiling(piece.first()) == position);
            most += counts ? 1 : 0;
        }
        boolean mayArrive = run.stream().anyMatch(skipped.expected()::contains);
        return new StoredGap(most, run.get(0), run.get(run.size() - 1), mayArrive);
    }

    /** The positions of an incomplete message, which are consecutive (PROTOCOL 7). */
    private record Piece(int first, int last) {}

    private static List<Piece> pieces(StoreTransaction tx, ReceiveChainRecord chain) throws StoreException {
        Map<Integer, Piece> messages = new HashMap<>();
        for (StoredRecord stored : tx.list(FragmentRecord.TABLE)) {
            if (ByteBuffer.wrap(stored.key()).getLong() != chain.membership()) {
                continue;
            }
            FragmentRecord piece = Cbor.read(stored.value(), FragmentRecord.class);
            if (piece.chain() == chain.number()) {
                int first = piece.sequence() - piece.index();
                messages.put(piece.messageId(), new Piece(Math.max(0, first), first + piece.count() - 1));
            }
        }
        return List.copyOf(messages.values());
    }

    /** Stores the notice of a gap. @return its number; 0 if there is no notice */
    private long show(
            StoreTransaction tx,
            AfterCommit after,
            ReceiveChainRecord chain,
            StoredGap gap,
            Optional<GapRecord.Run> was)
            throws StoreException {
        long number = was.map(GapRecord.Run::message).orElse(0L);
        if (was.isPresent() && was.get().gap().equals(gap)) {
            return number;
        }
        if (gap.most() == 0) {
            erase(tx, after, number);
            return 0;
        }
        if (number != 0 && !tx.contains(MessageRecord.TABLE, Keys.of(number))) {
            // The notice has expired, or its reader has erased it.
            return number;
        }
        MessageRecord notice = notice(tx, chain, gap, number == 0 ? Tables.next(tx, "message") : number);
        MessageRecords.put(tx, notice);
        after.then(() -> events.publish(number == 0 ? arrival(notice) : change(Kind.GAP, notice)));
        return notice.id();
    }

    private Messages.Event arrival(MessageRecord notice) {
        return new Messages.Event(
                Optional.of(new Views(people).message(notice, Optional.empty(), false)), Optional.empty());
    }

    private Messages.Event change(Kind kind, MessageRecord notice) {
        return new Messages.Event(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new MessageChange(kind, notice).seen(people, Optional.empty())));
    }

    private void erase(StoreTransaction tx, AfterCommit after, long number) throws StoreException {
        Optional<MessageRecord> notice = Tables.find(tx, MessageRecord.TABLE, Keys.of(number), MessageRecord.class);
        if (notice.isPresent()) {
            MessageRecords.delete(tx, number);
            after.then(() -> events.publish(change(Kind.ERASED, notice.get())));
        }
    }

    private MessageRecord notice(StoreTransaction tx, ReceiveChainRecord chain, StoredGap gap, long number)
            throws StoreException {
        Instant now = clock.instant();
        return MessageRecordBuilder.builder()
                .id(number)
                .membership(chain.membership())
                .sender(chain.nickname())
                .text("")
                .chain(chain.number())
                .chainOpened(chain.opened())
                .sequence(gap.first())
                .sent(sent(tx, chain, gap).orElse(now.getEpochSecond()))
                .arrived(now.toEpochMilli())
                .expires(now.plus(life.get())
                        .plus(gap.mayArrive() ? ReceiveChains.PATIENCE : Duration.ZERO)
                        .toEpochMilli())
                .block(-1)
                .packets(List.of())
                .transactions(List.of())
                .views(List.of())
                .notice(true)
                .signer(SignerId.NOBODY)
                .locator("")
                .session(HexFormat.of().formatHex(chain.session()))
                .gap(gap)
                .build();
    }

    /**
     * Returns the time that sorts the notice between its neighbours: that of the message after it, otherwise that of
     * the message before it.
     */
    private Optional<Long> sent(StoreTransaction tx, ReceiveChainRecord chain, StoredGap gap) throws StoreException {
        String session = HexFormat.of().formatHex(chain.session());
        MessageRecord before = null;
        MessageRecord after = null;
        for (MessageRecord message : counts.ofChain(tx, chain.membership(), session)) {
            if (message.outgoing() || message.gap() != null) {
                continue;
            }
            if (message.sequence() > gap.last() && (after == null || message.sequence() < after.sequence())) {
                after = message;
            } else if (message.sequence() < gap.first() && (before == null || message.sequence() > before.sequence())) {
                before = message;
            }
        }
        return Optional.ofNullable(after == null ? before : after).map(MessageRecord::sent);
    }
}
