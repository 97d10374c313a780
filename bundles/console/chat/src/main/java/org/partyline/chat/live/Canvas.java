package org.partyline.chat.live;

import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.partyline.chat.screen.Frame;

/**
 * Draws frames on a terminal, writing only the rows that changed. Each row is positioned separately and written whole,
 * and none runs past its end: a character whose width the terminal measures differently affects only the rest of its
 * row. JLine's own display writes less, but relies on both measuring the same.
 */
final class Canvas {
    private final Terminal terminal;
    private final Terminal plain;
    private final boolean colours;
    private List<AttributedString> shown = List.of();

    /** @param colours whether the user wants colours (no-color.org) */
    Canvas(Terminal terminal, boolean colours) {
        this.terminal = terminal;
        this.colours = colours;
        this.plain = Glyphs.asTheyAre(terminal);
    }

    /** Makes rows end at the screen's edge, until {@link #leave}. */
    void enter() {
        terminal.puts(Capability.exit_am_mode);
        clear();
    }

    void leave() {
        terminal.puts(Capability.enter_am_mode);
    }

    /** Forgets what the terminal shows. */
    void clear() {
        terminal.puts(Capability.clear_screen);
        shown = List.of();
    }

    private AttributedString painted(AttributedString row) {
        if (colours) {
            return row;
        }
        AttributedStringBuilder bare = new AttributedStringBuilder(row.length());
        for (int i = 0; i < row.length(); i++) {
            bare.styled(row.styleAt(i).foregroundDefault(), String.valueOf(row.charAt(i)));
        }
        return bare.toAttributedString();
    }

    void show(Frame frame) {
        List<AttributedString> rows = frame.rows();
        terminal.puts(Capability.cursor_invisible);
        for (int i = 0; i < rows.size(); i++) {
            if (i >= shown.size() || !shown.get(i).equals(rows.get(i))) {
                terminal.puts(Capability.cursor_address, i, 0);
                // Before the row: a character written into the last column must not be erased.
                terminal.puts(Capability.clr_eol);
                terminal.writer().write(painted(rows.get(i)).toAnsi(plain));
            }
        }
        terminal.puts(Capability.cursor_address, frame.row(), frame.column());
        terminal.puts(Capability.cursor_normal);
        terminal.flush();
        shown = rows;
    }
}
