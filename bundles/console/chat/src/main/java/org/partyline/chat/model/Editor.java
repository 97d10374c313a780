package org.partyline.chat.model;

import java.util.ArrayList;
import java.util.List;
import org.partyline.chat.text.Columns;

/**
 * The text that is being typed.
 *
 * @param text as it stands
 * @param cursor where the next character goes, in chars of the text
 * @param sent what was sent before, oldest first
 * @param back how far back in that one is; 0: in what is new
 * @param kept what is new, while one is back
 */
public record Editor(String text, int cursor, List<String> sent, int back, String kept) {
    /** How a message begins that says what its sender does. */
    public static final String ACTION = "/me ";

    private static final int MOST_SENT = 50;

    /** Nothing yet. */
    public static final Editor EMPTY = new Editor("", 0, List.of(), 0, "");

    public Editor {
        sent = List.copyOf(sent);
    }

    /**
     * Whether the text is a command, and nothing to be said. {@code :q} is one: many fingers leave a full screen so. {@code /me waves} is
     * said, as everywhere.
     */
    public boolean isCommand() {
        return text.startsWith("/") && !text.startsWith("//") && !text.startsWith(ACTION)
                || text.strip().equals(":q")
                || text.strip().equals(":quit");
    }

    private Editor at(int place) {
        return new Editor(text, place, sent, back, kept);
    }

    /** That text, with the cursor at its end. */
    public Editor with(String other) {
        return new Editor(other, other.length(), sent, back, kept);
    }

    public Editor insert(String more) {
        return new Editor(
                text.substring(0, cursor) + more + text.substring(cursor), cursor + more.length(), sent, back, kept);
    }

    private Editor without(int from, int to) {
        return new Editor(text.substring(0, from) + text.substring(to), from, sent, back, kept);
    }

    private int before() {
        List<String> all = Columns.characters(text.substring(0, cursor));
        return all.isEmpty() ? cursor : cursor - all.get(all.size() - 1).length();
    }

    private int after() {
        List<String> all = Columns.characters(text.substring(cursor));
        return all.isEmpty() ? cursor : cursor + all.get(0).length();
    }

    private int wordBefore() {
        int at = cursor;
        while (at > 0 && Character.isWhitespace(text.charAt(at - 1))) {
            at--;
        }
        while (at > 0 && !Character.isWhitespace(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    private int wordAfter() {
        int at = cursor;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private int lineBegin() {
        return text.lastIndexOf('\n', cursor - 1) + 1;
    }

    private int lineEnd() {
        int end = text.indexOf('\n', cursor);
        return end < 0 ? text.length() : end;
    }

    public Editor backspace() {
        return without(before(), cursor);
    }

    public Editor delete() {
        return without(cursor, after());
    }

    public Editor left() {
        return at(before());
    }

    public Editor right() {
        return at(after());
    }

    public Editor wordLeft() {
        return at(wordBefore());
    }

    public Editor wordRight() {
        return at(wordAfter());
    }

    public Editor home() {
        return at(lineBegin());
    }

    public Editor end() {
        return at(lineEnd());
    }

    public Editor cutWord() {
        return without(wordBefore(), cursor);
    }

    public Editor cutToEnd() {
        return without(cursor, lineEnd() == cursor ? after() : lineEnd());
    }

    /** The line above in a text of several, else what was sent before. */
    public Editor up() {
        if (text.lastIndexOf('\n', cursor - 1) >= 0 && back == 0) {
            int begin = lineBegin();
            int above = text.lastIndexOf('\n', begin - 2) + 1;
            return at(boundary(Math.min(above + cursor - begin, begin - 1)));
        }
        return back < sent.size() ? recall(back + 1) : this;
    }

    /** The other way. */
    public Editor down() {
        int end = text.indexOf('\n', cursor);
        if (end >= 0 && back == 0) {
            int next = text.indexOf('\n', end + 1);
            return at(boundary(Math.min(end + 1 + cursor - lineBegin(), next < 0 ? text.length() : next)));
        }
        return back > 0 ? recall(back - 1) : this;
    }

    /** The place itself, or the begin of the character that it is in. */
    private int boundary(int place) {
        int at = 0;
        for (String character : Columns.characters(text)) {
            if (at + character.length() > place) {
                break;
            }
            at += character.length();
        }
        return Math.min(at, text.length());
    }

    private Editor recall(int steps) {
        String now = back == 0 ? text : kept;
        String shown = steps == 0 ? now : sent.get(sent.size() - steps);
        return new Editor(shown, shown.length(), sent, steps, now);
    }

    /** Emptied, with that text among what was sent. */
    public Editor sent(String whole) {
        List<String> all = new ArrayList<>(sent);
        all.remove(whole);
        all.add(whole);
        return new Editor("", 0, all.size() > MOST_SENT ? all.subList(1, all.size()) : all, 0, "");
    }

    /** Does not show the text. */
    @Override
    public String toString() {
        return "Editor";
    }
}
