package org.partyline.shell.doctor;

import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;

/** Formats findings. */
public final class DoctorText {
    private DoctorText() {}

    /** Returns a finding and its remedy in one line. */
    public static String line(Finding finding) {
        return finding.what() + (finding.remedy().isEmpty() ? "" : " → " + finding.remedy());
    }

    /** Returns {@code Unsafe } or {@code Warning}, in colour. */
    public static String label(Console console, Finding finding) {
        return finding.verdict() == Finding.Verdict.UNSAFE
                ? console.paint(Style.BAD, "Unsafe ")
                : console.paint(Style.WARN, "Warning");
    }

    /** Returns the numbers, such as {@code 1 point unsafe, 2 warnings}. */
    public static String of(Doctor.Look look) {
        if (look.unsafe() == 0 && look.warnings() == 0) {
            return "no findings";
        }
        String unsafe = look.unsafe() == 0 ? "nothing unsafe" : Units.count(look.unsafe(), "point") + " unsafe";
        return look.warnings() == 0 ? unsafe : unsafe + ", " + Units.count(look.warnings(), "warning");
    }
}
