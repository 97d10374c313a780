package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.bitcointx.Header;
import org.partyline.bitcointx.PinnedBlock;

class HeaderChainTest {
    private static final Instant LATER = Instant.ofEpochSecond(0xffff_0000L);

    private final TestChain blocks = new TestChain(0).grow(30);
    private final HeaderChain chain = new HeaderChain(TestChain.REGTEST, TestChain.REGTEST.genesis());

    private static List<Header> from(TestChain source, int height) {
        List<Header> headers = new ArrayList<>();
        for (int i = height; i <= source.height(); i++) {
            headers.add(source.header(i));
        }
        return headers;
    }

    private HeaderChain.Outcome accept(List<Header> headers) {
        return chain.accept(headers, LATER).outcome();
    }

    @Test
    void headersThatFollowMakeAChain() {
        assertEquals(HeaderChain.Outcome.EXTENDED, accept(blocks.headers()));

        assertEquals(30, chain.tip().height());
        assertEquals(blocks.header(30).hash(), chain.tip().hash());
        assertEquals(OptionalInt.of(7), chain.height(blocks.header(7).hash()));
        assertEquals(blocks.header(7).hash(), chain.at(7).orElseThrow().hash());
        assertTrue(chain.at(31).isEmpty());
        assertEquals(HeaderChain.Outcome.KNOWN, accept(blocks.headers()));
    }

    @Test
    void aChainWithAnotherBlockAtThePinnedHeightIsALie() {
        ChainParameters regtest = TestChain.REGTEST;
        ChainParameters pinned = new ChainParameters(
                regtest.network(),
                regtest.magic(),
                regtest.port(),
                regtest.genesis(),
                regtest.easiest(),
                regtest.difficulty(),
                regtest.seeds(),
                Optional.of(new PinnedBlock(7, blocks.header(7).hash())),
                regtest.library());
        HeaderChain own = new HeaderChain(pinned, pinned.genesis());
        TestChain other = blocks.fork(5, 1).grow(40);

        HeaderChain.Result refused = own.accept(other.headers(), LATER);

        assertEquals(HeaderChain.Outcome.INVALID, refused.outcome());
        assertTrue(refused.problem().contains("another chain than Bitcoin's: its block 7"), refused.problem());
        assertEquals(6, own.tip().height());
        assertEquals(
                HeaderChain.Outcome.EXTENDED,
                own.accept(blocks.headers(), LATER).outcome());
        assertEquals(blocks.header(30).hash(), own.tip().hash());
    }

    @Test
    void headersWhoseParentIsUnknownDoNotConnect() {
        assertEquals(HeaderChain.Outcome.UNCONNECTED, accept(from(blocks, 3)));
        assertEquals(0, chain.tip().height());
    }

    @Test
    void headersThatDoNotFollowEachOtherAreALie() {
        assertEquals(HeaderChain.Outcome.INVALID, accept(List.of(blocks.header(1), blocks.header(3))));
    }

    @Test
    void moreWorkWinsAndTheOldBranchIsRemembered() {
        accept(blocks.headers());
        TestChain other = blocks.fork(20, 1).grow(11);
        BigInteger before = chain.work();

        assertEquals(HeaderChain.Outcome.EXTENDED, accept(from(other, 21)));

        assertEquals(other.header(31).hash(), chain.tip().hash());
        assertEquals(OptionalInt.empty(), chain.height(blocks.header(30).hash()));
        assertEquals(OptionalInt.of(20), chain.height(blocks.header(20).hash()));
        assertEquals(
                blocks.header(29).hash(),
                chain.parentOfSide(blocks.header(30).hash()).orElseThrow().hash());
        assertEquals(
                blocks.header(20).hash(),
                chain.parentOfSide(blocks.header(21).hash()).orElseThrow().hash());
        assertTrue(chain.work().compareTo(before) > 0);

        blocks.grow(2);
        accept(from(blocks, 31));
        assertEquals(blocks.header(32).hash(), chain.tip().hash());
    }

