package org.partyline.cover;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.cover.CoverTraffic.Covered;
import org.partyline.api.cover.CoverTraffic.Over;
import org.partyline.api.cover.CoverTraffic.Use;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;

/** The decisions of cover traffic, without a server. */
class PoissonCoverTest {
    private static final Duration MEAN = Duration.ofMinutes(10);
    private static final Duration GAP = Duration.ofMinutes(7);

    private final FakeContext context = new FakeContext();
    /** The services that it registered. */
    private final List<Object> offered = new ArrayList<>();

    private CoverTraffic traffic;
    private Cover cover;

    /** The real one, except for the gap. */
    private static final class Even implements Timing {
        private final Timing real = new PoissonTiming();

        @Override
        public Duration gap(Duration mean, SecureRandom random) {
            return GAP;
        }

        @Override
        public int decoySize(List<Integer> recent, int maxBucket, SecureRandom random) {
            return real.decoySize(recent, maxBucket, random);
        }

        @Override
        public byte[] decoy(int bucket, SecureRandom random) {
            return real.decoy(bucket, random);
        }
    }

    @BeforeEach
    void open() {
        traffic = new PoissonCovers(bundle(), new Even()).open(context);
        cover = (Cover) offered.get(0);
    }

    private BundleContext bundle() {
        return (BundleContext) Proxy.newProxyInstance(
                BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (self, method, arguments) -> {
                    assertEquals("registerService", method.getName());
                    offered.add(arguments[1]);
                    return Proxy.newProxyInstance(
                            ServiceRegistration.class.getClassLoader(),
                            new Class<?>[] {ServiceRegistration.class},
                            (own, call, none) -> offered.remove(arguments[1]));
                });
    }

    private void start() throws PartylineException {
        cover.start(Optional.empty(), MEAN, 1000);
    }

    /** The present slot of the first persona. */
    private Covered slot() throws PartylineException {
        return traffic.look().get(0);
    }

    private Cover.Status status() throws PartylineException {
        return cover.status().get(0);
    }

    @Test
    void itsServiceIsThereAsLongAsItIsOpen() {
        assertEquals(1, offered.size());
        traffic.close();
        assertEquals(List.of(), offered);
    }

    @Test
    void nobodyIsCoveredBeforeItIsStartedAndAfterItIsStopped() throws Exception {
        assertEquals(List.of(), traffic.look());
        assertEquals(Optional.empty(), traffic.order(context, FakeContext.ME));
        start();
        assertEquals(Set.of(FakeContext.ME), context.ordered);
        assertEquals(
                List.of(new Covered(
                        FakeContext.ME,
                        Optional.of(Network.REGTEST),
                        context.now().plus(GAP))),
                traffic.look());
        assertEquals(MEAN, traffic.order(context, FakeContext.ME).orElseThrow().mean());
        assertEquals(1000, traffic.order(context, FakeContext.ME).orElseThrow().budget());
        assertEquals(80, traffic.order(context, FakeContext.ME).orElseThrow().leastSize());
        cover.stop(Optional.empty());
        assertEquals(List.of(), traffic.look());
        assertEquals(Optional.empty(), traffic.order(context, FakeContext.ME));
        assertEquals(Set.of(), context.ordered);
        assertEquals(List.of("cover-started", "cover-stopped"), context.audited);
        assertEquals(2, context.changes);
    }

    @Test
    void aFreeSlotHasADecoyAndOneThatAMessageTookOrThatIsSpoiltHasNone() throws Exception {
        start();
        context.clock.pass(GAP);
        assertTrue(traffic.over(context, slot(), Use.MESSAGE).decoy().isEmpty());
        assertEquals(1, status().messages());
        context.clock.pass(GAP);
        assertTrue(traffic.over(context, slot(), Use.SPOILT).decoy().isEmpty());
        context.clock.pass(GAP);
        byte[] decoy = traffic.over(context, slot(), Use.FREE).decoy().orElseThrow();
        assertTrue(Packets.isCandidate(decoy));
        assertEquals(80, decoy.length);
        assertEquals(0, status().decoys(), "it has not left yet");
        traffic.left(context, FakeContext.ME);
        assertEquals(1, status().decoys());
        assertEquals(1, status().messages());
    }

    @Test
    void aClockThatWasSetBackADayStopsNoDecoysForADay() throws Exception {
        start();
        Instant before = slot().next();
        context.clock.pass(Duration.ofHours(-24));
        assertEquals(context.now().plus(GAP), slot().next(), "a process that begins now");
        assertEquals(slot(), slot(), "once");
        context.clock.pass(Duration.ofHours(24));
        assertTrue(slot().next().isBefore(before));
    }

