package org.partyline.benchmarks;

import java.util.Locale;

/**
 * The goal for a ratio.
 *
 * @param kind on which side of the limit the good values are
 * @param limit the limit itself, which counts as good
 */
record Goal(Kind kind, double limit) {
    /** No goal: the ratio is for information. */
    static final Goal NONE = new Goal(Kind.NONE, 0);

    enum Kind {
        AT_LEAST,
        AT_MOST,
        NONE
    }

    static Goal atLeast(double limit) {
        return new Goal(Kind.AT_LEAST, limit);
    }

    static Goal atMost(double limit) {
        return new Goal(Kind.AT_MOST, limit);
    }

    /** Returns one word for the table. */
    String verdict(double ratio) {
        return switch (kind) {
            case AT_LEAST -> ratio >= limit ? "pass" : "MISS";
            case AT_MOST -> ratio <= limit ? "pass" : "MISS";
            case NONE -> "-";
        };
    }

    @Override
    public String toString() {
        return switch (kind) {
            case AT_LEAST -> String.format(Locale.ROOT, ">= %.1f", limit);
            case AT_MOST -> String.format(Locale.ROOT, "<= %.1f", limit);
            case NONE -> "none";
        };
    }
}
