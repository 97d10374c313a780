package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Inbox.Skipped;
import org.partyline.messaging.mailbox.ReceiptRecord;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.ChainTable;
import org.partyline.messaging.recognition.SealedSecrets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.InitialSync;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;

/**
 * How long roots and chains of a channel are kept: someone who takes the files later must not be able to read more than
 * that.
 */
class UpkeepTest {
    private final StageBench bench = new StageBench();
    private final InitialSync sync = bench.context.initialSync();
    /** What is said of gaps, once it is stored. */
    private final List<Skipped> told = new ArrayList<>();

    private final Inbox inbox = (Inbox) Proxy.newProxyInstance(
            Inbox.class.getClassLoader(), new Class<?>[] {Inbox.class}, (self, method, all) -> {
                if (method.getName().equals("gaps")) {
                    ((AfterCommit) all[1]).then(() -> told.add((Skipped) all[3]));
                }
                return method.invoke(bench.inbox, all);
            });
    private final ReceiveState state = new ReceiveState(
            new InboundQueue(
                    bench.guard,
                    new Inbound(null, null, null, sync),
                    bench.bus,
                    null,
                    null,
                    null,
                    new Derivations(bench.guard, bench.recognition, bench.suites, bench.channelKeys, Runnable::run, 1)),
            sync,
            new ParkedUpkeep(bench.guard, bench.recognition, bench.clock, null, bench.inbox, bench.notices.security()),
            new ChainUpkeep(
                    bench.guard, bench.recognition, bench.clock, bench.notices.events(), bench.reception, inbox),
            new ChannelDays(bench.guard, bench.recognition, bench.clock, bench.settings, bench.bus, bench.reception),
            () -> {});
    private ChannelMembership lobby;
    private int chain;

    @BeforeEach
    void aChainOfToday() throws Exception {
        lobby = bench.join("lobby", Mode.RATCHET);
        int today = Days.of(bench.clock.instant());
        try (SecretBytes root = lobby.root(bench.channelKeys, today);
                SecretBytes key = bench.chains.channelChainKey(new byte[NewChain.SEED_LENGTH], root, Network.REGTEST)) {
            byte[] session = bench.chains.sessionId(key);
            ReceiveChain started = bench.chains.receive(key, bench.clock.instant());
            chain = bench.guard.open(() -> {
                ReceiveChainRecord entry = bench.guard.transact(tx -> {
                    ReceiveChainRecord made = ReceiveChainRecordBuilder.builder()
                            .number((int) Tables.next(tx, "chain"))
                            .membership(lobby.id())
                            .kind(ChainKind.CHANNEL)
                            .session(session)
                            .nickname("mallory")
                            .build();
                    ReceiveChains.putChain(tx, made, started);
                    SeenChains.opens(tx, lobby.id(), today, session);
                    SeenLocators.putSeen(tx, lobby.id(), today, new byte[Packets.SEALED_LOCATOR]);
                    return made;
                });
                bench.recognition.chains.follow(new ReceiveChainState(entry, started));
                return entry.number();
            });
        }
    }

    @AfterEach
    void close() {
        assertEquals(bench.inbox.gaps, told);
        bench.close();
    }

    private void round() throws StoreException {
        bench.guard.<Void, StoreException>open(() -> {
            state.expire();
            return null;
        });
    }

    private void draining(boolean draining) {
        bench.reception.draining = draining;
        sync.draining.set(draining);
    }

    /** Advances the clock, with everything being read. */
    private void live(Duration time) throws StoreException {
        bench.clock.pass(time);
        round();
    }

    private int rootAge() throws StoreException {
        int stored = bench.guard.transact(tx -> Tables.all(tx, MembershipRecord.TABLE, MembershipRecord.class)
                .get(0)
                .rootDay());
        assertEquals(lobby.entry.rootDay(), stored, "memory keeps no more than the store");
        return Days.of(bench.clock.instant()) - stored;
    }

    private long count(String table) throws StoreException {
        return bench.guard.transact(tx -> tx.count(table));
    }

    /** As long as a message may arrive, it is known which positions were used before. */
    @Test
    void receiptsAreDueAsLongAsTheirChainIsReadAndAWeekAfter() throws Exception {
        bench.guard.update(tx -> ReceiptRecord.none(lobby.id(), chain).opened(0).put(tx, bench.clock.instant()));
        bench.clock.pass(Duration.ofDays(30));
        bench.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        assertEquals(1, count(ReceiptRecord.TABLE));
        round();
        assertEquals(0, count(ReceiveChainRecord.TABLE));
        bench.clock.pass(ReceiptRecord.LIFE.minusSeconds(1));
        bench.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        assertEquals(1, count(ReceiptRecord.TABLE));
        bench.clock.pass(Duration.ofSeconds(1));
        bench.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        assertEquals(0, count(ReceiptRecord.TABLE));
    }