    @Test
    void theProcessGoesOnFromItsLastPointAndAfterASleepBeginsAnew() throws Exception {
        start();
        Instant first = slot().next();
        context.clock.pass(GAP.plusSeconds(5));
        assertEquals(
                Optional.of(first.plus(GAP)),
                traffic.over(context, slot(), Use.FREE).next());
        context.clock.pass(Duration.ofDays(1));
        assertEquals(
                Optional.of(context.now().plus(GAP)),
                traffic.over(context, slot(), Use.FREE).next());
    }

    @Test
    void aSlotOfAPlanThatWasChangedMeanwhileEndsWithNothing() throws Exception {
        start();
        context.clock.pass(GAP);
        Covered slot = slot();
        cover.stop(Optional.empty());
        assertEquals(new Over(Optional.empty(), Optional.empty()), traffic.over(context, slot, Use.FREE));
        assertFalse(status().running(), "it stays stopped");
        assertEquals("", status().problem());
        start();
        assertEquals(new Over(Optional.empty(), Optional.empty()), traffic.over(context, slot, Use.FREE));
        assertEquals(0, status().messages());
    }

    // ---- the budget

    @Test
    void whatTheDearestPacketMayCostDecidesWhetherTheBudgetHasRoomNotWhatWaits() throws Exception {
        start();
        context.spent.put(FakeContext.ME, 980L);
        assertEquals(1, traffic.look().size(), "no slot is due, and no node is asked");
        assertEquals(0, context.asked);
        context.clock.pass(GAP);
        assertEquals(List.of(), traffic.look());
        assertEquals(
                "the budget of 1000 sat a day is spent (980 sat; another packet may cost 21 sat): messages "
                        + "leave by their own schedule",
                status().problem());
        context.most = 20;
        assertEquals(List.of(), traffic.look(), "fees are asked again after a while");
        context.clock.pass(Duration.ofMinutes(10));
        assertEquals(1, traffic.look().size());
        assertEquals("", status().problem());
    }

    @Test
    void aBudgetThatIsSpentEndsItUntilLessWasSpentInADay() throws Exception {
        start();
        context.spent.put(FakeContext.ME, 1000L);
        assertEquals(List.of(), traffic.look());
        assertFalse(status().running());
        assertEquals("the budget of 1000 sat a day is spent: messages leave by their own schedule", status().problem());
        context.spent.put(FakeContext.ME, 979L);
        assertEquals(1, traffic.look().size());
    }

    @Test
    void aPacketThatWasRefusedFillsTheBudgetAndANewPlanHasRoomAgain() throws Exception {
        start();
        context.spent.put(FakeContext.ME, 500L);
        traffic.refused(FakeContext.ME, 501);
        assertEquals(List.of(), traffic.look());
        cover.start(Optional.empty(), MEAN, 2000);
        assertEquals(1, traffic.look().size());
        traffic.refused(2, 501);
    }

    @Test
    void aPacketThatWasRefusedAfterAllWasSpentIsNoReasonOfItsOwn() throws Exception {
        start();
        context.spent.put(FakeContext.ME, 1000L);
        traffic.refused(FakeContext.ME, 21);
        assertEquals("the budget of 1000 sat a day is spent: messages leave by their own schedule", status().problem());
    }

    @Test
    void aBudgetThatHasNoRoomForOnePacketPaysForNone() throws Exception {
        cover.start(Optional.empty(), MEAN, 100);
        context.most = 8080;
        context.clock.pass(GAP);
        assertEquals(List.of(), traffic.look());
        assertFalse(status().running());
        assertEquals(0, status().spent());
        assertTrue(
                status().problem()
                        .startsWith("the budget of 100 sat a day is spent (0 sat; another packet may cost 8080 sat)"),
                status().problem());
    }

    @Test
    void theBudgetEndsWhereTheDearestPacketHasNoRoomAlsoWhereAUsualOneHad() throws Exception {
        cover.start(Optional.empty(), MEAN, 45);
        // A packet of 80 bytes costs 21 sat. After one, 24 are left, which a packet of 128 bytes would exceed.
        context.most = 26;
        context.clock.pass(GAP);
        assertTrue(traffic.over(context, slot(), Use.FREE).decoy().isPresent());
        context.spent.put(FakeContext.ME, 21L);
        context.clock.pass(GAP);
        assertEquals(List.of(), traffic.look());
        assertFalse(status().running());
        assertEquals(21, status().spent());
    }

    @Test
    void coverGoesOnWhenFeesFallAndWhenADayHasPassed() throws Exception {
        cover.start(Optional.empty(), MEAN, 250);
        context.most = 202;
        context.clock.pass(GAP);
        assertEquals(1, traffic.look().size());
        context.spent.put(FakeContext.ME, 202L);
        assertEquals(List.of(), traffic.look());
        assertFalse(status().running());
        context.most = 21;
        context.clock.pass(Duration.ofMinutes(11));
        assertEquals(1, traffic.look().size(), "the fees fell");
        assertTrue(status().running());
        context.spent.put(FakeContext.ME, 244L);
        assertEquals(List.of(), traffic.look());
        assertFalse(status().running());
        context.clock.pass(Duration.ofHours(25));
        context.spent.clear();
        assertTrue(status().running(), "a new day");
        assertEquals(1, traffic.look().size());
    }

