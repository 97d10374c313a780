package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.testkit.messaging.TestNetwork;

/** A rolling conversation of two servers, with all bundles, over a network with a mempool's replacement rules. */
class CarrierTest extends CarrierStage {
    /** Lets enough time pass for the last version to spread; then runs the sender again, before more time passes. */
    private void spacing(TestServer server) throws Exception {
        clock.pass(Duration.ofSeconds(31));
        server.kick();
        server.round();
    }

    private void awaitReceived(List<String> texts) throws Exception {
        try {
            TestServer.await("received", () -> {
                // Otherwise, unneeded time passes, and unread messages are handed over once more.
                alice.read();
                bob.read();
                boolean all = new HashSet<>(bob.received()).containsAll(texts);
                if (!all) {
                    // A long message has several versions, and a roll that ended begins again.
                    spacing(alice);
                }
                return all;
            });
        } catch (AssertionError e) {
            throw new AssertionError(
                    bob.received() + " of " + texts + "; " + alice.messages().outbox(true), e);
        }
        assertEquals(texts.size(), bob.received().size(), "none twice");
        // Pending writes of the last version are done before the clock advances.
        alice.round();
    }

    @Test
    void aConversationRollsInOneTransactionAtExactlyTheLeastFee() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            texts.add("message " + i + " of a rolling conversation");
            roll(texts.get(i));
            awaitReceived(texts);
            spacing(alice);
        }
        assertEquals(1, network.waiting().size(), "one transaction for all of them");
        byte[] last = network.waiting().get(0);
        Set<Object> inputs = new HashSet<>();
        long fee = 0;
        int vsize = 0;
        for (byte[] version : network.broadcasts()) {
            inputs.add(TestNetwork.input(version));
            var paid = network.paid(TransactionScanner.id(version));
            long rule = fee == 0
                    ? (paid.vsize() + 9) / 10
                    : Math.max(fee + (paid.vsize() + 9) / 10, higherRate(fee, vsize, paid.vsize()));
            assertEquals(rule, paid.fee(), "to the sat");
            fee = paid.fee();
            vsize = paid.vsize();
        }
        assertEquals(1, inputs.size(), "every version spends the same coin");
        network.mine();
        // A version has one packet: of a chain's opener and the next packet on it, one is replaced, and a later reader
        // can read neither.
        TestServer.await(
                "all have had their time",
                () -> alice.messages().outbox(true).stream()
                        .allMatch(out -> out.state() == State.CONFIRMED || out.state() == State.REPLACED));
        assertEquals(
                fee,
                alice.messages().outbox(true).stream()
                        .mapToLong(Messages.Outgoing::fee)
                        .sum(),
                "what the messages cost is what the transaction pays");
        assertEquals(fee, network.paid(TransactionScanner.id(last)).fee());
    }

    /**
     * Returns the minimum fee with a higher rate: by weight, of which the larger one may be up to 3 units below full
     * virtual bytes.
     */
    private static long higherRate(long fee, int before, int vsize) {
        int missing = vsize > before ? 3 : 0;
        return fee * (4L * vsize - missing) / (4L * before - missing) + 1;
    }

    @Test
    void anyVersionMayBeMinedAndTheConversationRollsOn() throws Exception {
        Random random = new Random(5);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            texts.add("text " + i);
            roll(texts.get(i));
            awaitReceived(texts);
            if (random.nextInt(4) == 0) {
                List<byte[]> all = network.broadcasts();
                byte[] current = network.waiting().get(0);
                List<byte[]> versions = all.stream()
                        .filter(raw -> TestNetwork.input(raw).equals(TestNetwork.input(current)))
                        .toList();
                byte[] mined = versions.get(random.nextInt(versions.size()));
                network.mine(TransactionScanner.id(mined), mined);
            }
            spacing(alice);
        }
        network.mine();
        TestServer.await("all are settled", () -> {
            spacing(alice);
            network.mine();
            return alice.messages().outbox(true).stream()
                    .allMatch(out -> out.state() == State.CONFIRMED || out.state() == State.REPLACED);
        });
        awaitReceived(texts);
    }

    /** The opener of a chain stays in all versions, and each recall makes another one. */
    @Test
    void theFirstOfManyVersionsMayBeMinedAndWhatItCarriedIsNotPaidForAgain() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        long opener = roll("text 0");
        List<String> texts = new ArrayList<>(List.of("text 0"));
        awaitReceived(texts);
        for (int i = 1; i <= 23; i++) {
            spacing(alice);
            texts.add("text " + i);
            long id = roll(texts.get(i));
            awaitReceived(texts);
            if (i % 2 == 0) {
                alice.messages().recall(id);
            }
        }
        byte[] first = network.broadcasts().get(0);
        ByteBuffer packet = payloads(first).get(0);
        assertTrue(network.broadcasts().size() > 33, "many versions");
        assertTrue(network.broadcasts().stream().allMatch(raw -> payloads(raw).contains(packet)), "it is in all");
        network.mine(TransactionScanner.id(first), first);
        for (int i = 0; i < 30; i++) {
            alice.read();
            spacing(alice);
        }
        assertEquals(State.CONFIRMED, alice.state(opener));
        assertFalse(network.waiting().isEmpty(), "the last message is sent again");
        assertTrue(network.waiting().stream().noneMatch(raw -> payloads(raw).contains(packet)), "the first is not");
    }

    @Test
    void whenAnotherVersionOfSeveralPacketsStandsInTheNewChainWhatOnlyTheLostOneCarriedRidesAgain() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            texts.add("text " + i);
            roll(texts.get(i));
            awaitReceived(texts);
            spacing(alice);
        }
        List<byte[]> versions = network.broadcasts();
        assertEquals(3, versions.size());
        network.mine();
        TestServer.await("settled", () -> alice.messages().outbox(false).isEmpty());
        network.disconnect(1, false);
        network.mine(TransactionScanner.id(versions.get(1)), versions.get(1));
        TestServer.await("in another transaction", () -> {
            spacing(alice);
            return network.waiting().stream()
                    .anyMatch(raw -> !TestNetwork.input(raw).equals(TestNetwork.input(versions.get(0))));
        });
        TestServer.await("settled again", () -> {
            // Packets that are carried again may leave after a block: there is always another one.
            network.mine();
            spacing(alice);
            return alice.messages().outbox(false).isEmpty();
        });
        awaitReceived(texts);
        List<ByteBuffer> lost = payloads(versions.get(2));
        ByteBuffer last = lost.get(lost.size() - 1);
        assertTrue(
                network.inBlocks().stream().anyMatch(raw -> payloads(raw).contains(last)),
                "the last message stands in the chain");
    }

    @Test
    void aServerThatWasKilledBetweenSigningAndSendingSendsTheSameVersion() throws Exception {
        roll("one");
        awaitReceived(List.of("one"));
        nodeA.down = true;
        roll("two");
        spacing(alice);
        nodeA.down = false;
        nodeA.dieAfterTaking = 1000;
        alice.kick();
        TestServer.await("it was taken and no answer came", () -> bob.received().size() == 2);
        int versions = network.broadcasts().size();
        nodeA.dieAfterTaking = 0;
        alice = alice.restart(nodeA);
        alice.settings.set("fee-band", "0");
        alice.kick();
        TestServer.await("sent again to nodes", () -> network.broadcasts().size() > versions);
        assertArrayEquals(
                network.broadcasts().get(versions - 1), network.broadcasts().get(versions));
        spacing(alice);
        roll("three");
        TestServer.await("three", () -> {
            spacing(alice);
            return bob.received().size() == 3;
        });
        assertEquals(1, network.waiting().size(), "still the same roll");
    }
}
