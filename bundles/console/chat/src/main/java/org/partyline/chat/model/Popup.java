package org.partyline.chat.model;

import java.util.List;

/**
 * A text shown over the history until a key closes it.
 *
 * @param title one line, safe to paint
 * @param lines its text, safe to paint
 * @param first the line at the top
 */
public record Popup(String title, List<String> lines, int first) {
    public Popup {
        lines = List.copyOf(lines);
    }

    /** Does not show the text. */
    @Override
    public String toString() {
        return "Popup";
    }
}