    @Test
    void aPersonasBudgetHasNothingToDoWithAnothersCover() throws Exception {
        start();
        cover.start(Optional.of("work"), Duration.ofHours(23), 1000);
        context.spent.put(FakeContext.ME, 1000L);
        context.clock.pass(GAP);
        assertEquals(List.of(2), traffic.look().stream().map(Covered::persona).toList());
        assertEquals(
                List.of(1000L, 0L),
                cover.status().stream().map(Cover.Status::spent).toList());
        assertEquals("", cover.status().get(1).problem());
    }

    // ---- the networks of decoys

    @Test
    void decoysGoWhereThePersonaTalksAndANodeIsReadyAndCoinsMayBeSpent() throws Exception {
        start();
        context.networks.clear();
        assertEquals(Optional.empty(), slot().network());
        assertTrue(status().problem().startsWith("this persona has no channel or contact yet"));
        context.networks.add(Network.MAINNET);
        assertEquals(Optional.empty(), slot().network());
        assertTrue(status().problem().startsWith("decoys cost real money"));
        context.networks.addAll(List.of(Network.SIGNET, Network.REGTEST));
        context.ready.removeAll(List.of(Network.SIGNET, Network.REGTEST));
        assertEquals(Optional.empty(), slot().network());
        context.ready.add(Network.REGTEST);
        assertEquals(Optional.of(Network.REGTEST), slot().network());
        context.networks.remove(Network.MAINNET);
        context.ready.clear();
        assertEquals("no node is ready", status().problem());
    }

    @Test
    void mainnetHasToBeAcceptedFirstWhereItIsAllThereIs() throws Exception {
        context.networks.clear();
        context.networks.add(Network.MAINNET);
        assertThrows(PartylineException.class, this::start);
        assertEquals(List.of(), cover.status());
        context.mainnetAccepted = true;
        start();
        assertEquals(Optional.of(Network.MAINNET), slot().network());
    }

    /** It would be reported as running, although its slots are never opened. */
    @Test
    void itDoesNotRunForAPersonaThatOnlyReads() throws Exception {
        context.silent = "persona 'me' only reads";
        Cover.Status status = cover.start(Optional.empty(), MEAN, 1000);
        assertFalse(status.running());
        assertEquals("persona 'me' only reads", status.problem());
        context.silent = null;
        assertTrue(cover.status().get(0).running());
    }

    // ---- the form of decoys

    @Test
    void decoysAreOfTheSizesThatWereSentLatelyButNeverSmallerThanAllElse() throws Exception {
        start();
        context.maxPacket = 512;
        Set<Integer> sizes = new HashSet<>();
        for (int size : List.of(64, 128, 256)) {
            traffic.sent(context, FakeContext.ME, size);
        }
        for (int i = 0; i < 200; i++) {
            context.clock.pass(GAP);
            sizes.add(traffic.over(context, slot(), Use.FREE).decoy().orElseThrow().length);
        }
        assertEquals(Set.of(80, 128, 256), sizes);
        for (int i = 0; i < 64; i++) {
            traffic.sent(context, FakeContext.ME, 512);
        }
        sizes.clear();
        for (int i = 0; i < 50; i++) {
            context.clock.pass(GAP);
            sizes.add(traffic.over(context, slot(), Use.FREE).decoy().orElseThrow().length);
        }
        assertEquals(Set.of(512), sizes, "the last 64 alone count");
    }

    @Test
    void decoysHaveTheSizeOfEverythingUnderCoverAlsoLongAfterItLeft() throws Exception {
        context.maxPacket = 512;
        for (int i = 0; i < 30; i++) {
            traffic.sent(context, FakeContext.ME, 256);
        }
        context.clock.pass(Duration.ofHours(30));
        start();
        for (int i = 0; i < 40; i++) {
            context.clock.pass(GAP);
            assertEquals(256, traffic.over(context, slot(), Use.FREE).decoy().orElseThrow().length);
        }
    }

    @Test
    void whereNodesCarryLessDecoysAreSmallerAndWhereTheyCarryNothingThereAreNone() throws Exception {
        start();
        context.maxPacket = 64;
        context.clock.pass(GAP);
        assertEquals(64, traffic.over(context, slot(), Use.FREE).decoy().orElseThrow().length);
        context.maxPacket = 0;
        context.clock.pass(GAP);
        assertTrue(traffic.over(context, slot(), Use.FREE).decoy().isEmpty());
    }

