package org.partyline.itests.privacy;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.partyline.api.engine.Messages.Carrier;

/** Claims about when packets leave under cover traffic, on one of the carriers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Times {
    private static final double LEAST_P = 0.01;
    private static final double MOST_BITS = 0.01;

    private final String name;
    private final Carrier carrier;
    private final int packets;
    private Run silent;
    private Run talking;

    /**
     * @param name prefix of its figures' names @param packets maximum number of packets in a version of a rolling
     *     transaction
     */
    Times(String name, Carrier carrier, int packets) {
        this.name = name;
        this.carrier = carrier;
        this.packets = packets;
    }

    /** Returns the run of the server that talks. */
    final Run talking() {
        return talking;
    }

    @BeforeAll
    void monthsPass() throws Exception {
        Months months = new Months(carrier, packets, Seeds.seed());
        silent = months.pass(false);
        talking = months.pass(true);
    }

    @Test
    void aServerThatTalksAndOneThatIsSilentSendAtTheTimesOfTheSameProcess() {
        Figures.note("(b)", name + "packets of each server", Months.points(), "");
        Figures.note("(b)", name + "share of the talking one's time with something waiting", talking.shareBusy(), "");
        Figures.over(
                "(b)",
                name + "Kolmogorov-Smirnov of gaps, talking against silent: p",
                Statistics.kolmogorovSmirnov(talking.gaps(), silent.gaps()),
                LEAST_P);
        Figures.over(
                "(b)",
                name + "  of times from each packet to the fifth after it: p",
                Statistics.kolmogorovSmirnov(talking.gaps(5), silent.gaps(5)),
                LEAST_P);
    }

    @Test
    void whatWaitsTellsNothingOfTheTimes() {
        Figures.atMost("(b)", name + "mutual information of queue and gap: bits", talking.bitsInGaps(), MOST_BITS);
        Figures.atMost(
                "(b)",
                name + "mutual information of queue and packets in a quarter of the mean: bits",
                talking.bitsInSlots(),
                MOST_BITS);
    }

    @Test
    void whoSendsSoonerWhenSomethingWaitsIsCaught() throws Exception {
        Run weak = new Months(carrier, packets, Seeds.seed()).passImpatiently();
        Figures.over(
                "(b)",
                name + "planted, gaps a third shorter while something waits: bits",
                weak.bitsInGaps(),
                MOST_BITS);
        Figures.atMost(
                "(b)",
                name + "planted, the same: p of Kolmogorov-Smirnov",
                Statistics.kolmogorovSmirnov(weak.gaps(), silent.gaps()),
                LEAST_P);
    }

    @Test
    void messagesThatAddToDecoysInPlaceOfReplacingThemAreCaught() {
        double[] both = Arrays.copyOf(silent.sent(), silent.sent().length + talking.written().length);
        System.arraycopy(talking.written(), 0, both, silent.sent().length, talking.written().length);
        Arrays.sort(both);
        double[] gaps = new Run(both, new int[0], new boolean[0], new double[0]).gaps();
        Figures.atMost(
                "(b)",
                name + "planted, messages besides decoys: p of Kolmogorov-Smirnov",
                Statistics.kolmogorovSmirnov(gaps, silent.gaps()),
                LEAST_P);
    }

    /** Measures how often a claim that is true fails by chance: the seed of the tests was not selected. */
    @Test
    @EnabledIfSystemProperty(named = "privacy.seeds", matches = "[1-9][0-9]*")
    void otherSeeds() throws Exception {
        int seeds = Integer.getInteger("privacy.seeds");
        int[] failed = new int[4];
        for (long seed = 1001; seed <= 1000 + seeds; seed++) {
            Months months = new Months(carrier, packets, seed);
            Run one = months.pass(false);
            Run other = months.pass(true);
            failed[0] += Statistics.kolmogorovSmirnov(other.gaps(), one.gaps()) <= LEAST_P ? 1 : 0;
            failed[1] += Statistics.kolmogorovSmirnov(other.gaps(5), one.gaps(5)) <= LEAST_P ? 1 : 0;
            failed[2] += other.bitsInGaps() >= MOST_BITS ? 1 : 0;
            failed[3] += other.bitsInSlots() >= MOST_BITS ? 1 : 0;
            System.out.println("seed " + seed + ": p " + Statistics.kolmogorovSmirnov(other.gaps(), one.gaps()) + " "
                    + Statistics.kolmogorovSmirnov(other.gaps(5), one.gaps(5)) + " bits " + other.bitsInGaps() + " "
                    + other.bitsInSlots());
        }
        String[] names = {"gaps", "fifth packets", "queue and gap", "queue and a quarter of the mean"};
        for (int i = 0; i < failed.length; i++) {
            Figures.note("(b)", name + "of " + seeds + " other seeds, past the bound: " + names[i], failed[i], "");
        }
    }
}
