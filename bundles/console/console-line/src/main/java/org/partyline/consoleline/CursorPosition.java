package org.partyline.consoleline;

import java.util.List;

/**
 * The position of the cursor in a line.
 *
 * @param stages the words of the preceding commands in the same pipe
 * @param words the preceding words of the same command
 * @param word the part of the word at the cursor that is before the cursor
 * @param start where that word begins in the line
 * @param quote its quotation mark; 0 if there is none
 * @param text whether it is free text, which cannot be completed
 */
record CursorPosition(List<List<String>> stages, List<String> words, String word, int start, char quote, boolean text) {
    /** Returns whether the word is the first of a command: its name. */
    boolean isName() {
        return words.isEmpty();
    }
}
