package org.partyline.itests.harness;

/** Writes words so that the console reads each as it is. */
final class Words {
    private Words() {}

    static String quoted(String word) {
        if (word.matches("[A-Za-z0-9_./:@,+-]+")) {
            return word;
        }
        // Within single quotes the console's language gives a meaning to nothing; within double quotes it stumbles over
        // '.
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
