package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.partyline.itests.messaging.TalkSimulation.Action;
import org.partyline.itests.messaging.TalkSimulation.Circumstances;
import org.partyline.itests.messaging.TalkSimulation.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The random conversations of {@code TalkSimulationTest} on two real nodes, until 300 messages were written. A failure
 * prints its seed; {@code -Dsimulation.seed=N} begins with that conversation, {@code -Dsimulation.messages=N} writes
 * that many messages.
 */
class TalkSimulationIT {
    private static final Logger LOG = LoggerFactory.getLogger(TalkSimulationIT.class);
    private static final int MESSAGES = 300;

    /** Without actions that a real node cannot perform on command, and those that do not concern nodes. */
    private static final Set<Kind> KINDS = EnumSet.complementOf(EnumSet.of(
            Kind.RESTORE,
            Kind.EVICT,
            Kind.PUT_BACK,
            Kind.TAKE_OVER,
            Kind.SWAP_OUT,
            Kind.SWAP_IN,
            Kind.LOSE_NODE,
            Kind.FIND_NODE));

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void eachMessageIsShownOnceOrSomebodyKnowsThatItIsMissing() throws Exception {
        int wanted = Integer.getInteger("simulation.messages", MESSAGES);
        int written = 0;
        try (CoreNetwork network = new CoreNetwork(2)) {
            for (long seed = Long.getLong("simulation.seed", 1); written < wanted; seed++) {
                network.settle("alice", 0);
                network.settle("bob", 0);
                network.settle("carol", 1);
                Random random = new Random(seed);
                Circumstances circumstances = Circumstances.of(random);
                List<Action> actions = TalkSimulation.actions(random, KINDS);
                List<String> course = new ArrayList<>();
                try (TalkSimulation talk = new TalkSimulation(network, circumstances, seed)) {
                    List<String> wrong;
                    try {
                        wrong = talk.run(actions, course);
                    } catch (AssertionError | Exception e) {
                        throw new AssertionError("-Dsimulation.seed=" + seed + "\n" + String.join("\n", course), e);
                    }
                    LOG.info("talk {}: {}", seed, talk.figures());
                    assertEquals(
                            List.of(),
                            wrong,
                            "-Dsimulation.seed=" + seed + " with " + circumstances + "\n" + String.join("\n", course));
                    written += talk.messages();
                }
            }
        }
        LOG.info("{} messages", written);
    }
}
