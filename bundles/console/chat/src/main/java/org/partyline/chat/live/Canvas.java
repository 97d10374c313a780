package org.partyline.chat.live;

import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.partyline.chat.screen.Frame;

/**
 * Draws frames on a terminal, writing only the rows that changed. Each is begun at its own place and written whole, and
 * none runs over its end: a character that the terminal takes for wider or narrower than we do moves nothing but the
 * rest of its row. JLine's own display saves more, and trusts that both measure alike.
 */
final class Canvas {
    private final Terminal terminal;
    private final Terminal plain;
    private final boolean colours;
    private List<AttributedString> shown = List.of();

    /** @param colours whether someone wants them (no-color.org) */
    Canvas(Terminal terminal, boolean colours) {
        this.terminal = terminal;
        this.colours = colours;
        this.plain = Glyphs.asTheyAre(terminal);
    }

    /** Rows end where the screen ends, until {@link #leave}. */
    void enter() {
        terminal.puts(Capability.exit_am_mode);
        clear();
    }

    void leave() {
        terminal.puts(Capability.enter_am_mode);
    }

    /** Nothing is there any more. */
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
                // Before it: what is written into the last column is not erased then.
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
