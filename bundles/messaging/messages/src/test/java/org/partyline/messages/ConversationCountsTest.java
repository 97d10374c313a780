package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ConversationSummaries;
import org.partyline.messaging.mailbox.ConversationEraser;
import org.partyline.messaging.mailbox.ConversationMarks;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.MemoryStore;

/** Lists of conversations show the same counts as opening each message would; and they open none. */
class ConversationCountsTest {
    private static final List<String> NAMES = List.of("alice", "Åsa", "carol");
    private static final List<String> TEXTS =
            List.of("hello", "@alice are you there", "ask \uFF20ALICE", "@åsa?", "mail alice@example.org", "@carol");

    private final CountingStore store = new CountingStore();
    private final ConversationBench bench = new ConversationBench(store);

    ConversationCountsTest() throws StoreException {}

    @AfterEach
    void close() {
        bench.close();
    }

    /** Counts the messages that are read. */
    private static final class CountingStore extends MemoryStore {
        final AtomicInteger reads = new AtomicInteger();

        CountingStore() throws StoreException {
            super(MemoryStore.open());
            unlock(PASSPHRASE.toCharArray());
        }

        @Override
        public synchronized <T, X extends Exception> T transact(Work<T, X> work) throws StoreException, X {
            return super.transact(tx -> work.run((StoreTransaction) Proxy.newProxyInstance(
                    StoreTransaction.class.getClassLoader(),
                    new Class<?>[] {StoreTransaction.class},
                    (self, method, arguments) -> {
                        boolean read = List.of("get", "list", "forEach").contains(method.getName());
                        if (read && arguments[0].equals(MessageRecord.TABLE)) {
                            reads.incrementAndGet();
                        }
                        try {
                            return method.invoke(tx, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    })));
        }
    }

    /** Returns the result of opening them all. */
    private Conversation counted(ChannelMembership place) throws Exception {
        long now = bench.stage.clock.instant().toEpochMilli();
        return bench.stage.guard.open(() -> bench.stage.guard.transact(tx -> {
            ConversationMarks marks = ConversationMarks.of(tx, place.id());
            String persona = bench.stage.people.personas.name(place.persona());
            int unread = 0;
            int mentions = 0;
            long last = -1;
            for (MessageRecord message : Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)) {
                if (message.membership() != place.id() || message.expires() <= now) {
                    continue;
                }
                last = Math.max(last, message.arrived());
                if (!message.outgoing() && !message.notice() && !message.shown() && message.id() > marks.readTo()) {
                    unread++;
                    mentions += !message.burn() && names(message.text(), persona) ? 1 : 0;
                }
            }
            return new Conversation(
                    persona,
                    false,
                    place.name(),
                    unread,
                    marks.readTo() == 0 ? OptionalLong.empty() : OptionalLong.of(marks.readTo()),
                    mentions,
                    marks.muted(),
                    false,
                    last < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(last)));
        }));
    }

    /** Returns which of the {@link #TEXTS} mentions whom. */
    private static boolean names(String text, String persona) {
        return switch (persona) {
            case "alice" -> TEXTS.indexOf(text) == 1 || TEXTS.indexOf(text) == 2;
            case "Åsa" -> TEXTS.indexOf(text) == 3;
            default -> TEXTS.indexOf(text) == 5;
        };
    }

