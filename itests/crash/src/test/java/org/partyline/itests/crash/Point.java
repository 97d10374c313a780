package org.partyline.itests.crash;

import java.nio.file.Path;

/**
 * A point in the server's code where its process ends, as by {@code kill -9}, or waits.
 *
 * @param name what has just happened, or is about to
 * @param type the class of the method
 * @param method without parameters
 * @param where a Byteman location: {@code AT ENTRY}, {@code AT EXIT}, {@code AFTER INVOKE name} …
 * @param count after how many passes, counted from arming, it applies
 * @param message the kind of message that leads there
 */
record Point(String name, String type, String method, String where, int count, Kind message) {
    /** The message to send in order to reach the point. */
    enum Kind {
        /** On a running chain. */
        SHORT,
        /** In several packets on a running chain. */
        LONG,
        /** Sealed, without a chain. */
        OPEN,
        /** Burned when read. */
        BURN
    }

    static Point at(String name, String typeAndMethod, String where, Kind message) {
        return at(name, typeAndMethod, where, 1, message);
    }

    static Point at(String name, String typeAndMethod, String where, int count, Kind message) {
        int hash = typeAndMethod.indexOf('#');
        return new Point(
                name,
                "org.partyline." + typeAndMethod.substring(0, hash),
                typeAndMethod.substring(hash + 1),
                where,
                count,
                message);
    }

    /** Returns its name in file names. */
    String slug() {
        return name.replaceAll("[^A-Za-z0-9]+", "-");
    }

    /**
     * Returns a Byteman rule for all points of a server: they have no effect before a test has created a file and this
     * method is called, since a server must be able to start, and to continue after it was killed.
     *
     * @param arming type and method, after {@code org.partyline.}
     * @param files the directory of the points' files
     */
    static String arming(String arming, Path files) {
        int hash = arming.indexOf('#');
        return """
                RULE arm
                CLASS org.partyline.%s
                METHOD %s
                AT ENTRY
                IF (new java.io.File("%s")).list().length > 0
                DO flag("armed")
                ENDRULE

                """.formatted(arming.substring(0, hash), arming.substring(hash + 1), files);
    }

    /**
     * Returns the rules of this point.
     *
     * @param end the file that makes the process end at the point
     * @param gate the file, written by a {@link Gate}, that makes it wait there
     */
    String rules(Path end, Path gate) {
        String knock =
                "(new java.net.Socket(\"127.0.0.1\", (new java.util.Scanner(new java.io.File(\"%s\"))).nextInt()))"
                        .formatted(gate);
        return rule(end, "(new java.io.File(\"%s\")).delete(), killJVM()".formatted(end))
                + rule(
                        gate,
                        "%s.getInputStream().read(), deleteCounter(\"%s\"), clear(\"armed\")".formatted(knock, gate));
    }

    private String rule(Path file, String action) {
        return """
                RULE %1$s
                CLASS %2$s
                METHOD %3$s
                %4$s
                IF flagged("armed") AND (new java.io.File("%1$s")).exists() AND incrementCounter("%1$s") == %5$d
                DO %6$s
                ENDRULE

                """.formatted(file, type, method, where, count, action);
    }

    @Override
    public String toString() {
        return name;
    }
}