    @Test
    void anEquallyLongChainDoesNotWin() {
        accept(blocks.headers());
        TestChain other = blocks.fork(20, 1).grow(10);

        accept(from(other, 21));

        assertEquals(blocks.header(30).hash(), chain.tip().hash());
    }

    @Test
    void aHeaderWithAnotherTargetIsALieThoughItsWorkIsProven() {
        Header first = blocks.header(1);
        Header easy = new Header(first.hash(), first.previous(), first.merkleRoot(), first.time(), 0x207ffffeL);

        assertTrue(easy.proven());
        assertEquals(HeaderChain.Outcome.INVALID, accept(List.of(easy)));
    }

    @Test
    void aHeaderWithoutProofIsALie() {
        Header first = blocks.header(1);
        Header weak =
                new Header(TxId.of("ff".repeat(32)), first.previous(), first.merkleRoot(), first.time(), first.bits());

        assertFalse(weak.proven());
        assertEquals(HeaderChain.Outcome.INVALID, accept(List.of(weak)));
    }

    @Test
    void aHeaderFromTheFutureIsRefused() {
        Instant genesis =
                Instant.ofEpochSecond(TestChain.REGTEST.genesis().header().time());

        assertEquals(
                HeaderChain.Outcome.INVALID,
                chain.accept(blocks.headers(), genesis.plusSeconds(600 * 10)).outcome());
    }

    @Test
    void aHeaderThatIsOlderThanThoseBeforeItIsALie() {
        accept(blocks.headers());
        Header last = blocks.header(30);
        Header old = new Header(
                new TestChain(5).grow(1).header(1).hash(),
                last.hash(),
                last.merkleRoot(),
                blocks.header(25).time(),
                last.bits());

        assertTrue(old.proven());
        assertEquals(HeaderChain.Outcome.INVALID, accept(List.of(old)));
    }

    @Test
    void sideBranchesDoNotGrowForever() {
        accept(blocks.headers());
        TestChain long1 = blocks.fork(0, 1).grow(29);
        for (int i = 2; i < 200; i++) {
            accept(from(blocks.fork(0, i).grow(29), 1));
        }

        // The last ones are remembered, not the first.
        TestChain last = blocks.fork(0, 199).grow(1);
        assertTrue(chain.parentOfSide(last.header(1).hash()).isPresent());
        TestChain first = blocks.fork(0, 2).grow(1);
        assertEquals(Optional.empty(), chain.parentOfSide(first.header(1).hash()));

        assertEquals(HeaderChain.Outcome.EXTENDED, accept(from(long1, 1)));
        assertEquals(blocks.header(30).hash(), chain.tip().hash());
    }

    @Test
    void aForkBeginsNoDeeperThanTwoPeriods() {
        TestChain many = new TestChain(0).grow(4100);
        accept(many.headers());
        int deepest = 4100 - 2 * HeaderChain.PERIOD + 1;

        TestChain tooDeep = many.fork(deepest - 2, 1).grow(1);
        HeaderChain.Result refused = chain.accept(from(tooDeep, deepest - 1), LATER);
        assertEquals(HeaderChain.Outcome.INVALID, refused.outcome());
        assertEquals("a fork begins 4033 blocks back", refused.problem());

        assertEquals(
                HeaderChain.Outcome.EXTENDED,
                accept(from(many.fork(deepest - 1, 1).grow(1), deepest)));
    }

    /** The headers of a period up to the one at which the target changes; their hashes are invented. */
    private static List<Header> period(Header genesis, int seconds, long nextBits) {
        List<Header> headers = new ArrayList<>();
        Header last = genesis;
        for (int i = 1; i <= HeaderChain.PERIOD; i++) {
            last = new Header(
                    TxId.of("%064x".formatted(i)),
                    last.hash(),
                    last.merkleRoot(),
                    last.time() + seconds,
                    i < HeaderChain.PERIOD ? genesis.bits() : nextBits);
            headers.add(last);
        }
        return headers;
    }