    private void compare(List<ChannelMembership> places) throws Exception {
        for (ChannelMembership place : places) {
            assertEquals(counted(place), bench.conversations.get(new Place(Optional.empty(), false, place.name())));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theyAreWhatSomebodyCountsWhoOpensEachMessage(long seed) throws Exception {
        Random random = new Random(seed);
        List<ChannelMembership> places = new ArrayList<>(List.of(bench.lobby, bench.stage.join("club", Mode.RATCHET)));
        List<Long> ids = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            step(random, places, ids);
            if (random.nextInt(3) > 0) {
                compare(places);
            }
        }
        compare(places);
    }

    private void step(Random random, List<ChannelMembership> places, List<Long> ids) throws Exception {
        ChannelMembership place = places.get(random.nextInt(places.size()));
        long some = ids.isEmpty() ? 0 : ids.get(random.nextInt(ids.size()));
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> ids.add(receive(random, place));
            case 3 -> change(some, random);
            case 4 -> bench.stage.guard.transact(tx -> MessageRecords.delete(tx, some));
            case 5 -> bench.conversations.read(new Place(Optional.empty(), false, place.name()), some);
            case 6 -> bench.stage.clock.pass(Duration.ofMinutes(random.nextInt(5)));
            case 7 -> bench.stage.guard.transact(tx -> tx.deleteExpired(bench.stage.clock.instant()));
            case 8 -> fails(place, some);
            default -> rare(random, place);
        }
    }

    private long receive(Random random, ChannelMembership place) throws StoreException {
        String text = TEXTS.get(random.nextInt(TEXTS.size()));
        return bench.receive(place, "carol", SignerId.NOBODY, text, random.nextInt(4) == 0);
    }

