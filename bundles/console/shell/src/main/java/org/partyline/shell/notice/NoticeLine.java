package org.partyline.shell.notice;

import org.jline.utils.AttributedString;
import org.partyline.api.engine.Messages.Message;
import org.partyline.shell.message.MessageText;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;

/**
 * A line that fits a terminal: styled parts, of which the last ones are cut if there is no room. Incoming text is added
 * as one part, without control characters, so that it cannot look like another part.
 */
final class NoticeLine {
    /** The maximum number of characters of a text that are examined: there may be any number of marks without width. */
    private static final int MOST = 400;

    private static final String CUT = "…";

    private final StringBuilder line = new StringBuilder();
    private final boolean painted;
    private int room;

    private NoticeLine(int width, boolean painted) {
        this.painted = painted;
        // The last column stays free: some terminals begin another line after it.
        this.room = Math.max(1, width - 1);
    }

    /**
     * @param words whether to show the text
     * @param width of the terminal in columns
     */
    static String of(Message message, boolean words, int width, boolean painted) {
        NoticeLine notice = new NoticeLine(width, painted);
        notice.add(Style.DIM, "* ");
        if (message.notice()) {
            notice.add(Style.WARN, "news");
        } else {
            notice.add(Style.OTHER, name(MessageText.sender(message)));
        }
        notice.add(Style.DIM, message.direct() ? " to " : " in ");
        notice.add(Style.PLAIN, name(message.direct() ? message.persona() : message.channel()));
        if (words && message.text().isPresent() && !message.burn()) {
            notice.add(Style.DIM, ": ");
            notice.add(Style.PLAIN, message.text().get());
        } else {
            notice.add(Style.DIM, " (read " + message.id() + ")");
        }
        return notice.line.toString();
    }

    /** Returns the line for many messages at once. */
    static String more(int width, boolean painted) {
        NoticeLine notice = new NoticeLine(width, painted);
        notice.add(Style.DIM, "* more messages arrived: partyline:messages lists them");
        return notice.line.toString();
    }

    /** Returns the name, in quotes if it is more than one word: a name may be {@code bob in lobby}. */
    private static String name(String name) {
        return Sanitizer.word(name);
    }

    private void add(Style style, String text) {
        if (room < 1) {
            return;
        }
        String shown = Sanitizer.line(text.codePoints()
                .limit(MOST)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString());
        AttributedString measured = new AttributedString(shown);
        int columns = measured.columnLength();
        if (columns > room) {
            shown = measured.columnSubSequence(0, room - 1) + CUT;
            columns = room;
        }
        room -= columns;
        line.append(painted ? style.paint(shown) : shown);
    }
}
