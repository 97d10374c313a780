package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.transport.TransactionScanner;

/** Messages that are taken back while nodes break off, servers are killed and miners are faster. */
class RecallTest extends CarrierStage {
    private long say(String text, Carrier carrier, Duration life) throws Exception {
        long id = write(text, carrier, life);
        TestServer.await(text, () -> {
            pass();
            return bob.received().contains(text);
        });
        alice.round();
        TestServer.await("seen", () -> alice.state(id) == State.SEEN);
        return id;
    }

    private long say(String text, Carrier carrier) throws Exception {
        return say(text, carrier, Duration.ofDays(2));
    }

    private void awaitTakenBack(long id) throws Exception {
        TestServer.await("nothing is on the air", () -> {
            pass();
            return packetsThatWait() == 0;
        });
        network.mine();
        for (int i = 0; i < 20; i++) {
            pass();
        }
        assertEquals(State.RECALLED, alice.state(id));
        assertEquals(0, packetsThatWait());
    }

    @Test
    void aNodeThatBreaksOffDoesNotPutAMessageBackOnTheAir() throws Exception {
        long id = say("oops", Carrier.CONFIRM);
        nodeA.dieAfterTaking = 1;
        PartylineException unsure =
                assertThrows(NoSuchThingException.class, () -> alice.messages().recall(id));
        assertTrue(unsure.getMessage().contains("goes on by itself"), unsure.getMessage());
        awaitTakenBack(id);
    }

    @Test
    void aNodeThatIsAwayInTheMiddleGetsTheReplacementLater() throws Exception {
        long id = say("oops", Carrier.CONFIRM);
        nodeA.onBroadcast = () -> {
            throw new IllegalStateException("the connection is gone");
        };
        assertThrows(Exception.class, () -> alice.messages().recall(id));
        nodeA.onBroadcast = () -> {};
        awaitTakenBack(id);
    }

    @Test
    void aRollingMessageDoesNotRideAgainWhenANodeBreaksOff() throws Exception {
        nodeA.silent = true;
        long id = roll("oops");
        TestServer.await("bob", () -> bob.received().contains("oops"));
        alice.round();
        nodeA.dieAfterTaking = 1;
        assertThrows(NoSuchThingException.class, () -> alice.messages().recall(id));
        assertEquals(State.RECALLED, alice.state(id));
        nodeA.silent = false;
        awaitTakenBack(id);
    }

    @Test
    void whoeverIsKilledInTheMiddleGoesOnTakingBack() throws Exception {
        for (Carrier carrier : List.of(Carrier.CONFIRM, Carrier.ROLLING)) {
            long id = say("oops " + carrier, carrier);
            nodeA.onBroadcast = () -> {
                throw new IllegalStateException("the process ends here");
            };
            assertThrows(Exception.class, () -> alice.messages().recall(id));
            nodeA.onBroadcast = () -> {};
            alice = alice.restart(nodeA);
            alice.settings.set("fee-band", "0");
            awaitTakenBack(id);
        }
    }

    @Test
    void aCapThatRefusesLeavesTheMessageAsItIs() throws Exception {
        long id = say("stays", Carrier.CONFIRM);
        alice.fees().limit(Fees.Cap.HOUR, 1);
        PartylineException refused =
                assertThrows(PartylineException.class, () -> alice.messages().recall(id));
        assertTrue(refused.getMessage().contains("fee-cap-hour"), refused.getMessage());
        assertEquals(State.SEEN, alice.state(id));
        assertEquals(1, packetsThatWait());
    }

    @Test
    void anExpiredMessageThatACapKeptIsRecalledWhenTheCapIsRaised() throws Exception {
        alice.settings.set("expire-on-chain", "recall");
        for (Carrier carrier : List.of(Carrier.CONFIRM, Carrier.ROLLING)) {
            alice.fees().limit(Fees.Cap.HOUR, 10_000);
            long id = say("for a while " + carrier, carrier, Duration.ofMinutes(30));
            alice.fees().limit(Fees.Cap.HOUR, 1);
            clock.pass(Duration.ofMinutes(31));
            alice.round();
            assertEquals(State.SEEN, alice.state(id));
            alice.fees().limit(Fees.Cap.HOUR, 10_000);
            awaitTakenBack(id);
        }
    }

    @Test
    void aRollingMessageThatWasJustMinedIsSaidToBeOnTheChainForEver() throws Exception {
        say("one", Carrier.ROLLING);
        long id = say("two", Carrier.ROLLING);
        byte[] last = network.waiting().get(0);
        // The node knows of a block that the server was not told of yet.
        network.minedInSecret(TransactionScanner.id(last));
        Messages.Recalled recalled = alice.messages().recall(id);
        assertEquals(State.CONFIRMED, recalled.outgoing().state());
        assertEquals(1, recalled.mined());
        assertEquals(0, recalled.fee());
    }