    private void change(long id, Random random) throws StoreException {
        bench.stage.guard.transact(tx -> {
            Optional<MessageRecord> found = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class);
            if (found.isPresent()) {
                MessageRecord message = found.get();
                MessageRecords.put(
                        tx,
                        switch (random.nextInt(4)) {
                            case 0 -> message.asShown();
                            case 1 -> message.withText(TEXTS.get(random.nextInt(TEXTS.size())));
                            case 2 -> message.withNotice(true);
                            default ->
                                message.expiring(bench.stage
                                        .clock
                                        .instant()
                                        .plusSeconds(random.nextInt(600))
                                        .toEpochMilli());
                        });
            }
            return null;
        });
    }

    /** Runs a transaction that changes and counts, and is rolled back: by its caller, or by the disk. */
    private void fails(ChannelMembership place, long id) {
        MessageCounts counts = new MessageCounts(bench.stage.guard, bench.stage.summaries, bench.stage.clock);
        if (id % 2 == 0) {
            store.failCommits(1);
        }
        assertThrows(
                StoreException.class,
                () -> bench.stage.guard.<Void, StoreException>open(() -> bench.stage.guard.transact(tx -> {
                    MessageRecords.delete(tx, id);
                    tx.put(ConversationMarks.TABLE, Keys.of(-1), Keys.of(-1), new byte[1], null);
                    counts.listing(tx, place).summary(place);
                    if (id % 2 == 0) {
                        return null;
                    }
                    throw new StoreException("no");
                })));
        store.failCommits(0);
    }

    /** Simulates a rare event: a restart, a persona is renamed, or a whole conversation is erased. */
    private void rare(Random random, ChannelMembership place) throws StoreException {
        int what = random.nextInt(8);
        if (what < 4) {
            restart();
        } else if (what == 4) {
            bench.stage.guard.transact(tx -> {
                ConversationEraser.erase(tx, place.id());
                return null;
            });
        } else {
            call(NAMES.get(random.nextInt(NAMES.size())));
        }
    }

    /** Nothing is left in memory: the stored data must be right. */
    private void restart() throws StoreException {
        bench.stage.guard.changedMessages().take(MessageRecord.TABLE);
        bench.stage.guard.open(() -> {
            bench.stage.summaries.close();
            return null;
        });
    }

    @Test
    void afterARestartListsOpenNoMessageAtAll() throws Exception {
        bench.conversations.list();
        for (int i = 0; i < 50; i++) {
            bench.receive("carol", i % 2 == 0 ? "hello" : "@alice hello");
        }
        restart();
        store.reads.set(0);
        assertEquals(50, bench.lobby().unread());
        assertEquals(25, bench.lobby().mentions());
        assertEquals(0, store.reads.get());
    }

    @Test
    void listsOpenNoMessageThatDidNotChange() throws Exception {
        for (int i = 0; i < 50; i++) {
            bench.receive("carol", "hello");
        }
        bench.conversations.list();
        store.reads.set(0);
        bench.conversations.list();
        bench.conversations.read(ConversationBench.LOBBY, 20);
        assertEquals(30, bench.lobby().unread());
        assertEquals(0, store.reads.get());
        bench.receive("carol", "hello");
        // The event log has read it before and after it was stored.
        store.reads.set(0);
        assertEquals(31, bench.lobby().unread());
        assertEquals(1, store.reads.get(), "the one that came");
    }

    @Test
    void whatAFailedReadLeftOutIsReadByTheNext() throws Exception {
        assertEquals(0, bench.lobby().unread());
        long id = bench.receive("carol", "hello");
        byte[] whole = spoil(id);
        assertThrows(Exception.class, () -> bench.lobby());
        restore(id, whole);
        assertEquals(1, bench.lobby().unread());
    }

    @Test
    void aPersonaThatGetsItsNameBackHasAllItsMentions() throws Exception {
        MessageCounts counts = new MessageCounts(bench.stage.guard, bench.stage.summaries, bench.stage.clock);
        assertEquals(0, bench.lobby().mentions());
        call("carol");
        bench.receive("dave", "@alice are you there");
        bench.stage.guard.open(() -> bench.stage.guard.transact(tx -> {
            counts.refresh(tx);
            return null;
        }));
        call("alice");
        assertEquals(1, bench.lobby().mentions());
    }

    private void call(String name) throws StoreException {
        bench.stage.guard.open(() -> {
            bench.stage.people.personas.setName(bench.lobby.persona(), name);
            return null;
        });
    }

    @Test
    void nothingIsKeptOfWhatHasExpired() throws Exception {
        bench.receive("carol", "hello");
        assertEquals(1, bench.lobby().unread());
        bench.stage.clock.pass(Duration.ofHours(2));
        assertEquals(0, bench.lobby().unread());
        bench.stage.guard.transact(tx -> tx.deleteExpired(bench.stage.clock.instant()));
        MessageCounts counts = new MessageCounts(bench.stage.guard, bench.stage.summaries, bench.stage.clock);
        bench.stage.guard.open(() -> bench.stage.guard.transact(tx -> {
            counts.refresh(tx);
            assertEquals(0, bench.stage.summaries.newest(bench.lobby.id()));
            return null;
        }));
    }

    @Test
    void aConversationThatCouldNotBeReadIsCountedWholeByTheNext() throws Exception {
        bench.receive("carol", "hello");
        long id = bench.receive("carol", "hello");
        assertEquals(2, bench.lobby().unread());
        call("carol");
        byte[] whole = spoil(id);
        assertThrows(Exception.class, () -> bench.lobby());
        restore(id, whole);
        assertEquals(2, bench.lobby().unread());
    }

    /** @return the previous value */
    private byte[] spoil(long id) throws StoreException {
        byte[] whole =
                store.transact(tx -> tx.get(MessageRecord.TABLE, Keys.of(id))).orElseThrow();
        restore(id, Arrays.copyOf(whole, 1));
        return whole;
    }

    private void restore(long id, byte[] value) throws StoreException {
        store.<Void, StoreException>transact(tx -> {
            tx.put(MessageRecord.TABLE, Keys.of(id), Keys.of(bench.lobby.id()), value, null);
            return null;
        });
    }

    @Test
    void nothingIsKnownOfAChannelThatWasLeft() throws Exception {
        bench.receive("carol", "hello");
        assertEquals(1, bench.lobby().unread());
        bench.stage.guard.open(() -> {
            bench.stage.registry.remove(bench.lobby);
            assertEquals(0, bench.stage.summaries.newest(bench.lobby.id()));
            return null;
        });
    }

    @Test
    void whatIsKnownIsGoneWithTheUnlockedState() throws Exception {
        bench.receive("carol", "hello");
        assertEquals(1, bench.lobby().unread());
        ConversationSummaries summaries = bench.stage.summaries;
        bench.stage.forget();
        assertEquals(0, summaries.newest(bench.lobby.id()));
    }
}
