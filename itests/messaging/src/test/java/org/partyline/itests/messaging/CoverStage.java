package org.partyline.itests.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.State;
import org.partyline.testkit.messaging.TestNetwork;

/** One of the two servers has cover traffic, whose slots the test sets. */
abstract class CoverStage extends CarrierStage {
    static final String DECOY = "decoy";

    final FixedTiming timing = new FixedTiming();

    @Override
    TestServer freshAlice() throws Exception {
        return TestServer.fresh(clock, timing, Optional.empty(), nodeA);
    }

    void start(Duration mean, long budget) throws PartylineException {
        alice.cover().start(Optional.empty(), mean, budget);
    }

    Cover.Status status() throws PartylineException {
        return alice.cover().status().get(0);
    }

    /** Advances to the next slot; returns what left in it. */
    List<byte[]> point() throws Exception {
        // Earlier requests are completed first.
        alice.round();
        int before = network.handed().size();
        clock.set(status().next().orElseThrow());
        return look(before);
    }

    /** Runs the sender once; returns what left. */
    List<byte[]> look() throws Exception {
        return look(network.handed().size());
    }

    /** @param before what had left before the examined time: the sender may already have run by itself */
    private List<byte[]> look(int before) throws Exception {
        alice.round();
        List<byte[]> left = network.handed().subList(before, network.handed().size()).stream()
                .filter(handed -> handed.node().equals("a"))
                .map(TestNetwork.Handed::raw)
                .toList();
        TestServer.await(
                "what left is seen",
                () -> alice.messages().outbox(false).stream()
                        .flatMap(out -> out.parts().stream())
                        .noneMatch(part -> part.state() == State.SENT));
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

    String reason(long id) {
        try {
            return alice.messages().outgoing(id).reason();
        } catch (PartylineException e) {
            throw new AssertionError(e);
        }
    }
}
