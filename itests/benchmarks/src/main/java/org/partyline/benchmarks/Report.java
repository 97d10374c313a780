package org.partyline.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Formats figures as a table. */
final class Report {
    private static final String[] HEAD = {
        "what", "measured", "baseline, same run", "measured", "ratio", "goal", "verdict"
    };

    private Report() {}

    static String table(List<Figure> figures) {
        List<String[]> rows = new ArrayList<>();
        rows.add(HEAD);
        for (Figure figure : figures) {
            rows.add(new String[] {
                figure.what(),
                figure.value(),
                figure.baseline(),
                figure.baselineValue(),
                String.format(Locale.ROOT, "%.2f ", figure.ratio()) + figure.direction().words,
                figure.goal().toString(),
                figure.goal().verdict(figure.ratio())
            });
        }
        int[] widths = new int[HEAD.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        String[] rule = Arrays.stream(widths).mapToObj("-"::repeat).toArray(String[]::new);
        rows.add(1, rule);
        return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < row.length; i++) {
            line.append(' ')
                    .append(row[i])
                    .append(" ".repeat(widths[i] - row[i].length()))
                    .append(" |");
        }
        return line.toString();
    }
}