    /** Sooner than the root from which they could be derived. */
    @Test
    void theSecretsOfUsedPositionsAreErasedADayAfterTheirChainBegan() throws Exception {
        bench.recognition.chains.use(
                5, new ChainTable.Used(1, bench.clock.instant(), SecretBytes.wrap(new byte[32]), 0));
        live(Duration.ofDays(1));
        assertNotNull(bench.recognition.chains.used(5));
        live(Duration.ofSeconds(1));
        assertNull(bench.recognition.chains.used(5));
    }

    @Test
    void theRootsBeforeYesterdaysAreErased() throws Exception {
        live(Duration.ofDays(1));
        assertEquals(1, rootAge());
        live(Duration.ofDays(5));
        assertEquals(1, rootAge());
        int today = Days.of(bench.clock.instant());
        assertThrows(IllegalArgumentException.class, () -> lobby.root(bench.channelKeys, today - 2));
    }

    @Test
    void theRootsOfDaysThatWereNotReadAreKeptForTheTimeOfCatchUpAndNotLonger() throws Exception {
        bench.reception.read = bench.clock.instant();
        live(Duration.ofDays(10));
        assertEquals(10, rootAge(), "day by day all can be read");
        live(Duration.ofDays(10));
        assertEquals(14, rootAge());
    }

    @Test
    void aChainThatIsGoneIsNoneOfItsChannelsAnyMore() throws Exception {
        bench.guard.open(() -> {
            ReceiveChainState followed = bench.recognition.chains.find(chain);
            assertEquals(List.of(followed), bench.recognition.chains.of(lobby.id()));
            bench.recognition.chains.remove(followed);
            assertEquals(List.of(), bench.recognition.chains.of(lobby.id()));
            return null;
        });
    }

    /** A sealed packet is read once its key is derived, which someone who copies locators can delay. */
    @Test
    void theRootOfADayStaysAsLongAsAKeyIsDerivedOfIt() throws Exception {
        try (SecretBytes root = lobby.root(bench.channelKeys, Days.of(bench.clock.instant()));
                SecretBytes key = bench.channelKeys.beacon(root)) {
            byte[] locator = bench.channelKeys.newLocator(key, bench.random);
            byte[] packet = new byte[80];
            System.arraycopy(locator, 0, packet, 1, locator.length);
            SealedSecrets.Entry wanted = bench.guard.open(() -> {
                Beacon beacon = bench.recognition.beacons.match(packet);
                return bench.recognition.secrets.want(beacon, lobby.id(), lobby.entry.parameters(), locator);
            });
            live(Duration.ofDays(3));
            assertEquals(3, rootAge());
            bench.guard.open(() -> {
                bench.recognition.secrets.next();
                return bench.recognition.secrets.derived(wanted, SecretBytes.wrap(new byte[32]));
            });
        }
        round();
        assertEquals(1, rootAge());
    }

    @Test
    void nothingGoesBeforeWhatWasCollectedIsRead() throws Exception {
        draining(true);
        live(Duration.ofDays(20));
        assertEquals(20, rootAge());
        assertEquals(1, count(ReceiveChainRecord.TABLE));
        draining(false);
        round();
        assertEquals(1, rootAge());
        assertEquals(0, count(ReceiveChainRecord.TABLE));
    }

    @Test
    void nothingGoesBeforeWhatIsTriedAgainIsRead() throws Exception {
        bench.recognition.unmatched.again.add(
                new Candidate(Network.REGTEST.code(), new byte[64], new byte[32], null, bench.clock.millis(), ""));
        live(Duration.ofDays(20));
        assertEquals(20, rootAge());
        assertEquals(1, count(ReceiveChainRecord.TABLE));
        bench.recognition.unmatched.again.clear();
        round();
        assertEquals(1, rootAge());
        assertEquals(0, count(ReceiveChainRecord.TABLE));
    }

    @Test
    void aChainThatIsOverIsErased() throws Exception {
        live(Duration.ofHours(47));
        assertEquals(1, count(ReceiveChainRecord.TABLE));
        live(Duration.ofHours(2));
        assertEquals(0, count(ReceiveChainRecord.TABLE));
        assertEquals(List.of(), bench.recognition.chains.all());
    }

