package org.partyline.itests.messaging;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Two servers in one channel, each with a separate node on a network with a mempool's replacement rules. */
abstract class CarrierStage {
    final HandSetClock clock = new HandSetClock();
    final TestNetwork network = new TestNetwork(clock);
    final TestNetwork.Node nodeA = network.node("a");
    final TestNetwork.Node nodeB = network.node("b");
    TestServer alice;
    TestServer bob;

    /** Returns the first server, without a channel. */
    TestServer freshAlice() throws Exception {
        return TestServer.fresh(clock, nodeA);
    }

    @BeforeEach
    void twoServersInOneChannel() throws Exception {
        alice = freshAlice();
        bob = TestServer.fresh(clock, nodeB);
        alice.settings.set("fee-band", "0");
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Sends a message as Alice. @return the message's number */
    long write(String text, Carrier carrier, Duration life) throws Exception {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        false,
                        "lobby",
                        text,
                        Optional.of(life),
                        false,
                        false,
                        Optional.empty(),
                        Optional.of(carrier)))
                .id();
    }

    long roll(String text) throws Exception {
        return write(text, Carrier.ROLLING, Duration.ofDays(2));
    }

    /** Lets enough time pass for the last version to spread; then runs the sender once. */
    void pass() throws Exception {
        clock.pass(Duration.ofSeconds(31));
        alice.round();
    }

    int packetsThatWait() {
        int[] count = {0};
        network.waiting().forEach(raw -> TransactionScanner.scan(raw, (output, offset, length) -> count[0]++));
        return count[0];
    }

    static List<ByteBuffer> payloads(byte[] raw) {
        List<ByteBuffer> all = new ArrayList<>();
        TransactionScanner.scan(
                raw,
                (output, offset, length) -> all.add(ByteBuffer.wrap(Arrays.copyOfRange(raw, offset, offset + length))));
        return all;
    }
}
