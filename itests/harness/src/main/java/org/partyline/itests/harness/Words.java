package org.partyline.itests.harness;

/** Writes words so that the console reads each as it is. */
final class Words {
    private Words() {}

    static String quoted(String word) {
        if (word.matches("[A-Za-z0-9_./:@,+-]+")) {
            return word;
        }
        // Within double quotes two characters have a meaning to the console, and nothing else has.
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
