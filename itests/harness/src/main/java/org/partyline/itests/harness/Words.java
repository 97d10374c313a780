package org.partyline.itests.harness;

/** Quotes words so that the console reads each literally. */
final class Words {
    private Words() {}

    static String quoted(String word) {
        if (word.matches("[A-Za-z0-9_./:@,+-]+")) {
            return word;
        }
        // Within double quotes, only two characters have a meaning to the console.
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
