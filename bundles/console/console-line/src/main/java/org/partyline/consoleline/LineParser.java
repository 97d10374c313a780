package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** Parses lines for the line editor, when Enter is pressed and for completion. */
final class LineParser implements Parser {
    private final Session session;
    private final CommandLines lines;

    LineParser(Session session, CommandLines lines) {
        this.session = session;
        this.lines = lines;
    }

    @Override
    public ParsedLine parse(String text, int cursor, ParseContext context) {
        if (context == ParseContext.ACCEPT_LINE) {
            return accepted(text);
        }
        return lines.at(session.getRegistry(), text, cursor)
                .map(position -> new Completing(text, cursor, position))
                .orElseGet(() -> new Completing(text, cursor, nowhere(cursor)));
    }

    private static CursorPosition nowhere(int cursor) {
        return new CursorPosition(List.of(), List.of(), "", cursor, (char) 0, true);
    }

    /**
     * Karaf runs the line that this returns. An exception other than that for an incomplete line would be swallowed.
     */
    private ParsedLine accepted(String text) {
        Prepared prepared;
        try {
            prepared = lines.prepare(session, text);
        } catch (LineException e) {
            if (e.isOpen()) {
                throw new EOFError(-1, -1, e.getMessage(), "quote");
            }
            prepared = Prepared.refused(ErrorLines.of(session, e.getMessage(), e));
        } catch (CommandException e) {
            prepared = Prepared.refused(e);
        }
        session.put(Prepared.VARIABLE, prepared);
        String program = prepared.program();
        return new Completing(
                program, program.length(), new CursorPosition(List.of(), List.of(), program, 0, (char) 0, true));
    }

    /**
     * A line with the cursor in it, for completion.
     *
     * @param position the cursor's position in words
     */
    record Completing(String line, int cursor, CursorPosition position) implements CompletingParsedLine {
        @Override
        public String word() {
            return position.word();
        }

        @Override
        public int wordCursor() {
            return word().length();
        }

        @Override
        public int wordIndex() {
            return position.words().size();
        }

        @Override
        public List<String> words() {
            List<String> words = new ArrayList<>(position.words());
            words.add(position.word());
            return words;
        }

        @Override
        public int rawWordCursor() {
            return cursor - position.start();
        }

        @Override
        public int rawWordLength() {
            int end = cursor;
            while (position.quote() == 0 && end < line.length() && " \t\n".indexOf(line.charAt(end)) < 0) {
                end++;
            }
            return end - position.start();
        }

        /** Returns the value as it must be typed. */
        @Override
        public CharSequence escape(CharSequence value, boolean whole) {
            String text = value.toString();
            if (text.isEmpty() && position.quote() == 0 && !whole) {
                // Before offering values one after the other, the line editor deletes as many characters as this text
                // has.
                return "";
            }
            if (position.quote() == '\'' && text.indexOf('\'') < 0) {
                return "'" + text + (whole ? "'" : "");
            }
            boolean bare = position.quote() == 0
                    && !text.isEmpty()
                    && "\"'#|".indexOf(text.charAt(0)) < 0
                    && text.chars().noneMatch(c -> " \t\n".indexOf(c) >= 0)
                    // After an option's equals sign, quotation marks have a meaning.
                    && !(text.startsWith("-") && text.chars().anyMatch(c -> c == '"' || c == '\''));
            return bare ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + (whole ? "\"" : "");
        }
    }
}
