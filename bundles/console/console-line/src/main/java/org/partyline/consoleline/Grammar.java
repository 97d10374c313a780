package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Parses lines. Spaces separate words. A word that begins with {@code "} or {@code '} ends with the same mark and
 * contains everything in between; within double quotes, {@code \"} and {@code \\} stand for the character after the
 * backslash. Anywhere else, a quotation mark, an apostrophe or a backslash is an ordinary character. {@code |}, alone
 * and before the name of a filter, makes a pipe. A line end ends a command. {@code #} at the beginning of a line makes
 * it a comment. There are no other rules.
 */
final class Grammar {
    private static final String END_OF_OPTIONS = "--";

    private final String text;
    private final Function<String, Optional<RestOfLine>> rests;
    private final Predicate<String> filters;
    private final List<List<String>> stages = new ArrayList<>();
    private List<String> words = new ArrayList<>();
    private int at;

    /** The last word: where it starts and ends, and its quotation mark. */
    private int start;

    private int end;
    private char quote;
    private String unfinished = "";
    private boolean inText;

    private Grammar(String text, Function<String, Optional<RestOfLine>> rests, Predicate<String> filters) {
        this.text = text;
        this.rests = rests;
        this.filters = filters;
    }

    /**
     * Parses a text of one or more lines.
     *
     * @param rests returns, by its name, a command that takes the rest of its line
     * @param filters whether a name is that of a filter
     * @return commands, each a pipe of one or more stages, each of them a list of words
     */
    static List<List<List<String>>> read(
            String text, Function<String, Optional<RestOfLine>> rests, Predicate<String> filters) throws LineException {
        Grammar grammar = new Grammar(text, rests, filters);
        List<List<List<String>>> commands = new ArrayList<>();
        while (grammar.at < text.length()) {
            grammar.command();
            if (!grammar.stages.isEmpty()) {
                commands.add(List.copyOf(grammar.stages));
            }
            grammar.stages.clear();
        }
        return commands;
    }

    /** Parses up to the cursor. Returns empty if the line is wrong before it. */
    static Optional<CursorPosition> at(
            String text, int cursor, Function<String, Optional<RestOfLine>> rests, Predicate<String> filters) {
        Grammar grammar = new Grammar(text.substring(0, cursor), rests, filters);
        try {
            do {
                grammar.stages.clear();
                grammar.command();
            } while (grammar.at < cursor);
        } catch (LineException e) {
            return e.isOpen() ? Optional.of(grammar.position(grammar.words, grammar.unfinished)) : Optional.empty();
        }
        if (grammar.words.isEmpty() || grammar.end != cursor) {
            if (cursor > 0 && text.charAt(cursor - 1) == '\n') {
                grammar.stages.clear();
                grammar.words = List.of();
            }
            grammar.start = cursor;
            grammar.quote = 0;
            return Optional.of(grammar.position(grammar.words, ""));
        }
        int last = grammar.words.size() - 1;
        return Optional.of(grammar.position(grammar.words.subList(0, last), grammar.words.get(last)));
    }

    private CursorPosition position(List<String> before, String word) {
        List<List<String>> done = stages.isEmpty() || stages.get(stages.size() - 1) != words
                ? stages
                : stages.subList(0, stages.size() - 1);
        return new CursorPosition(List.copyOf(done), List.copyOf(before), word, start, quote, inText);
    }

    /** Parses a command up to the end of its line. */
    private void command() throws LineException {
        words = new ArrayList<>();
        skipBlanks();
        if (at < text.length() && text.charAt(at) == '#') {
            int next = text.indexOf('\n', at);
            at = next < 0 ? text.length() : next;
        }
        while (at < text.length() && text.charAt(at) != '\n') {
            if (!words.isEmpty() && isPipe()) {
                stages.add(words);
                words = new ArrayList<>();
                at++;
            } else {
                words.add(word());
                end = at;
            }
            Optional<RestOfLine> rest =
                    words.size() == 1 && stages.isEmpty() ? rests.apply(words.get(0)) : Optional.empty();
            if (rest.isPresent()) {
                rest(rest.get());
            } else {
                skipBlanks();
            }
        }
        // The end of the line.
        at = Math.min(text.length(), at + 1);
        if (!words.isEmpty()) {
            stages.add(words);
        }
    }

    private boolean isPipe() {
        if (text.charAt(at) != '|') {
            return false;
        }
        int from = at + 1;
        while (from < text.length() && isBlank(text.charAt(from))) {
            from++;
        }
        int to = from;
        while (to < text.length() && !breaks(to)) {
            to++;
        }
        return filters.test(text.substring(from, to));
    }

    private String word() throws LineException {
        start = at;
        quote = 0;
        char first = text.charAt(at);
        if (first == '"' || first == '\'') {
            return quoted("");
        }
        StringBuilder word = new StringBuilder();
        while (at < text.length() && !breaks(at)) {
            char c = text.charAt(at);
            boolean ofValue =
                    (c == '"' || c == '\'') && first == '-' && at - start > 1 && word.indexOf("=") == word.length() - 1;
            if (ofValue) {
                return quoted(word.toString());
            }
            word.append(c);
            at++;
        }
        return word.toString();
    }

    private String quoted(String before) throws LineException {
        StringBuilder word = new StringBuilder(before);
        quote = text.charAt(at++);
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            boolean escape = c == '\\'
                    && quote == '"'
                    && at < text.length()
                    && (text.charAt(at) == '"' || text.charAt(at) == '\\');
            word.append(escape ? text.charAt(at++) : c);
        }
        if (at == text.length()) {
            unfinished = word.toString();
            throw LineException.open();
        }
        at++;
        if (at < text.length() && !breaks(at)) {
            throw LineException.wrong(
                    "a closing quotation mark must be followed by a space: write \\\" inside quotation marks, or "
                            + "use say, which needs no quoting");
        }
        return word.toString();
    }

    /** Options, and then the text: the whole remaining line, whatever it is. */
    private void rest(RestOfLine command) throws LineException {
        while (at < text.length()) {
            // One space, or the end of the line, ends the previous word.
            at++;
            if (!text.startsWith(END_OF_OPTIONS, at)) {
                text();
                return;
            }
            int from = at;
            while (at < text.length() && !breaks(at) && text.charAt(at) != '=') {
                at++;
            }
            String name = text.substring(from, at);
            if (name.equals(END_OF_OPTIONS) && (at == text.length() || breaks(at))) {
                at = Math.min(text.length(), at + 1);
                text();
                return;
            }
            start = from;
            quote = 0;
            if (!command.hasOption(name) && at < text.length()) {
                throw LineException.wrong("unknown option: write -- before a text that begins with --");
            }
            at = from;
            words.add(word());
            end = at;
            boolean open =
                    command.takesValue(name) && words.get(words.size() - 1).equals(name);
            if (open && at < text.length()) {
                skipBlanks();
                if (at < text.length()) {
                    words.add(word());
                    end = at;
                }
            }
        }
    }

    private void text() {
        start = at;
        quote = 0;
        if (at < text.length()) {
            words.add(END_OF_OPTIONS);
            words.add(text.substring(at));
            inText = true;
        }
        at = text.length();
        end = at;
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    /** Returns whether a word ends there. */
    private boolean breaks(int index) {
        char c = text.charAt(index);
        return isBlank(c) || c == '\n';
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
