package org.partyline.chat.screen;

import java.util.List;
import org.jline.utils.AttributedString;

/**
 * One complete picture of the screen.
 *
 * @param rows as many as the screen has, none wider than the screen
 * @param row of the cursor
 * @param column of the cursor
 */
public record Frame(List<AttributedString> rows, int row, int column) {
    public Frame {
        rows = List.copyOf(rows);
    }
}
