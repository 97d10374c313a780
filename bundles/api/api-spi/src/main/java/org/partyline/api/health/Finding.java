package org.partyline.api.health;

import java.util.Objects;

/**
 * A finding of one check.
 *
 * @param check what was looked at: a short name of lower-case letters and hyphens, for example {@code backup}
 * @param verdict how it is
 * @param what one line in plain words; nothing secret
 * @param remedy a command to type, or what else to do, in one line; empty where there is nothing to do
 */
public record Finding(String check, Verdict verdict, String what, String remedy) {
    /** The severity of a finding, best first. */
    public enum Verdict {
        /** As it should be. */
        OK,
        /** It works, and something should be done. */
        WARNING,
        /** Words, names or coins are at risk, or nothing is sent or received: do it before the next message. */
        UNSAFE
    }

    public Finding {
        Objects.requireNonNull(check, "check");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(remedy, "remedy");
    }

    /** A point that is as it should be. */
    public static Finding ok(String check, String what) {
        return new Finding(check, Verdict.OK, what, "");
    }

    /** A point where something should be done. */
    public static Finding warning(String check, String what, String remedy) {
        return new Finding(check, Verdict.WARNING, what, remedy);
    }

    /** A point that puts someone at risk. */
    public static Finding unsafe(String check, String what, String remedy) {
        return new Finding(check, Verdict.UNSAFE, what, remedy);
    }
}
