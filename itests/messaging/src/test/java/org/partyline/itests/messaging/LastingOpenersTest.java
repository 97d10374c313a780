package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.TransactionScanner;

/** Sends messages by both carriers to a reader who is absent at times: messages in blocks can be read (PROTOCOL 5). */
class LastingOpenersTest extends CarrierStage {
    @BeforeEach
    void nodesCarrySeveralOutputsAndAliceHasAnotherChannel() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        alice.join("pub", Mode.RATCHET);
    }

    private long say(String channel, String text, Carrier carrier) throws Exception {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        false,
                        channel,
                        text,
                        Optional.empty(),
                        false,
                        false,
                        Optional.empty(),
                        Optional.of(carrier)))
                .id();
    }

    private void out(long id) throws Exception {
        TestServer.await("it is out", () -> {
            pass();
            State state = alice.state(id);
            return state != State.QUEUED && state != State.SEALED && state != State.SENT;
        });
    }

    private void bobReads(List<String> texts) throws Exception {
        TestServer.await("read", () -> {
            bob.read();
            return bob.received().containsAll(texts);
        });
        assertEquals(texts, bob.received(), "in order, and none twice");
    }

    /**
     * Sends one message by rolling, whose packet opens the chain, and five to another channel, in whose versions there
     * is no room for that packet.
     */
    private long openByARollThatGoesOnWithoutIt() throws Exception {
        long opener = say("lobby", "rolling", Carrier.ROLLING);
        out(opener);
        for (int i = 0; i < 5; i++) {
            out(say("pub", "elsewhere " + i, Carrier.ROLLING));
        }
        assertEquals(State.REPLACED, alice.state(opener));
        return opener;
    }

    @Test
    void aConfirmedMessageIsReadByAReaderWhoWasAbsentWhenTheChainWasOpenedByARoll() throws Exception {
        bob.close();
        openByARollThatGoesOnWithoutIt();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            texts.add("confirmed " + i);
            out(say("lobby", texts.get(i), Carrier.CONFIRM));
        }
        network.mine();
        bob = bob.restart(nodeB);
        bobReads(texts);
        texts.add("bob is present");
        out(say("lobby", "bob is present", Carrier.CONFIRM));
        bobReads(texts);
        texts.add("by a roll");
        out(say("lobby", "by a roll", Carrier.ROLLING));
        bobReads(texts);
    }

    private String reason(long id) throws Exception {
        return alice.messages().outgoing(id).reason();
    }

    private void is(State state, long id) throws Exception {
        TestServer.await("it is " + state, () -> {
            pass();
            return alice.state(id) == state;
        });
    }

    @Test
    void messagesByBothCarriersInTurnRideOnOneChainOnceOneOfThemOpenedItToStay() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            texts.add("in turn " + i);
            out(say("lobby", texts.get(i), i % 2 == 0 ? Carrier.ROLLING : Carrier.CONFIRM));
        }
        bobReads(texts);
        assertEquals(2, bob.chainsRead(), "one by the roll, one that stays");
    }

    @Test
    void theSenderIsToldOfAMessageInABlockThatReadersWhoWereAbsentCannotRead() throws Exception {
        bob.close();
        long opener = say("lobby", "rolling", Carrier.ROLLING);
        out(opener);
        long rider = say("lobby", "it rides on that chain", Carrier.ROLLING);
        out(rider);
        nodeA.maxOutputs = 1;
        nodeB.maxOutputs = 1;
        byte[] both = network.waiting().get(0);
        long last = say("lobby", "the last one", Carrier.ROLLING);
        out(last);
        assertEquals(State.REPLACED, alice.state(opener));
        network.mine();
        is(State.REPLACED, last);
        assertEquals(
                "readers who missed message " + opener
                        + " cannot read this one: that message opened the chain of keys and is not in a block",
                reason(last));
        bob = bob.restart(nodeB);
        out(say("lobby", "a new chain", Carrier.CONFIRM));
        bobReads(List.of("a new chain"));
        network.disconnect(1, false);
        network.mine(TransactionScanner.id(both), both);
        is(State.CONFIRMED, opener);
        is(State.CONFIRMED, rider);
    }

    @Test
    void aRecallOfTheOpenerEndsItsChainAndIsToldAtWhatRodeOnIt() throws Exception {
        long opener = say("lobby", "hello", Carrier.CONFIRM);
        out(opener);
        long rider = say("lobby", "it rides on that chain", Carrier.CONFIRM);
        out(rider);
        bobReads(List.of("hello", "it rides on that chain"));
        bob.close();
        alice.messages().recall(opener);
        long next = say("lobby", "on a chain of its own", Carrier.CONFIRM);
        out(next);
        network.mine();
        is(State.REPLACED, rider);
        is(State.CONFIRMED, next);
        TestServer carol = TestServer.fresh(clock, network.node("c"));
        try {
            carol.join("lobby", Mode.RATCHET);
            long later = say("lobby", "and one to carol", Carrier.CONFIRM);
            out(later);
            bob = bob.restart(nodeB);
            bobReads(List.of("hello", "it rides on that chain", "on a chain of its own", "and one to carol"));
        } finally {
            carol.close();
        }
    }

    @Test
    void whatHasNotLeftWhenItsChainLosesItsOpenerIsSealedAgainOnANewOne() throws Exception {
        long opener = say("lobby", "hello", Carrier.CONFIRM);
        out(opener);
        nodeA.poor = true;
        long waits = say("lobby", "it waits for a coin", Carrier.CONFIRM);
        is(State.SEALED, waits);
        bob.close();
        nodeA.poor = false;
        alice.messages().recall(opener);
        out(waits);
        network.mine();
        is(State.CONFIRMED, waits);
        bob = bob.restart(nodeB);
        TestServer.await("read", () -> bob.received().contains("it waits for a coin"));
    }

    /** Readers compare the packet's time with the block's time (PROTOCOL 2.3). */
    @Test
    void theSenderIsToldOfAMessageThatABlockHasTooLateAndWhatRodeOnItsChain() throws Exception {
        bob.close();
        long opener = say("lobby", "it waits for a block", Carrier.CONFIRM);
        out(opener);
        clock.pass(Duration.ofHours(23));
        long rider = say("lobby", "it rides on that chain", Carrier.CONFIRM);
        out(rider);
        clock.pass(Duration.ofHours(2));
        network.mine();
        is(State.REPLACED, opener);
        assertEquals(
                "it was mined more than a day after it was sealed: readers who had not seen it before cannot read it",
                reason(opener));
        is(State.REPLACED, rider);
        bob = bob.restart(nodeB);
        out(say("lobby", "a new chain", Carrier.CONFIRM));
        network.mine();
        bobReads(List.of("a new chain"));
    }

    /** The other side was absent, and the server that answered was not running when the block was found. */
    @Test
    void nothingIsSentOnASessionWhoseAnswerABlockHadTooLate() throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        alice.close();
        bob.write("alice", "are you there?");
        awaitOut(bob, "handshake");
        network.mine();
        bob.close();
        alice = alice.restart(nodeA);
        awaitOut(alice, "answer");
        alice.close();
        clock.pass(Duration.ofHours(25));
        network.mine();
        alice = alice.restart(nodeA);
        TestServer.await(
                "alice is told",
                () -> alice.messages().messages(Messages.Query.ALL).stream()
                        .anyMatch(
                                message -> message.text().orElse("").startsWith("the session could not be continued")));
        alice.write("bob", "yes");
        bob = bob.restart(nodeB);
        TestServer.await("bob reads", () -> {
            pass();
            bob.keep();
            bob.round();
            alice.keep();
            return bob.received().contains("yes");
        });
    }

    private void awaitOut(TestServer server, String kind) throws Exception {
        TestServer.await(
                kind + " is out",
                () -> server.messages().outbox(true).stream()
                        .anyMatch(one -> one.kind().equals(kind) && one.state() == State.RELAYED));
    }
}
