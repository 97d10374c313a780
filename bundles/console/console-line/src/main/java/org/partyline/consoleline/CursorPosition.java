package org.partyline.consoleline;

import java.util.List;

/**
 * The position of the cursor in a line.
 *
 * @param stages the words of the commands before in the same pipe
 * @param words the words before in the same command
 * @param word the part of the word at the cursor that is before the cursor
 * @param start where that word begins in the line
 * @param quote its quotation mark, 0 without one
 * @param text whether it is a text, of which nothing is known
 */
record CursorPosition(List<List<String>> stages, List<String> words, String word, int start, char quote, boolean text) {
    /** Whether the word is what comes first in a command: its name. */
    boolean isName() {
        return words.isEmpty();
    }
}
