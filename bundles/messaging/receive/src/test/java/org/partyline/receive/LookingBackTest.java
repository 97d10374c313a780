package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Look;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.ConversationEraser;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** A persona that joins a channel while chains are running finds their openers in the blocks of the last day. */
class LookingBackTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final StageBench elsewhere = new StageBench(clock);
    private final ReceiveBench late = new ReceiveBench(clock, network);
    private Speaker carol;
    private byte[] seed;

    @AfterEach
    void close() {
        late.close();
        elsewhere.close();
    }

    private void say(byte[] packet) {
        network.takes(network.transaction(List.of(packet)));
    }

    /** Carol opens a chain in block 3, the first of its day, and some time passes. */
    private void openedAgo(Duration time) throws Exception {
        network.mine();
        clock.pass(Duration.ofHours(12));
        network.mine();
        carol = new Speaker(elsewhere, elsewhere.join("lobby", Mode.RATCHET));
        seed = carol.newSeed();
        say(carol.opener(seed, "carol", "one"));
        network.mine();
        clock.pass(time);
        network.mine();
    }

    /** Joins as by a command, which reports that. */
    private ChannelMembership join() throws Exception {
        ChannelMembership member = late.join("lobby");
        late.queue.joined(Network.REGTEST);
        late.settle();
        return member;
    }

    private Look look() throws Exception {
        return late.queue.lookingBack(Network.REGTEST);
    }

    @Test
    void aServerThatCameAfterTheBlockOfTheOpenerFindsItThere() throws Exception {
        openedAgo(Duration.ofMinutes(10));
        late.add(network.node("l"));
        join();
        assertEquals(List.of("one"), late.texts());
        say(carol.onChain(seed, 0, carol.text("two")));
        late.settle();
        assertEquals(List.of("one", "two"), late.texts());
        assertEquals(Look.DONE, look());
        assertEquals(1, late.count(ReceiveChainRecord.TABLE));
    }

    @Test
    void withoutANodeItIsStillToBeLookedFor() throws Exception {
        join();
        late.queue.reread();
        late.barrier();
        assertEquals(Look.RUNNING, look());
        assertEquals(Look.DONE, late.queue.lookingBack(Network.SIGNET), "nobody joined there");
        assertEquals(0, late.count(ReceiveChainRecord.TABLE));
    }

    @Test
    void allBlocksOfTheLastDayAreReadAndNoneBeforeThem() throws Exception {
        openedAgo(Duration.ofHours(23));
        late.add(network.node("l"));
        join();
        assertEquals(1, late.count(ReceiveChainRecord.TABLE), "the opener is found");
        String first = late.stage.store.note("first.regtest").orElseThrow();
        assertTrue(first.startsWith("1:"), first);
    }

    /** A block, and nodes that return, are reasons to ask, too. */
    @ParameterizedTest
    @ValueSource(strings = {"request", "block", "return"})
    void aNodeThatDoesNotAnswerIsAskedAgain(String reason) throws Exception {
        openedAgo(Duration.ofMinutes(10));
        TestNetwork.Node node = network.node("l");
        node.silentOnBlocks = true;
        late.add(node);
        join();
        late.queue.reread();
        late.barrier();
        assertEquals(Look.RUNNING, look());
        node.silentOnBlocks = false;
        switch (reason) {
            case "block" -> network.mine();
            case "return" -> late.queue.nodesReturned();
            default -> late.queue.reread();
        }
        late.settle();
        assertEquals(Look.DONE, look());
        assertEquals(List.of("one"), late.texts());
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
        for (TestNetwork.Node node : List.of(first, network.node("k"), last)) {
            late.add(node);
        }
        join();
        assertEquals(List.of("one"), late.texts());
    }

    @Test
    void whereNoNodeHasBlocksOfBeforeThatIsSaid() throws Exception {
        openedAgo(Duration.ofMinutes(10));
        TestNetwork.Node node = network.node("l");
        node.withoutBlocks = true;
        late.add(node);
        join();
        assertEquals(Look.UNABLE, look());
        assertEquals(List.of(), late.texts());
    }

    /** Peers show only blocks after the last check point. */
    @Test
    void aNodeWithRecentBlocksOnlyIsEnough() throws Exception {
        for (int i = 0; i < 5; i++) {
            network.mine();
        }
        int first = network.mine().height();
        clock.pass(Duration.ofDays(2));
        openedAgo(Duration.ofMinutes(10));
        TestNetwork.Node node = network.node("l");
        node.oldest = first;
        late.add(node);
        join();
        assertEquals(List.of("one"), late.texts());
        assertEquals(Look.DONE, look());
    }

    @Test
    void whatWasReadSinceADayIsNotReadAgain() throws Exception {
        TestNetwork.Node node = network.node("l");
        late.add(node);
        openedAgo(Duration.ofMinutes(10));
        late.settle();
        int before = node.watched.get();
        join();
        late.stage.bus.publish(new Bus.Expected());
        late.settle();
        assertEquals(Look.DONE, look());
        assertEquals(List.of("one"), late.texts(), "it was remembered");
        assertEquals(before, node.watched.get());
    }

    /** The openers were read when she was in the channel before, and nothing of that is kept. */
    @Test
    void whoJoinsAgainReadsTheChainsThatRun() throws Exception {
        late.add(network.node("l"));
        network.mine();
        clock.pass(Duration.ofDays(2));
        network.mine();
        ChannelMembership before = join();
        carol = new Speaker(elsewhere, elsewhere.join("lobby", Mode.RATCHET));
        seed = carol.newSeed();
        say(carol.opener(seed, "carol", "one"));
        network.mine();
        late.settle();
        assertEquals(1, late.count(ReceiveChainRecord.TABLE));
        leave(before);
        assertEquals(0, late.count(ReceiveChainRecord.TABLE));
        join();
        assertEquals(1, late.count(ReceiveChainRecord.TABLE), "the opener is found again");
        say(carol.onChain(seed, 0, carol.text("two")));
        late.settle();
        assertEquals("two", late.texts().get(late.texts().size() - 1));
        assertEquals(Look.DONE, look());
    }

    /** Leaves as by a command. */
    private void leave(ChannelMembership member) throws Exception {
        late.stage.guard.<StoreException>perform(() -> {
            late.stage.guard.<StoreException>update(tx -> {
                ConversationEraser.erase(tx, member.id());
                tx.delete(MembershipRecord.TABLE, Keys.of(member.id()));
            });
            late.stage.registry.remove(member);
            late.stage.bus.publish(new Bus.ChannelLeft(member.network()));
        });
    }

    @Test
    void itIsSaidThatBlocksAreReadUntilTheyWereAndNotAgainWhenANodeIsBehindLater() throws Exception {
        openedAgo(Duration.ofMinutes(10));
        TestNetwork.Node node = network.node("l");
        late.add(node);
        // It claims to have more than it has reported.
        node.lie = 1;
        join();
        assertEquals(List.of("one"), late.texts());
        assertEquals(Look.RUNNING, look());
        node.lie = 0;
        assertEquals(Look.DONE, look());
        node.lie = 1;
        assertEquals(Look.DONE, look());
    }

    @Test
    void amongManyBlocksTheLastThatIsOlderThanADayIsFound() throws Exception {
        for (int i = 0; i < 37; i++) {
            clock.pass(Duration.ofHours(3));
            network.mine();
        }
        clock.pass(Duration.ofMinutes(1));
        late.add(network.node("l"));
        join();
        String first = late.stage.store.note("first.regtest").orElseThrow();
        assertTrue(first.startsWith("29:"), first);
    }

    @Test
    void aNodeThatHasNoBlockYetHoldsNobodyUp() throws Exception {
        openedAgo(Duration.ofMinutes(10));
        TestNetwork.Node none = network.node("j");
        late.stage.nodes.addTransport((Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(),
                new Class<?>[] {Transport.class},
                (self, method, arguments) -> method.getName().equals("status")
                        ? new NodeStatus(
                                NodeStatus.State.READY, "", "", Optional.empty(), 0, Optional.empty(), "direct", "")
                        : method.invoke(none, arguments)));
        late.add(network.node("l"));
        join();
        assertEquals(List.of("one"), late.texts());
    }
}
