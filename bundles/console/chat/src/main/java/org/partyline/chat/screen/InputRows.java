package org.partyline.chat.screen;

import java.util.ArrayList;
import java.util.List;
import org.partyline.chat.model.Editor;
import org.partyline.chat.text.Columns;
import org.partyline.chat.text.Words;

/**
 * The input line, broken into rows.
 *
 * @param rows each with its prompt
 * @param row of the cursor
 * @param column of the cursor
 */
record InputRows(List<String> rows, int row, int column) {
    private static final Words WORDS = new Words(InputRows::visible);

    /** Breaks the text of an editor for a screen of this width. */
    static InputRows of(Editor editor, int columns) {
        String prompt = columns > 10 ? "> " : "";
        int width = Math.max(1, columns - prompt.length() - 1);
        List<String> rows = new ArrayList<>();
        StringBuilder row = new StringBuilder(prompt);
        int used = 0;
        int at = 0;
        int cursorRow = 0;
        int cursorColumn = prompt.length();
        for (String character : Columns.characters(editor.text())) {
            if (at == editor.cursor()) {
                cursorRow = rows.size();
                cursorColumn = prompt.length() + used;
            }
            at += character.length();
            boolean ends = character.endsWith("\n");
            String shown = ends ? "" : WORDS.line(character);
            int more = Columns.of(shown);
            if (ends || used + more > width) {
                rows.add(Columns.enclosed(row.toString()));
                row = new StringBuilder(" ".repeat(prompt.length()));
                if (!ends && at - character.length() == editor.cursor()) {
                    cursorRow = rows.size();
                    cursorColumn = prompt.length();
                }
                used = 0;
            }
            if (more <= width) {
                row.append(shown);
                used += more;
            }
        }
        if (at <= editor.cursor()) {
            cursorRow = rows.size();
            cursorColumn = prompt.length() + used;
        }
        rows.add(Columns.enclosed(row.toString()));
        return new InputRows(List.copyOf(rows), cursorRow, Math.min(cursorColumn, Math.max(0, columns - 1)));
    }

    /** Pasted text may contain anything; it is sent unchanged, and painted harmlessly. */
    private static String visible(String character) {
        StringBuilder visible = new StringBuilder();
        character.codePoints().forEach(c -> {
            if (c == '\t') {
                visible.append(' ');
            } else {
                switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.SURROGATE,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> visible.append('\uFFFD');
                    case Character.FORMAT -> visible.append(c == 0x200C || c == 0x200D ? "" : "\uFFFD");
                    default -> visible.appendCodePoint(c);
                }
            }
        });
        return visible.toString();
    }
}