    /**
     * Returns the positions that are expected, by the chain in memory: those of the stored one, and those further
     * ahead.
     */
    private List<Integer> expected() throws StoreException {
        List<Integer> inMemory = new ArrayList<>();
        ReceiveChain followed = bench.recognition.chains.find(chain).chain;
        followed.forEachExpected((position, hint) -> {
            boolean[] found = {false};
            bench.recognition.chains.lookUp(hint, (number, at) -> found[0] |= number == chain && at == position);
            assertEquals(true, found[0], "its locator is expected, too");
            if (position <= followed.highest() + Chains.WINDOW) {
                inMemory.add(position);
            }
        });
        List<Integer> stored = new ArrayList<>();
        byte[] encoded = bench.guard.transact(
                tx -> Tables.find(tx, ReceiveChainRecord.TABLE, Keys.of(chain), ReceiveChainRecord.class)
                        .orElseThrow()
                        .chain());
        bench.chains.decodeReceive(encoded).forEachExpected((position, hint) -> stored.add(position));
        assertEquals(stored, inMemory);
        return inMemory;
    }

    @Test
    void theKeysOfPositionsThatWereSkippedAreKeptForADay() throws Exception {
        skipTo(5);
        live(Duration.ofHours(23));
        assertEquals(List.of(0, 1, 2, 3, 4, 6), expected().subList(0, 6));
        live(Duration.ofHours(2));
        assertEquals(6, expected().get(0));
    }

    private void skipTo(int position) throws Exception {
        bench.guard.open(() -> {
            ReceiveChainState found = bench.recognition.chains.find(chain);
            found.chain.use(
                    position,
                    bench.clock.instant(),
                    (at, hint) -> bench.recognition.chains.expect(chain, at, hint),
                    (at, hint) -> {});
            return bench.guard.transact(tx -> {
                ReceiveChains.putChain(tx, found.entry, found.chain);
                return null;
            });
        });
    }

    @Test
    void whatIsMissingIsToldAfterAnHourAndWhatIsLostAfterADay() throws Exception {
        skipTo(2);
        live(Duration.ofMinutes(59));
        assertEquals(List.of(), bench.inbox.gaps);
        live(Duration.ofMinutes(2));
        assertEquals(List.of(new Skipped(Set.of(0, 1), Set.of(), Set.of(0, 1))), bench.inbox.gaps);
        live(Duration.ofMinutes(1));
        assertEquals(1, bench.inbox.gaps.size(), "nothing is new");
        live(Duration.ofDays(1));
        assertEquals(new Skipped(Set.of(0, 1), Set.of(), Set.of()), bench.inbox.gaps.get(1));
    }

    /** As long as a node is behind, missing messages may be in a later block. */
    @Test
    void nothingIsMissingBeforeAllWasRead() throws Exception {
        skipTo(2);
        bench.reception.read = bench.clock.instant();
        live(Duration.ofHours(30));
        assertEquals(List.of(), bench.inbox.gaps);
        bench.reception.read = null;
        round();
        assertEquals(1, bench.inbox.gaps.size());
    }

    @Test
    void whatIsMissingOfAChainThatEndsIsLost() throws Exception {
        live(Duration.ofHours(47).plusMinutes(30));
        skipTo(2);
        live(Duration.ofMinutes(31));
        assertEquals(List.of(new Skipped(Set.of(0, 1), Set.of(), Set.of())), bench.inbox.gaps);
        assertEquals(0, count(ReceiveChainRecord.TABLE));
    }

    /** An answer is alone on its chain, and an undecided session has no reader yet. */
    @ParameterizedTest
    @CsvSource({"SESSION,true", "REPLY,false", "ANSWERED,false", "CANDIDATE,false"})
    void onlyWhereMessagesAreReadOnesAreMissing(ChainKind kind, boolean missing) throws Exception {
        bench.guard.open(() -> {
            ReceiveChainState found = bench.recognition.chains.find(chain);
            ReceiveChainRecord turned = found.entry.with().kind(kind).build();
            bench.recognition.chains.put(new ReceiveChainState(turned, found.chain));
            return bench.guard.transact(tx -> {
                ReceiveChains.putChain(tx, turned, found.chain);
                return null;
            });
        });
        skipTo(2);
        live(Duration.ofMinutes(61));
        assertEquals(missing, !bench.inbox.gaps.isEmpty());
        for (int day = 0; day < 40; day++) {
            live(Duration.ofDays(1));
        }
        assertEquals(missing, !bench.inbox.gaps.isEmpty());
    }

