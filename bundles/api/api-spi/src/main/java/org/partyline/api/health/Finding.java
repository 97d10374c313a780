package org.partyline.api.health;

import java.util.Objects;

/**
 * A finding of one check.
 *
 * @param check the name of the check: lower-case letters and hyphens, for example {@code backup}
 * @param verdict the severity
 * @param what one line in plain words; nothing secret
 * @param remedy the command to type, or what else to do, in one line; empty if there is nothing to do
 */
public record Finding(String check, Verdict verdict, String what, String remedy) {
    /** The severity of a finding, best first. */
    public enum Verdict {
        /** No problem. */
        OK,
        /** It works, but something should be done. */
        WARNING,
        /** Messages, names or coins are at risk, or nothing is sent or received: act before the next message. */
        UNSAFE
    }

    public Finding {
        Objects.requireNonNull(check, "check");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(remedy, "remedy");
    }

    /** A finding without a problem. */
    public static Finding ok(String check, String what) {
        return new Finding(check, Verdict.OK, what, "");
    }

    /** A finding that something should be done. */
    public static Finding warning(String check, String what, String remedy) {
        return new Finding(check, Verdict.WARNING, what, remedy);
    }

    /** A finding that someone is at risk. */
    public static Finding unsafe(String check, String what, String remedy) {
        return new Finding(check, Verdict.UNSAFE, what, remedy);
    }
}