    /** With blocks that took ten times, a tenth, and twice as long as they should. */
    @ParameterizedTest
    @CsvSource({"6000, 0x1d03fffc", "60, 0x1c3fffc0", "1200, 0x1d01ffbc"})
    void aTargetChangesWithTheTimeThatBlocksTookByAFactorOfFourAtMost(int seconds, long next) {
        ChainParameters regtest = TestChain.REGTEST;
        long bits = 0x1d00ffffL;
        Header begin = new Header(
                TxId.of("%064x".formatted(HeaderChain.PERIOD + 1)),
                TxId.ofBytes(new byte[TxId.LENGTH]),
                TxId.ofBytes(new byte[TxId.LENGTH]),
                1_300_000_000,
                bits);
        ChainParameters retargets = new ChainParameters(
                regtest.network(),
                regtest.magic(),
                regtest.port(),
                new ChainParameters.Anchor(0, begin, Header.work(bits)),
                regtest.easiest(),
                ChainParameters.Difficulty.RETARGETS,
                regtest.seeds(),
                Optional.empty(),
                regtest.library());

        HeaderChain right = new HeaderChain(retargets, retargets.genesis());
        assertEquals(
                HeaderChain.Outcome.EXTENDED,
                right.accept(period(begin, seconds, next), LATER).outcome());
        HeaderChain wrong = new HeaderChain(retargets, retargets.genesis());
        long easier = Header.bits(Header.target(next).add(Header.target(next).shiftRight(8)));
        assertEquals(
                "a header has a wrong target",
                wrong.accept(period(begin, seconds, easier), LATER).problem());
    }

    @Test
    void theLocatorGoesFromTheTipBackToTheAnchor() {
        accept(blocks.headers());

        List<TxId> locator = chain.locator();

        assertEquals(blocks.header(30).hash(), locator.get(0));
        assertEquals(blocks.header(29).hash(), locator.get(1));
        assertEquals(TestChain.REGTEST.genesis().header().hash(), locator.get(locator.size() - 1));
        assertTrue(locator.size() < 20);
    }

    @Test
    void oldHeadersAreLetGoFromAPeriodsStartOn() {
        TestChain many = new TestChain(0).grow(4100);
        accept(many.headers());
        BigInteger work = chain.work();

        chain.prune(2050);

        assertEquals(2016, chain.base());
        assertEquals(4100, chain.tip().height());
        assertEquals(work, chain.work());
        assertTrue(chain.at(2015).isEmpty());
        assertEquals(OptionalInt.of(3000), chain.height(many.header(3000).hash()));
        many.grow(1);
        assertEquals(HeaderChain.Outcome.EXTENDED, accept(from(many, 4101)));
        assertEquals(4101, chain.tip().height());
    }

    @Test
    void targetsAreReadAndWrittenAsNodesDo() {
        // The targets of the genesis block and of block 100,800, and the smallest forms.
        for (long bits : new long[] {0x1d00ffffL, 0x1b0404cbL, 0x207fffffL, 0x05009234L, 0x01120000L, 0x03123456L}) {
            assertEquals(bits, Header.bits(Header.target(bits)));
        }
        assertEquals(BigInteger.ZERO, Header.target(0x04923456L));
        assertEquals(BigInteger.valueOf(0x100010001L), Header.work(0x1d00ffffL));
    }

    @ParameterizedTest
    @EnumSource(
            value = Network.class,
            names = {"MAINNET", "TESTNET3", "SIGNET"})
    void checkPointsAreFoundBelowEveryHeight(Network network) {
        ChainParameters parameters = ChainParameters.of(network);
        ChainParameters.Anchor newest = parameters.anchorBelow(Integer.MAX_VALUE);
        assertTrue(newest.height() > 200_000);
        assertTrue(newest.header().proven());
        assertEquals(0, newest.height() % HeaderChain.PERIOD);

        ChainParameters.Anchor old = parameters.anchorBelow(100_000);
        assertTrue(old.height() <= 100_000 && old.height() > 90_000, "" + old.height());
        assertEquals(parameters.genesis(), parameters.anchorBelow(0));
    }

    @ParameterizedTest
    @EnumSource(
            value = Network.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"EMBEDDED"})
    void everyGenesisBlockProvesItsWork(Network network) {
        assertTrue(ChainParameters.of(network).genesis().header().proven());
    }
}