    private int window() {
        return bench.recognition.chains.find(chain).chain.window();
    }

    /** Advances the clock as on a running server. */
    private void run(Duration time) throws StoreException {
        for (Duration left = time; !left.isZero() && !left.isNegative(); left = left.minusMinutes(1)) {
            live(Duration.ofMinutes(1));
        }
    }

    @Test
    void aChainIsLookedFurtherAheadOfUntilAllWasReadAndForADayAfter() throws Exception {
        bench.reception.behind.add(Network.REGTEST);
        run(Duration.ofHours(1));
        assertEquals(Chains.MAX_MESSAGES, window(), "the start");
        bench.reception.behind.clear();
        run(Duration.ofHours(23));
        assertEquals(Chains.MAX_MESSAGES, window());
        run(Duration.ofHours(2));
        assertEquals(Chains.WINDOW, window());
        bench.reception.behind.add(Network.REGTEST);
        run(Duration.ofMinutes(2));
        assertEquals(Chains.WINDOW, window(), "a node is behind for a moment at each block");
        run(Duration.ofMinutes(1));
        assertEquals(Chains.MAX_MESSAGES, window(), "no node answered");
        bench.reception.behind.clear();
        draining(true);
        run(Duration.ofHours(25));
        assertEquals(Chains.MAX_MESSAGES, window(), "what was collected counts as not read");
    }

    @Test
    void aSessionIsLookedFurtherAheadOfAlsoWhereThereIsNoChannel() throws Exception {
        ContactConversation bob = bench.know("bob", bench.identities.generate(bench.random));
        bench.guard.open(() -> {
            ReceiveChainState found = bench.recognition.chains.find(chain);
            ReceiveChain session = found.chain.copy();
            ReceiveChainRecord his = found.entry
                    .with()
                    .membership(bob.id())
                    .kind(ChainKind.SESSION)
                    .build();
            bench.registry.remove(lobby);
            bench.recognition.chains.follow(new ReceiveChainState(his, session));
            return null;
        });
        assertEquals(Chains.WINDOW, window());
        live(Duration.ofMinutes(1));
        assertTrue(window() > Chains.WINDOW, "the start");
    }

    @Test
    void aClockThatJumpsIsAnAbsence() throws Exception {
        run(Duration.ofHours(25));
        assertEquals(Chains.WINDOW, window());
        live(Duration.ofHours(5));
        assertEquals(Chains.MAX_MESSAGES, window(), "the machine slept");
    }

    @Test
    void aClockThatIsSetBackIsAnAbsence() throws Exception {
        run(Duration.ofHours(25));
        live(Duration.ofMinutes(-10));
        assertEquals(Chains.MAX_MESSAGES, window());
    }

    @Test
    void seenChainsAndLocatorsAreForgottenWithTheRootOfTheirDay() throws Exception {
        live(Duration.ofDays(1));
        assertEquals(1, count(SeenChains.TABLE), "yesterday's root is kept");
        assertEquals(1, count(SeenLocators.TABLE));
        byte[] locator = new byte[Packets.SEALED_LOCATOR];
        locator[0] = 1;
        bench.guard.update(tx -> SeenLocators.putSeen(tx, lobby.id(), Days.of(bench.clock.instant()), locator));
        live(Duration.ofDays(1));
        assertEquals(0, count(SeenChains.TABLE), "the root of the day before yesterday is gone");
        assertEquals(1, count(SeenLocators.TABLE), "what was seen yesterday is not shown twice");
    }

    @Test
    void whatWasSeenOnDaysThatWereNotReadIsNotForgotten() throws Exception {
        bench.reception.read = bench.clock.instant();
        live(Duration.ofDays(6));
        assertEquals(1, count(SeenChains.TABLE));
        assertEquals(1, count(SeenLocators.TABLE));
        assertEquals(1, count(ReceiveChainRecord.TABLE));
    }

    @Test
    void packetsOfTomorrowAreExpectedToday() throws Exception {
        List<Bus.Expected> expected = new ArrayList<>();
        bench.bus.on(Bus.Expected.class, expected::add);
        live(Duration.ofDays(1));
        assertEquals(1, expected.size(), "what matched nothing is tried again");
        live(Duration.ofHours(1));
        assertEquals(1, expected.size());
        bench.clock.pass(Duration.ofDays(1));
        Speaker bob = new Speaker(bench, lobby);
        byte[] packet = bob.sealed(bob.text("of tomorrow"));
        assertNotNull(bench.guard.open(() -> bench.recognition.beacons.match(packet)));
    }
}
