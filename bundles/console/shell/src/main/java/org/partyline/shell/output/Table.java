package org.partyline.shell.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A table that fits the terminal. Columns are narrowed and wrapped in this order: wide texts, words and times, names,
 * all texts; never numbers. Without a terminal, each row is one line.
 */
public final class Table {
    private static final int GAP = 2;
    /** Between columns if the terminal is too narrow for more. */
    private static final int SMALLEST_GAP = 1;

    private static final int NARROWEST = 8;
    /** The width of a day, or of a time of day. */
    private static final int NARROWEST_TIME = 10;
    /** The minimum width of a text while other columns can be narrowed. */
    private static final int READABLE = 28;

    private final List<Column> columns = new ArrayList<>();
    private final List<List<Cell>> rows = new ArrayList<>();

    /** Adds a column of names. */
    public Table column(String header) {
        columns.add(new Column(header, Kind.NAME));
        return this;
    }

    /** Adds a column of numbers, aligned to the right. */
    public Table number(String header) {
        columns.add(new Column(header, Kind.NUMBER));
        return this;
    }

    /** Adds a column of words, which wraps. */
    public Table words(String header) {
        columns.add(new Column(header, Kind.WORDS));
        return this;
    }

    /** Adds a column of days with times. */
    public Table time(String header) {
        columns.add(new Column(header, Kind.TIME));
        return this;
    }

    /** Adds a column of text that people wrote: it should stay readable. */
    public Table text(String header) {
        columns.add(new Column(header, Kind.TEXT));
        return this;
    }

    /** @param cells {@link Cell}s, or other objects for their text; as many as there are columns */
    public Table row(Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        List<Cell> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell instanceof Cell done ? done : new Cell(Sanitizer.block(String.valueOf(cell)), Style.PLAIN));
        }
        rows.add(row);
        return this;
    }

    /** @param empty the text if there are no rows */
    public void print(Console console, String empty) {
        if (rows.isEmpty()) {
            console.line(empty);
            return;
        }
        int gap = GAP;
        int[] widths = widths(console.width(), gap);
        if (total(widths, gap) > console.width()) {
            gap = SMALLEST_GAP;
            widths = widths(console.width(), gap);
        }
        List<Cell> header = columns.stream()
                .map(column -> new Cell(column.header(), Style.BOLD))
                .toList();
        print(console, header, widths, gap);
        for (List<Cell> row : rows) {
            print(console, row, widths, gap);
        }
    }

    private static int total(int[] widths, int gap) {
        return Arrays.stream(widths).sum() + gap * (widths.length - 1);
    }

    private int[] widths(int available, int gap) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Wrap.columns(columns.get(i).header());
            for (List<Cell> row : rows) {
                for (String line : row.get(i).text().split("\n", -1)) {
                    widths[i] = Math.max(widths[i], Wrap.columns(line));
                }
            }
        }
        int over = total(widths, gap) - available;
        over = give(widths, over, READABLE, EnumSet.of(Kind.TEXT));
        over = give(widths, over, NARROWEST, EnumSet.of(Kind.WORDS, Kind.TIME));
        over = give(widths, over, NARROWEST, EnumSet.of(Kind.NAME));
        give(widths, over, NARROWEST, EnumSet.of(Kind.TEXT));
        return widths;
    }

    /** Repeatedly narrows the widest of these columns. @return the remaining excess */
    private int give(int[] widths, int over, int narrowest, Set<Kind> kinds) {
        int left = over;
        while (left > 0) {
            int widest = widest(widths, narrowest, kinds);
            if (widest < 0) {
                break;
            }
            widths[widest]--;
            left--;
        }
        return left;
    }

    /** Returns the widest column that may still be narrowed; -1 if there is none. */
    private int widest(int[] widths, int narrowest, Set<Kind> kinds) {
        int found = -1;
        for (int i = 0; i < widths.length; i++) {
            Kind kind = columns.get(i).kind();
            int least = kind == Kind.TIME ? NARROWEST_TIME : narrowest;
            if (kinds.contains(kind) && widths[i] > least && (found < 0 || widths[i] > widths[found])) {
                found = i;
            }
        }
        return found;
    }

    private void print(Console console, List<Cell> row, int[] widths, int gap) {
        List<List<String>> cells = new ArrayList<>();
        int height = 1;
        for (int i = 0; i < widths.length; i++) {
            String text = row.get(i).text();
            List<String> lines = console.isTerminal() ? Wrap.words(text, widths[i]) : List.of(text.replace('\n', ' '));
            cells.add(lines);
            height = Math.max(height, lines.size());
        }
        for (int line = 0; line < height; line++) {
            StringBuilder printed = new StringBuilder();
            StringBuilder pending = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String text = line < cells.get(i).size() ? cells.get(i).get(line) : "";
                String space = " ".repeat(Math.max(0, widths[i] - Wrap.columns(text)));
                if (columns.get(i).right()) {
                    pending.append(space);
                }
                if (!text.isEmpty()) {
                    printed.append(pending).append(console.paint(row.get(i).style(), text));
                    pending.setLength(0);
                }
                if (!columns.get(i).right()) {
                    pending.append(space);
                }
                pending.append(" ".repeat(gap));
            }
            console.line(printed.toString());
        }
    }

    /** The kinds of columns. */
    private enum Kind {
        NAME,
        NUMBER,
        WORDS,
        TIME,
        TEXT
    }

    private record Column(String header, Kind kind) {
        boolean right() {
            return kind == Kind.NUMBER;
        }
    }

    /**
     * A cell of a table.
     *
     * @param text without control characters
     * @param style on a terminal
     */
    public record Cell(String text, Style style) {
        /** Accepts any text. */
        public static Cell of(String text, Style style) {
            return new Cell(Sanitizer.block(text), style);
        }
    }
}
