package org.partyline.chat.model;

import java.util.ArrayList;
import java.util.List;
import org.partyline.chat.text.Columns;

/**
 * The text that is being typed.
 *
 * @param text its present content
 * @param cursor the position of the next character, in chars of the text
 * @param sent texts that were sent before, oldest first
 * @param back how many sent texts the user has gone back; 0 for the new text
 * @param kept the new text while a sent one is shown
 */
public record Editor(String text, int cursor, List<String> sent, int back, String kept) {
    /** The prefix of a message that describes an action of its sender. */
    public static final String ACTION = "/me ";

    private static final int MOST_SENT = 50;

    /** An empty editor. */
    public static final Editor EMPTY = new Editor("", 0, List.of(), 0, "");

    public Editor {
        sent = List.copyOf(sent);
    }

    /**
     * Returns whether the text is a command and not a message. {@code :q} is one: many people type it to leave a
     * full-screen program. {@code /me waves} is a message, as in other chat programs.
     */
    public boolean isCommand() {
        return text.startsWith("/") && !text.startsWith("//") && !text.startsWith(ACTION)
                || text.strip().equals(":q")
                || text.strip().equals(":quit");
    }

    private Editor at(int place) {
        return new Editor(text, place, sent, back, kept);
    }

    /** Returns an editor with this text, and the cursor at its end. */
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

    /** Moves to the line above in a text of several lines, otherwise to the previous sent text. */
    public Editor up() {
        if (text.lastIndexOf('\n', cursor - 1) >= 0 && back == 0) {
            int begin = lineBegin();
            int above = text.lastIndexOf('\n', begin - 2) + 1;
            return at(boundary(Math.min(above + cursor - begin, begin - 1)));
        }
        return back < sent.size() ? recall(back + 1) : this;
    }

    /** Moves down, or to the next sent text. */
    public Editor down() {
        int end = text.indexOf('\n', cursor);
        if (end >= 0 && back == 0) {
            int next = text.indexOf('\n', end + 1);
            return at(boundary(Math.min(end + 1 + cursor - lineBegin(), next < 0 ? text.length() : next)));
        }
        return back > 0 ? recall(back - 1) : this;
    }

    /** Returns the position itself, or the beginning of the character that contains it. */
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

    /** Returns an empty editor, with this text added to the sent ones. */
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
