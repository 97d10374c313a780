package org.partyline.itests.privacy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Collects the figures of a run: a table at its end, and a file. */
public final class Figures implements TestExecutionListener {
    private static final List<String> LINES = new ArrayList<>();

    /** Claims that a figure is at most its bound. */
    static void atMost(String claim, String what, double figure, double bound) {
        note(claim, what, figure, "at most " + shortest(bound));
        assertTrue(figure <= bound, what + ": " + figure + " is over " + bound);
    }

    /** Claims that a figure is more than its bound. */
    static void over(String claim, String what, double figure, double bound) {
        note(claim, what, figure, "over " + shortest(bound));
        assertTrue(figure > bound, what + ": " + figure + " is not over " + bound);
    }

    /** Claims that a condition holds. */
    static void holds(String claim, String what, boolean holds) {
        line(claim, what, holds ? "yes" : "NO", "");
        assertTrue(holds, what);
    }

    /** Reports a figure without a claim. */
    static void note(String claim, String what, double figure, String bound) {
        line(claim, what, shortest(figure), bound);
    }

    private static String shortest(double figure) {
        return figure == Math.rint(figure)
                ? String.format(Locale.ROOT, "%.0f", figure)
                : String.format(Locale.ROOT, Math.abs(figure) < 0.001 ? "%.6f" : "%.4f", figure);
    }

    private static synchronized void line(String claim, String what, String figure, String bound) {
        LINES.add(String.format(Locale.ROOT, "%-4s %-92s %8s  %s", claim, what, figure, bound));
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        String table = "Seed " + Seeds.seed() + System.lineSeparator()
                + String.join(
                        System.lineSeparator(),
                        LINES.stream()
                                .sorted(Comparator.comparing(line -> line.substring(0, 3)))
                                .toList())
                + System.lineSeparator();
        System.out.println(table);
        String file = System.getProperty("privacy.figures", "");
        if (!file.isEmpty()) {
            try {
                Files.writeString(Path.of(file), table, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new IllegalStateException("the figures cannot be written to " + file, e);
            }
        }
    }
}