    // ---- records and orders

    @Test
    void recordsAreReadAsTheyWereWrittenBeforeCoverTrafficWasABundle() throws Exception {
        // {"persona":1,"running":true,"mean":600000,"budget":20000,"next":1796004050944,"messages":3,"decoys":4,"since":1795004042752}
        byte[] before = HexFormat.of()
                .parseHex("bf67706572736f6e61016772756e6e696e67f5646d65616e1a000927c066627564676574194e20646e6578741b"
                        + "000001a22a2ef800686d6573736167657303666465636f797304"
                        + "6573696e63651b000001a1ee940e00ff");
        context.plans.put(FakeContext.ME, before);
        Cover.Status status = status();
        assertEquals(
                List.of(Duration.ofMinutes(10), 20_000L, 3L, 4L),
                List.of(status.mean(), status.budget(), status.messages(), status.decoys()));
        CoverRecords.put(context, CoverRecords.plan(context, FakeContext.ME).orElseThrow());
        assertArrayEquals(before, context.plans.get(FakeContext.ME), "and written in the same form");
    }

    @Test
    void sizesAreReadAsTheyWereWrittenBeforeToo() throws Exception {
        start();
        context.maxPacket = 512;
        // {"newest":[128,128]}
        context.sizes.put(FakeContext.ME, HexFormat.of().parseHex("bf666e65776573748218801880ff"));
        context.clock.pass(GAP);
        assertEquals(128, traffic.over(context, slot(), Use.FREE).decoy().orElseThrow().length);
    }

    @Test
    void anotherInstanceGoesOnWithTheSamePlan() throws Exception {
        start();
        context.clock.pass(GAP);
        traffic.over(context, slot(), Use.FREE);
        traffic.left(context, FakeContext.ME);
        Cover.Status before = status();
        traffic.close();
        open();
        assertEquals(before, status());
        assertEquals(1, status().decoys());
        // After two hours of absence, nothing is made up for.
        context.clock.pass(Duration.ofHours(2));
        assertEquals(
                Optional.of(context.now().plus(GAP)),
                traffic.over(context, slot(), Use.FREE).next());
    }

    @Test
    void aRecordOfAnotherVersionIsRefusedAndNotQuoted() {
        context.plans.put(FakeContext.ME, new byte[] {1, 2, 3});
        StoreException refused = assertThrows(StoreException.class, () -> traffic.order(context, FakeContext.ME));
        assertEquals(
                "a record of cover traffic cannot be read: it was written by another version", refused.getMessage());
    }

    @Test
    void anOrderOutOfRangeIsRefusedAndStoresNothing() {
        assertThrows(NoSuchThingException.class, () -> cover.start(Optional.empty(), Duration.ofSeconds(29), 1000));
        assertThrows(NoSuchThingException.class, () -> cover.start(Optional.empty(), Duration.ofHours(25), 1000));
        assertThrows(NoSuchThingException.class, () -> cover.start(Optional.empty(), MEAN, 0));
        assertThrows(NoSuchThingException.class, () -> cover.start(Optional.empty(), MEAN, 100_000_001));
        assertThrows(PartylineException.class, () -> cover.start(Optional.of("nobody"), MEAN, 1000));
        assertEquals(List.of(), context.plans());
    }

    @Test
    void theLeastAndTheMostThatMayBeOrderedAreAccepted() throws Exception {
        Cover.Status least = cover.start(Optional.empty(), Duration.ofSeconds(30), 1);
        assertEquals(Duration.ofSeconds(30), least.mean());
        assertEquals(1, least.budget());
        assertEquals(Optional.of(context.now().plus(GAP)), least.next());
        Cover.Status most = cover.start(Optional.empty(), Duration.ofHours(24), 100_000_000);
        assertEquals(Duration.ofHours(24), most.mean());
        assertEquals(100_000_000, most.budget());
    }

    @Test
    void whatWasStoppedHasNoProblem() throws Exception {
        start();
        context.spent.put(FakeContext.ME, 1000L);
        assertFalse(status().problem().isEmpty());
        Cover.Status stopped = cover.stop(Optional.empty());
        assertFalse(stopped.running());
        assertEquals("", stopped.problem());
        assertEquals(Optional.empty(), stopped.next());
    }

    @Test
    void eachPersonaHasAPlanOfItsOwn() throws Exception {
        start();
        cover.start(Optional.of("work"), Duration.ofHours(1), 5000);
        cover.stop(Optional.of("me"));
        assertEquals(List.of(2), traffic.look().stream().map(Covered::persona).toList());
        assertEquals(
                List.of("me", "work"),
                cover.status().stream().map(Cover.Status::persona).toList());
        assertFalse(cover.status().get(0).running());
    }
}
