package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Who joins a channel while chains run reads from the next message on. */
class LateJoinTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private TestServer carol;
    private TestServer late;

    @BeforeEach
    void carolIsThere() throws Exception {
        carol = TestServer.fresh(clock, network.node("c"));
        carol.personas().rename("me", "carol");
        carol.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        carol.close();
        if (late != null) {
            late.close();
        }
    }

    private void say(String text) throws Exception {
        int before = network.broadcasts().size();
        carol.send("lobby", text);
        TestServer.await("it is out", () -> {
            carol.round();
            return network.broadcasts().size() > before;
        });
    }

    private static void join(TestServer server, String persona, String passphrase) throws PartylineException {
        server.channels()
                .join(
                        new Channels.Join(
                                Optional.of(persona),
                                "lobby",
                                Mode.RATCHET,
                                Optional.of(TestServer.CHEAP),
                                Optional.of(Network.REGTEST)),
                        passphrase.toCharArray());
    }

    private static List<String> heard(TestServer server, String persona) throws PartylineException {
        return server
                .messages()
                .messages(
                        new Messages.Query(Optional.of(persona), Optional.empty(), Optional.empty(), Optional.empty()))
                .stream()
                .filter(message -> !message.outgoing())
                .map(message -> message.text().orElseThrow())
                .toList();
    }

    /** A server whose first persona reads carol's chain, and whose second one joins then. */
    private void twoPersonas(String passphrase) throws Exception {
        late = TestServer.fresh(clock, network.node("l"));
        late.personas().rename("me", "alice");
        late.personas().create("bob");
        join(late, "alice", "channel passphrase");
        say("one");
        say("two");
        TestServer.await("alice reads", () -> heard(late, "alice").size() == 2);
        join(late, "bob", passphrase);
    }

    @Test
    void aSecondPersonaReadsFromTheNextMessageOnAndNothingTwice() throws Exception {
        twoPersonas("channel passphrase");
        assertEquals(1, late.channels().reading(Optional.of("bob"), "lobby").chains());
        say("three");
        TestServer.await("bob reads", () -> !heard(late, "bob").isEmpty());
        assertEquals(List.of("three"), heard(late, "bob"));
        late = late.restart(network.node("l"));
        say("four");
        network.mine();
        TestServer.await("bob reads on", () -> heard(late, "bob").size() > 1);
        late.read();
        assertEquals(List.of("three", "four"), heard(late, "bob"));
        assertEquals(List.of("one", "two", "three", "four"), heard(late, "alice"));
        assertFalse(late.audited.contains("chain-replayed"), "what is shown again by a block is no attack");
    }

    /** Carol speaks, and two more personas of her own server join one after the other. */
    @Test
    void whatAPersonaHasSaidAloneIsReadByOthersOfItsServerThatJoinLater() throws Exception {
        carol.personas().create("dora");
        carol.personas().create("erin");
        say("one");
        say("two");
        network.mine();
        carol.read();
        join(carol, "dora", "channel passphrase");
        say("three");
        TestServer.await("dora reads", () -> heard(carol, "dora").contains("three"));
        assertEquals(List.of("one", "two", "three"), heard(carol, "dora"));
        join(carol, "erin", "channel passphrase");
        say("four");
        TestServer.await("dora reads on", () -> heard(carol, "dora").contains("four"));
        carol = carol.restart(network.node("c"));
        say("five");
        TestServer.await(
                "both read on",
                () -> heard(carol, "dora").contains("five")
                        && heard(carol, "erin").contains("five"));
        assertEquals(List.of("one", "two", "three", "four", "five"), heard(carol, "dora"));
        assertEquals(List.of("four", "five"), heard(carol, "erin"));
    }

    @Test
    void whoHasAnotherPassphraseGetsNoChainOfThoseWhoShareTheName() throws Exception {
        twoPersonas("another passphrase");
        assertEquals(0, late.channels().reading(Optional.of("bob"), "lobby").chains());
        say("three");
        TestServer.await("alice reads", () -> heard(late, "alice").size() == 3);
        late.read();
        assertEquals(List.of(), heard(late, "bob"));
    }

    @Test
    void aChainOfADayWhoseRootSheDoesNotKeepIsNotReadOn() throws Exception {
        late = TestServer.fresh(clock, network.node("l"));
        late.personas().rename("me", "alice");
        late.personas().create("bob");
        join(late, "alice", "channel passphrase");
        say("one");
        TestServer.await("alice reads", () -> heard(late, "alice").size() == 1);
        clock.pass(Duration.ofHours(47));
        network.mine();
        late.read();
        join(late, "bob", "channel passphrase");
        assertEquals(0, late.channels().reading(Optional.of("bob"), "lobby").chains());
    }

    @Test
    void aServerThatCameAfterTheBlockOfTheOpenerFindsItThere() throws Exception {
        network.mine();
        clock.pass(Duration.ofHours(30));
        network.mine();
        say("one");
        network.mine();
        clock.pass(Duration.ofMinutes(10));
        network.mine();
        late = TestServer.fresh(clock, network.node("l"));
        late.personas().rename("me", "dave");
        join(late, "dave", "channel passphrase");
        TestServer.await("the day's blocks are read", () -> heard(late, "dave").equals(List.of("one")));
        say("two");
        TestServer.await("dave reads on", () -> heard(late, "dave").size() > 1);
        assertEquals(List.of("one", "two"), heard(late, "dave"));
        TestServer.await(
                "it is done",
                () -> late.channels().reading(Optional.of("dave"), "lobby").look() == Channels.Look.DONE);
        assertEquals(1, late.channels().reading(Optional.of("dave"), "lobby").chains());
    }

    @Test
    void withoutANodeItIsStillToBeLookedFor() throws Exception {
        late = TestServer.fresh(clock);
        join(late, "me", "channel passphrase");
        late.reread();
        late.barrier();
        assertEquals(
                new Channels.Reading(0, Channels.Look.RUNNING), late.channels().reading(Optional.of("me"), "lobby"));
    }

    @Test
    void aThirdPersonaReadsOnEachChainOnceHoweverManyReadIt() throws Exception {
        twoPersonas("channel passphrase");
        late.personas().create("cora");
        join(late, "cora", "channel passphrase");
        assertEquals(1, late.channels().reading(Optional.of("cora"), "lobby").chains());
        say("three");
        TestServer.await("cora reads", () -> !heard(late, "cora").isEmpty());
        late.read();
        assertEquals(List.of("three"), heard(late, "cora"));
    }

    @Test
    void whatIsReadOnIsKnownAfterARestartBeforeTheNextMessage() throws Exception {
        twoPersonas("channel passphrase");
        late = late.restart(network.node("l"));
        assertEquals(1, late.channels().reading(Optional.of("bob"), "lobby").chains());
        say("three");
        TestServer.await("bob reads", () -> heard(late, "bob").equals(List.of("three")));
    }

    @Test
    void nobodyWaitsForTheMessagesBeforeThoseThatAreReadOn() throws Exception {
        late = TestServer.fresh(clock, network.node("l"));
        // Longer than this test waits for anything.
        late.settings.set("reorder-hold", "10m");
        late.personas().rename("me", "alice");
        late.personas().create("bob");
        join(late, "alice", "channel passphrase");
        say("one");
        say("two");
        TestServer.await("alice reads", () -> heard(late, "alice").size() == 2);
        join(late, "bob", "channel passphrase");
        say("three");
        TestServer.await(
                "both are told",
                () -> late.told().stream().filter("three"::equals).count() == 2);
    }

    @Test
    void aChainThatIsReadOnIsNotOpenedOnceMore() throws Exception {
        Insider mallory = new Insider(network, clock, "lobby");
        twoPersonas("channel passphrase");
        byte[] seed = mallory.opener().content().newChain().orElseThrow().seed();
        Insider.Read said = mallory.read(seed, 0);
        mallory.openChain(seed, "carol", "");
        mallory.again(said.payload());
        TestServer.await(
                "the chain is refused or shown",
                () -> late.audited.contains("chain-replayed")
                        || !heard(late, "bob").isEmpty());
        late.read();
        assertEquals(1, late.channels().reading(Optional.of("bob"), "lobby").chains());
        assertEquals(List.of(), heard(late, "bob"));
    }

    // ---- blocks of the last day

    /** Carol opens a chain in block 3, the first of its day, and some time goes by. */
    private void openedAgo(Duration time) throws Exception {
        network.mine();
        clock.pass(Duration.ofHours(12));
        network.mine();
        say("one");
        network.mine();
        clock.pass(time);
        network.mine();
    }

    private Channels.Look look(String persona) throws PartylineException {
        return late.channels().reading(Optional.of(persona), "lobby").look();
    }

    @Test
    void allBlocksOfTheLastDayAreReadAndNoneBeforeThem() throws Exception {
        openedAgo(Duration.ofHours(23));
        late = TestServer.fresh(clock, network.node("l"));
        join(late, "me", "channel passphrase");
        TestServer.await(
                "the opener is found",
                () -> late.channels().reading(Optional.of("me"), "lobby").chains() == 1);
        String first = late.store.note("first.regtest").orElseThrow();
        assertTrue(first.startsWith("1:"), first);
    }

    @Test
    void aNodeThatDoesNotAnswerIsAskedAgain() throws Exception {
        openedAgo(Duration.ofMinutes(10));
        TestNetwork.Node node = network.node("l");
        node.silentOnBlocks = true;
        late = TestServer.fresh(clock, node);
        join(late, "me", "channel passphrase");
        late.reread();
        late.barrier();
        assertEquals(Channels.Look.RUNNING, look("me"));
        node.silentOnBlocks = false;
        late.reread();
        TestServer.await("the opener is found", () -> heard(late, "me").equals(List.of("one")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneNodeOfSeveralThatTellsItsBlocksIsEnough(boolean silent) throws Exception {
        openedAgo(Duration.ofMinutes(10));
        TestNetwork.Node first = network.node("l");
        first.silentOnBlocks = silent;
        first.withoutBlocks = !silent;
        TestNetwork.Node last = network.node("m");
        last.silentOnBlocks = silent;
        last.withoutBlocks = !silent;
        late = TestServer.fresh(clock, first, network.node("k"), last);
        join(late, "me", "channel passphrase");
        late.reread();
        TestServer.await("the opener is found", () -> heard(late, "me").equals(List.of("one")));
    }

    @Test
    void whereNoNodeHasBlocksOfBeforeThatIsSaid() throws Exception {
        openedAgo(Duration.ofMinutes(10));
        TestNetwork.Node node = network.node("l");
        node.withoutBlocks = true;
        late = TestServer.fresh(clock, node);
        join(late, "me", "channel passphrase");
        TestServer.await("it is looked", () -> look("me") == Channels.Look.UNABLE);
        assertEquals(List.of(), heard(late, "me"));
    }

    @Test
    void whatWasReadSinceADayIsNotReadAgain() throws Exception {
        TestNetwork.Node node = network.node("l");
        late = TestServer.fresh(clock, node);
        openedAgo(Duration.ofMinutes(10));
        late.read();
        int before = node.watched.get();
        join(late, "me", "channel passphrase");
        TestServer.await("it is looked", () -> look("me") == Channels.Look.DONE);
        // Its key is derived beside.
        TestServer.await(
                "it was remembered",
                () -> late.channels().reading(Optional.of("me"), "lobby").chains() == 1);
        late.barrier();
        assertEquals(before, node.watched.get());
    }

    @Test
    void itIsSaidThatBlocksAreReadUntilTheyWereAndNotAgainWhenANodeIsBehindLater() throws Exception {
        openedAgo(Duration.ofMinutes(10));
        TestNetwork.Node node = network.node("l");
        late = TestServer.fresh(clock, node);
        // It says that it has more than it has told.
        node.lie = 1;
        join(late, "me", "channel passphrase");
        TestServer.await("the opener is found", () -> heard(late, "me").equals(List.of("one")));
        assertEquals(Channels.Look.RUNNING, look("me"));
        node.lie = 0;
        TestServer.await("all is read", () -> look("me") == Channels.Look.DONE);
        node.lie = 1;
        assertEquals(Channels.Look.DONE, look("me"));
    }
}
