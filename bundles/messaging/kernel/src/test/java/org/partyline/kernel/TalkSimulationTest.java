package org.partyline.kernel;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.kernel.TalkSimulation.Action;
import org.partyline.kernel.TalkSimulation.Circumstances;
import org.partyline.kernel.TalkSimulation.Kind;

/**
 * Random talks of three people: whatever they do, each message is shown once, or its sender or its reader knows that it was not. A failure
 * prints its seed and the least actions with which it comes out wrong; {@code -Dsimulation.seed=N} has that talk again,
 * {@code -Dsimulation.talks=N} has so many.
 */
class TalkSimulationTest {
    private static final int TALKS = 25;

    private static final Set<Kind> KINDS = EnumSet.allOf(Kind.class);

    @Test
    void eachMessageIsShownOnceOrSomebodyKnowsThatItIsMissing() throws Exception {
        Long only = Long.getLong("simulation.seed");
        int talks = Integer.getInteger("simulation.talks", TALKS);
        for (long seed = only == null ? 1 : only; seed <= (only == null ? talks : only); seed++) {
            talk(seed);
        }
    }

    private static void talk(long seed) throws Exception {
        Random random = new Random(seed);
        Circumstances circumstances = Circumstances.of(random);
        List<Action> actions = TalkSimulation.actions(random, KINDS);
        List<String> wrong = TalkSimulation.run(circumstances, actions, seed);
        if (!wrong.isEmpty()) {
            List<Action> least = TalkSimulation.shrink(circumstances, actions, seed, wrong.get(0));
            fail("-Dsimulation.seed=" + seed + " with " + circumstances + "\n" + lines(wrong) + "all that was done:\n"
                    + lines(actions) + "and the least of it with which something like that comes out:\n"
                    + lines(least));
        }
    }

    private static String lines(List<?> what) {
        StringBuilder text = new StringBuilder();
        what.forEach(each -> text.append("  ").append(each).append('\n'));
        return text.toString();
    }
}
