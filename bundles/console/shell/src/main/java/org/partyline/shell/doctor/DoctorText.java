package org.partyline.shell.doctor;

import org.partyline.api.health.Doctor;
import org.partyline.shell.output.Units;

/** What came of a look, in words. */
public final class DoctorText {
    private DoctorText() {}

    /** {@code 1 point unsafe, 2 warnings}. */
    public static String of(Doctor.Look look) {
        if (look.unsafe() == 0 && look.warnings() == 0) {
            return "all is well";
        }
        String unsafe = look.unsafe() == 0 ? "nothing unsafe" : Units.count(look.unsafe(), "point") + " unsafe";
        return look.warnings() == 0 ? unsafe : unsafe + ", " + Units.count(look.warnings(), "warning");
    }
}
