package org.partyline.shell;

import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.parsing.DefaultParser;

/**
 * Reads a command line as the console does, but hands on a word in double quotes as it stands: a message is sent as it was
 * typed. Gogo stumbles over an apostrophe there, and takes {@code $5} for a variable. Variables work outside of quotes.
 */
final class QuotedTexts implements Parser {
    private final Parser karafs = new DefaultParser();

    @Override
    public CommandLine parse(Session session, String command, int cursor) {
        return karafs.parse(session, command, cursor);
    }

    @Override
    public String preprocess(Session session, CommandLine line) {
        StringBuilder words = new StringBuilder();
        for (String word : line.getArguments()) {
            words.append(words.isEmpty() ? "" : " ").append(literal(word));
        }
        return words.toString();
    }

    /** A word in double quotes becomes one in single quotes, within which nothing has a meaning; others stay. */
    static String literal(String word) {
        if (word.length() < 2 || word.charAt(0) != '"') {
            return word;
        }
        StringBuilder text = new StringBuilder();
        int i = 1;
        for (; i < word.length() && word.charAt(i) != '"'; i++) {
            boolean escaped =
                    word.charAt(i) == '\\' && i + 1 < word.length() && "\"\\$`".indexOf(word.charAt(i + 1)) >= 0;
            text.append(word.charAt(escaped ? ++i : i));
        }
        boolean whole = i == word.length() - 1;
        return whole ? "'" + text.toString().replace("'", "'\\''") + "'" : word;
    }
}
