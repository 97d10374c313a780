package org.partyline.itests.crash;

import java.nio.file.Path;

/**
 * A place in the server's code where its process ends as {@code kill -9} ends it, or waits.
 *
 * @param name what has just happened, or is about to
 * @param type class whose method it is
 * @param method without parameters
 * @param where a Byteman location: {@code AT ENTRY}, {@code AT EXIT}, {@code AFTER INVOKE name} …
 * @param count the how-manieth time it is reached after it was armed
 * @param message what kind of message leads there
 */
record Point(String name, String type, String method, String where, int count, Kind message) {
    /** What is sent to reach the point. */
    enum Kind {
        /** Rides on a running chain. */
        SHORT,
        /** In several packets on a running chain. */
        LONG,
        /** Sealed by itself. */
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

    /** What is in the names of its files. */
    String slug() {
        return name.replaceAll("[^A-Za-z0-9]+", "-");
    }

    /**
     * A Byteman rule for all points of a server: nothing happens before a test made a file and this method is called, for a server must
     * be able to start, and to go on after it was killed.
     *
     * @param arming type and method, after {@code org.partyline.}
     * @param files where files of points are made
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
     * The rules of this point.
     *
     * @param end the file for which the process ends at the point
     * @param gate the file for which it waits there, that a {@link Gate} writes
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