    @Test
    void aRollingMessageWhoseCoinIsGoneIsOnNoChainAndRidesNoMore() throws Exception {
        say("one", Carrier.ROLLING);
        long id = say("two", Carrier.ROLLING);
        network.spendElsewhere(network.broadcasts().get(0));
        assertEquals(State.RECALLED, alice.messages().recall(id).outgoing().state());
        for (int i = 0; i < 10; i++) {
            pass();
        }
        assertEquals(State.RECALLED, alice.state(id));
        assertEquals(0, packetsThatWait());
    }

    @Test
    void aMessageOfARollThatEndedIsTakenBackToo() throws Exception {
        alice.settings.set("roll-max-age", "1h");
        long id = say("in the roll that ended", Carrier.ROLLING);
        clock.pass(Duration.ofMinutes(61));
        alice.round();
        say("in the next one", Carrier.ROLLING);
        assertEquals(2, network.waiting().size());
        assertEquals(1, alice.messages().recall(id).replaced());
        assertEquals(1, packetsThatWait());
        assertFalse(network.waiting().isEmpty());
    }

    @Test
    void whatWasTakenBackIsNotPaidForAgain() throws Exception {
        for (Carrier carrier : List.of(Carrier.CONFIRM, Carrier.ROLLING)) {
            long id = say("once " + carrier, carrier);
            assertTrue(alice.messages().recall(id).fee() > 0);
            PartylineException again = assertThrows(
                    NoSuchThingException.class, () -> alice.messages().recall(id));
            assertTrue(again.getMessage().contains("taken back already"), again.getMessage());
        }
    }

    /** What was paid for a message, as it is shown and as the caps count it. */
    private record Paid(long shown, long counted) {}

    private Paid paid(long id) throws Exception {
        return new Paid(
                alice.messages().outgoing(id).fee(), alice.fees().limits().hourSpent());
    }

    private void mineInSecret() {
        network.waiting().forEach(raw -> network.minedInSecret(TransactionScanner.id(raw)));
    }

    private void assertMined(Messages.Recalled recalled, Paid before) throws Exception {
        assertEquals(State.CONFIRMED, recalled.outgoing().state());
        assertEquals(1, recalled.mined());
        assertEquals(0, recalled.replaced());
        assertEquals(0, recalled.fee());
        assertEquals(before, paid(recalled.outgoing().id()), "nothing more");
    }

    @Test
    void whatIsMinedBeforeTheWalletSignsIsSaidToBeOnTheChainForEver() throws Exception {
        for (Carrier carrier : List.of(Carrier.CONFIRM, Carrier.ROLLING)) {
            long id = say("faster " + carrier, carrier);
            Paid before = paid(id);
            nodeA.onReplace = this::mineInSecret;
            assertMined(alice.messages().recall(id), before);
            nodeA.onReplace = () -> {};
        }
    }

    @Test
    void whatIsReportedAsMinedWhileTheWalletSignsIsSaidToBeOnTheChainForEver() throws Exception {
        long id = say("faster", Carrier.CONFIRM);
        Paid before = paid(id);
        nodeA.onReplaced = () -> {
            network.mine();
            try {
                TestServer.await("the block is read", () -> alice.state(id) == State.CONFIRMED);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        nodeA.onBroadcast = () -> {
            throw new AssertionError("there is nothing to replace");
        };
        assertMined(alice.messages().recall(id), before);
    }

    @Test
    void whatIsMinedBeforeTheNodeHasTheReplacementCostsNothingMore() throws Exception {
        for (Carrier carrier : List.of(Carrier.CONFIRM, Carrier.ROLLING)) {
            long id = say("faster " + carrier, carrier);
            Paid before = paid(id);
            nodeA.onBroadcast = this::mineInSecret;
            assertMined(alice.messages().recall(id), before);
            nodeA.onBroadcast = () -> {};
        }
    }

    @Test
    void whatIsMinedWhileTheServerIsDownCostsNothingMore() throws Exception {
        for (Carrier carrier : List.of(Carrier.CONFIRM, Carrier.ROLLING)) {
            long id = say("by night " + carrier, carrier);
            Paid before = paid(id);
            nodeA.onBroadcast = () -> {
                throw new IllegalStateException("the process ends here");
            };
            assertThrows(Exception.class, () -> alice.messages().recall(id));
            nodeA.onBroadcast = () -> {};
            assertTrue(paid(id).counted() > before.counted(), "counted before anybody has it");
            alice.close();
            network.mine();
            alice = alice.restart(nodeA);
            alice.settings.set("fee-band", "0");
            TestServer.await("it is in a block " + carrier, () -> {
                pass();
                return alice.state(id) == State.CONFIRMED;
            });
            assertEquals(before, paid(id), "nothing more");
        }
    }
}
