package org.partyline.api.crypto;

import java.util.Objects;
import java.util.regex.Pattern;

/** Checks the code and name of an algorithm. */
final class AlgorithmName {
    private static final int MOST_CODE = 255;
    private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]{0,31}");

    private AlgorithmName() {}

    /** @param kind for the message */
    static void check(String kind, int code, String name) {
        Objects.requireNonNull(name, "name");
        // A one-byte field that was never set is read as 0.
        if (code < 1 || code > MOST_CODE) {
            throw new IllegalArgumentException(kind + ": the code must be 1 to " + MOST_CODE + ", not " + code);
        }
        // It appears unchanged in settings, tables and the log.
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    kind + ": the name must be 1 to 32 of A to Z, 0 to 9 and _, starting with a letter");
        }
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }
}
