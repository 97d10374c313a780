package org.partyline.itests.crash;

/**
 * A place in the server's code where its process ends as {@code kill -9} ends it.
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

    /** Ends the process. */
    static final String END = "killJVM()";

    /**
     * Byteman rules: nothing happens before the point is armed, for a server must be able to start.
     *
     * @param action what happens there
     */
    String rules(String armingType, String armingMethod, String action) {
        return """
                RULE arm
                CLASS %s
                METHOD %s
                AT ENTRY
                IF TRUE
                DO flag("armed")
                ENDRULE

                RULE act
                CLASS %s
                METHOD %s
                %s
                IF flagged("armed") AND incrementCounter("reached") == %d
                DO %s
                ENDRULE
                """.formatted(armingType, armingMethod, type, method, where, count, action);
    }

    @Override
    public String toString() {
        return name;
    }
}
