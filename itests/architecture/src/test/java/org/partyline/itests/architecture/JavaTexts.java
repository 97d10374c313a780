package org.partyline.itests.architecture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Finds the string literals of a Java source. Literals joined by a plus sign form one text, with {@code X} for computed
 * values between them.
 */
final class JavaTexts {
    private final String source;
    private final List<String> texts = new ArrayList<>();
    /** One level for each open bracket. */
    private final Deque<Level> levels = new ArrayDeque<>(List.of(new Level()));

    private JavaTexts(String source) {
        this.source = source;
    }

    static List<String> of(String source) {
        return new JavaTexts(source).read();
    }

    private static final class Level {
        private StringBuilder text;
        private boolean joined;
    }

    private List<String> read() {
        int at = 0;
        while (at < source.length()) {
            at = next(at);
        }
        levels.forEach(this::end);
        return texts;
    }

    private int next(int at) {
        char c = source.charAt(at);
        Level level = levels.peek();
        if (Character.isWhitespace(c)) {
            return at + 1;
        }
        if (source.startsWith("//", at)) {
            return after("\n", at);
        }
        if (source.startsWith("/*", at)) {
            return after("*/", at);
        }
        if (c == '"') {
            String quote = source.startsWith("\"\"\"", at) ? "\"\"\"" : "\"";
            int end = closing(quote, at + quote.length());
            add(level, source.substring(at + quote.length(), end));
            return end + quote.length();
        }
        if (c == '\'') {
            return closing("'", at + 1) + 1;
        }
        if ("([{".indexOf(c) >= 0) {
            if (c == '{') {
                end(level);
            } else if (level.text != null && level.joined) {
                computed(level);
            }
            levels.push(new Level());
        } else if (")]}".indexOf(c) >= 0) {
            end(level);
            if (levels.size() > 1) {
                levels.pop();
            }
            if (c == '}') {
                end(levels.peek());
            }
        } else if (c == '+') {
            level.joined = true;
        } else if (",;?:=<>&|".indexOf(c) >= 0) {
            end(level);
        } else if (level.text != null && level.joined) {
            computed(level);
        }
        return at + 1;
    }

    private static void computed(Level level) {
        if (level.text.length() == 0 || level.text.charAt(level.text.length() - 1) != 'X') {
            level.text.append('X');
        }
    }

    private void add(Level level, String literal) {
        if (level.text == null || !level.joined) {
            end(level);
            level.text = new StringBuilder();
        }
        level.text.append(literal.replace("\\n", "\n").replace("\\\"", "\""));
        level.joined = false;
    }

    private void end(Level level) {
        if (level.text != null) {
            texts.add(level.text.toString());
        }
        level.text = null;
        level.joined = false;
    }

    private int closing(String quote, int from) {
        int at = from;
        while (!source.startsWith(quote, at)) {
            at += source.charAt(at) == '\\' ? 2 : 1;
        }
        return at;
    }

    private int after(String what, int at) {
        int end = source.indexOf(what, at);
        return end < 0 ? source.length() : end + what.length();
    }
}
