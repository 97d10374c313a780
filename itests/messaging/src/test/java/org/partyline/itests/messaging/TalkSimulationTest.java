package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.itests.messaging.TalkSimulation.Action;
import org.partyline.itests.messaging.TalkSimulation.Circumstances;
import org.partyline.itests.messaging.TalkSimulation.Kind;

/**
 * Random conversations of three people: whatever they do, each message is shown once, or its sender or its reader knows
 * that it was not. A failure prints its seed and the smallest set of actions that causes it; {@code
 * -Dsimulation.seed=N} runs that conversation again, {@code -Dsimulation.talks=N} runs that many, starting from that
 * seed or from 1.
 */
class TalkSimulationTest {
    private static final int TALKS = 25;
    /** Whether there is a deliberate defect (.ci/defects): then the first failing conversation is enough. */
    private static final boolean DEFECT = Boolean.getBoolean("simulation.defect");

    private static final Set<Kind> KINDS = EnumSet.allOf(Kind.class);

    @Test
    void eachMessageIsShownOnceOrSomebodyKnowsThatItIsMissing() throws Exception {
        Long first = Long.getLong("simulation.seed");
        int talks = Integer.getInteger("simulation.talks", first == null ? TALKS : 1);
        List<String> wrong = new ArrayList<>();
        for (long seed = first == null ? 1 : first; talks > 0 && !(DEFECT && !wrong.isEmpty()); seed++, talks--) {
            talk(seed, wrong);
        }
        if (!wrong.isEmpty()) {
            fail(wrong.size() + " talks came out wrong\n" + String.join("\n", wrong));
        }
    }

    /** @param wrong receives violations; only the first is analysed */
    private static void talk(long seed, List<String> wrong) throws Exception {
        Random random = new Random(seed);
        Circumstances circumstances = Circumstances.of(random);
        List<Action> actions = TalkSimulation.actions(random, KINDS);
        List<String> failures;
        try {
            failures = TalkSimulation.run(circumstances, actions, seed);
        } catch (AssertionError | Exception e) {
            throw new AssertionError("-Dsimulation.seed=" + seed + "\n" + lines(actions), e);
        }
        if (failures.isEmpty()) {
            return;
        }
        String what = "-Dsimulation.seed=" + seed + " with " + circumstances + "\n" + lines(failures);
        if (wrong.isEmpty() && !DEFECT) {
            List<Action> least = TalkSimulation.shrink(circumstances, actions, seed, failures.get(0));
            what += "all that was done:\n" + lines(actions)
                    + "and the least of it with which something like that comes out:\n" + lines(least);
        }
        wrong.add(what);
    }

    private static String lines(List<?> what) {
        StringBuilder text = new StringBuilder();
        what.forEach(each -> text.append("  ").append(each).append('\n'));
        return text.toString();
    }
}
