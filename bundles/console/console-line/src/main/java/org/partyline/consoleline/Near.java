package org.partyline.consoleline;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** Finds the closest names to a mistyped one. */
final class Near {
    private static final int SHORTEST_PREFIX = 3;

    private Near() {}

    /**
     * Returns the nearest names, if they are near enough: a letter or two different, the same parts in another order,
     * or longer.
     */
    static List<String> to(String typed, Collection<String> names) {
        int limit = Math.max(1, Math.min(2, typed.length() / 3));
        int nearest =
                names.stream().mapToInt(name -> distance(typed, name)).min().orElse(Integer.MAX_VALUE);
        if (nearest <= limit) {
            return names.stream()
                    .filter(name -> distance(typed, name) == nearest)
                    .sorted()
                    .toList();
        }
        List<String> turned = names.stream()
                .filter(name -> name.contains("-") && parts(name).equals(parts(typed)))
                .toList();
        return !turned.isEmpty() || typed.length() < SHORTEST_PREFIX
                ? turned
                : names.stream().filter(name -> name.startsWith(typed)).sorted().toList();
    }

    private static List<String> parts(String name) {
        return Arrays.stream(name.split("-")).sorted().toList();
    }

    /** Returns how many letters must be inserted, deleted, replaced or swapped with their neighbours. */
    static int distance(String one, String other) {
        int[][] distances = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    distances[i][j] = i + j;
                    continue;
                }
                boolean same = one.charAt(i - 1) == other.charAt(j - 1);
                boolean swapped = i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1);
                distances[i][j] = IntStream.of(
                                distances[i - 1][j] + 1,
                                distances[i][j - 1] + 1,
                                distances[i - 1][j - 1] + (same ? 0 : 1),
                                swapped ? distances[i - 2][j - 2] + 1 : Integer.MAX_VALUE)
                        .min()
                        .getAsInt();
            }
        }
        return distances[one.length()][other.length()];
    }
}
