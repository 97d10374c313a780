package org.partyline.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.State;

/** Two servers in one channel; one of them has cover traffic, whose points the test sets. */
abstract class CoverStage {
    static final String DECOY = "decoy";

    final TestClock clock = new TestClock();
    final TestNetwork network = new TestNetwork(clock);
    final TestNetwork.Node nodeA = network.node("a");
    final TestNetwork.Node nodeB = network.node("b");
    final FixedTiming timing = new FixedTiming();
    TestServer alice;
    TestServer bob;

    @BeforeEach
    void twoServersInOneChannel() throws Exception {
        alice = TestServer.fresh(clock, timing, Optional.empty(), nodeA);
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

    void start(Duration mean, long budget) throws PartylineException {
        alice.cover().start(Optional.empty(), mean, budget);
    }

    Cover.Status status() throws PartylineException {
        return alice.cover().status().get(0);
    }

    /** Lets time pass to the next point; gives what left at it. */
    List<byte[]> point() throws Exception {
        // What was asked for before is done before.
        alice.round();
        clock.set(status().next().orElseThrow());
        return look();
    }

    /** Lets the sender look once; gives what left. */
    List<byte[]> look() throws Exception {
        int before = network.handed().size();
        alice.round();
        List<byte[]> left = network.handed().subList(before, network.handed().size()).stream()
                .filter(handed -> handed.node().equals("a"))
                .map(TestNetwork.Handed::raw)
                .toList();
        TestServer.await(
                "what left is seen",
                () -> alice.messages().outbox(false).stream()
                        .flatMap(out -> out.parts().stream())
                        .noneMatch(part -> part.state() == State.BROADCAST));
        return left;
    }

    long send(String text, Optional<Duration> ttl, Optional<Carrier> carrier) throws PartylineException {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.empty(), false, "lobby", text, ttl, false, false, Optional.empty(), carrier))
                .id();
    }

    List<Outgoing> decoys() throws PartylineException {
        return alice.messages().outbox(true).stream()
                .filter(out -> out.kind().equals(DECOY))
                .toList();
    }

    static List<ByteBuffer> payloads(byte[] raw) {
        List<ByteBuffer> all = new ArrayList<>();
        TransactionScanner.scan(
                raw,
                (output, offset, length) -> all.add(ByteBuffer.wrap(Arrays.copyOfRange(raw, offset, offset + length))));
        return all;
    }

    /** What each packet of alice's is, by its bytes. */
    Map<ByteBuffer, String> kinds() throws Exception {
        Map<Long, String> kinds = new HashMap<>();
        alice.messages().outbox(true).forEach(out -> kinds.put(out.id(), out.kind()));
        return alice.store.transact(tx -> {
            Map<ByteBuffer, String> packets = new HashMap<>();
            for (Records.Outgoing out : Outbox.all(tx)) {
                out.parts().forEach(part -> packets.put(ByteBuffer.wrap(part.packet()), kinds.get(out.id())));
            }
            return packets;
        });
    }

    String reason(long id) {
        try {
            return alice.messages().outgoing(id).reason();
        } catch (PartylineException e) {
            throw new AssertionError(e);
        }
    }
}
