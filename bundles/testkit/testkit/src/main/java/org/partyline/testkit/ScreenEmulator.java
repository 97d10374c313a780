package org.partyline.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/**
 * Emulates the screen of xterm, as far as full-screen programs use it: text written here appears on it. It records
 * sequences that it does not know, so that a test can check that there were none. Thread-safe.
 */
public final class ScreenEmulator {
    private static final char ESC = '\u001B';
    private static final Cell BLANK = new Cell(" ", Look.PLAIN);

    /**
     * How characters look.
     *
     * @param colour one of the eight (ECMA-48 8.3.117); -1 for the terminal's default
     */
    public record Look(int colour, boolean bold, boolean faint, boolean inverse) {
        static final Look PLAIN = new Look(-1, false, false, false);
    }

    /**
     * A cell of the screen.
     *
     * @param text a character with its combining marks; empty for the second half of a wide one
     */
    public record Cell(String text, Look look) {
        boolean isEmpty() {
            return text.isEmpty();
        }
    }

    private final IntUnaryOperator width;
    private final List<String> strange = new ArrayList<>();
    private final List<String> scrollback = new ArrayList<>();
    private final Set<Integer> modes = new TreeSet<>();
    private final StringBuilder sequence = new StringBuilder();
    private Cell[][] cells;
    private Cell[][] main;
    private int savedRow;
    private int savedColumn;
    private int rows;
    private int columns;
    private int row;
    private int column;
    private int top;
    private int bottom;
    private int bells;
    private boolean full;
    private boolean wraps = true;
    private int last = ' ';
    private Look look = Look.PLAIN;

    /** @param width returns how many columns a character takes */
    public ScreenEmulator(int columns, int rows, IntUnaryOperator width) {
        this.width = width;
        this.columns = columns;
        this.rows = rows;
        this.cells = blank(columns, rows);
        this.main = cells;
        this.bottom = rows - 1;
    }

    private static Cell[][] blank(int columns, int rows) {
        Cell[][] blank = new Cell[rows][columns];
        for (Cell[] each : blank) {
            Arrays.fill(each, BLANK);
        }
        return blank;
    }

    /** Processes a program's output. A sequence may be split over several calls. */
    public synchronized void write(String text) {
        text.codePoints().forEach(this::take);
    }

    private void take(int c) {
        if (sequence.length() > 0) {
            sequence.appendCodePoint(c);
            sequence();
            return;
        }
        switch (c) {
            case ESC -> sequence.append(ESC);
            case '\r' -> move(row, 0);
            case '\n' -> down();
            case '\b' -> move(row, column - 1);
            case 7 -> bells++;
            default -> {
                if (c < ' ' || c >= 0x7F && c < 0xA0) {
                    strange.add(String.format("U+%04X", c));
                } else {
                    put(c);
                }
            }
        }
    }

    private void sequence() {
        char kind = sequence.charAt(1);
        int last = sequence.codePointBefore(sequence.length());
        if (kind == '[') {
            if (sequence.length() > 2 && last >= '@' && last <= '~' && !(sequence.length() == 3 && last == '[')) {
                String body = sequence.substring(2, sequence.length() - 1);
                sequence.setLength(0);
                control((char) last, body);
            }
        } else if (kind == '(' || kind == ')') {
            if (sequence.length() == 3) {
                if (last != 'B') {
                    strange.add("ESC " + sequence.substring(1));
                }
                sequence.setLength(0);
            }
        } else {
            String whole = sequence.substring(1);
            sequence.setLength(0);
            switch (whole) {
                case "=", ">" -> modes.remove(0);
                case "M" -> up();
                case "7" -> save();
                case "8" -> restore();
                default -> strange.add("ESC " + whole);
            }
        }
    }

    private void control(char what, String body) {
        if (body.startsWith("?")) {
            mode(what, body.substring(1));
            return;
        }
        if (!body.matches("[0-9;]*")) {
            strange.add("ESC [" + body + what);
            return;
        }
        int[] numbers = Arrays.stream(body.split(";"))
                .mapToInt(each -> each.isEmpty() ? 0 : Integer.parseInt(each))
                .toArray();
        int first = numbers[0];
        int count = Math.max(1, first);
        switch (what) {
            case 'H', 'f' -> move(count - 1, (numbers.length > 1 ? Math.max(1, numbers[1]) : 1) - 1);
            case 'A' -> move(row - count, column);
            case 'B', 'e' -> move(row + count, column);
            case 'C', 'a' -> move(row, column + count);
            case 'D' -> move(row, column - count);
            case 'G', '`' -> move(row, count - 1);
            case 'd' -> move(count - 1, column);
            case 'J' -> erase(first);
            case 'K' -> eraseInRow(first);
            case 'X' -> fill(row, column, Math.min(columns, column + count));
            case 'P' -> delete(count);
            case '@' -> insert(count);
            case 'L' -> scroll(row, bottom, -count);
            case 'M' -> scroll(row, bottom, count);
            case 'S' -> scroll(top, bottom, count);
            case 'T' -> scroll(top, bottom, -count);
            case 'b' -> {
                for (int i = 0; i < count; i++) {
                    put(last);
                }
            }
            case 'r' -> {
                top = count - 1;
                bottom = numbers.length > 1 && numbers[1] > 0 ? numbers[1] - 1 : rows - 1;
                move(0, 0);
            }
            case 'm' -> look(numbers);
            case 't' -> {
                // Saves or restores the window's title.
            }
            default -> strange.add("ESC [" + body + what);
        }
    }

    private void look(int[] numbers) {
        for (int number : numbers) {
            switch (number) {
                case 0 -> look = Look.PLAIN;
                case 1 -> look = new Look(look.colour(), true, look.faint(), look.inverse());
                case 2 -> look = new Look(look.colour(), look.bold(), true, look.inverse());
                case 7 -> look = new Look(look.colour(), look.bold(), look.faint(), true);
                case 22 -> look = new Look(look.colour(), false, false, look.inverse());
                case 27 -> look = new Look(look.colour(), look.bold(), look.faint(), false);
                case 30, 31, 32, 33, 34, 35, 36, 37 ->
                    look = new Look(number - 30, look.bold(), look.faint(), look.inverse());
                case 39 -> look = new Look(-1, look.bold(), look.faint(), look.inverse());
                default -> {
                    // Not visible in a picture.
                }
            }
        }
    }

    private void mode(char what, String body) {
        for (String each : body.split(";")) {
            int number = Integer.parseInt(each);
            if (what != 'h' && what != 'l') {
                strange.add("ESC [?" + body + what);
            } else if (number == 1049) {
                other(what == 'h');
            } else if (number == 7) {
                wraps = what == 'h';
            } else if (what == 'h') {
                modes.add(number);
            } else {
                modes.remove(number);
            }
        }
    }

    private void other(boolean alternate) {
        if (alternate && cells == main) {
            save();
            cells = blank(columns, rows);
        } else if (!alternate && cells != main) {
            cells = main;
            restore();
        }
        top = 0;
        bottom = rows - 1;
    }

    private void save() {
        savedRow = row;
        savedColumn = column;
    }

    private void restore() {
        move(savedRow, savedColumn);
    }

    private void move(int toRow, int toColumn) {
        row = Math.max(0, Math.min(rows - 1, toRow));
        column = Math.max(0, Math.min(columns - 1, toColumn));
        full = false;
    }

    private void down() {
        full = false;
        if (row == bottom) {
            if (cells == main && top == 0) {
                scrollback.add(text(cells[0]));
            }
            scroll(top, bottom, 1);
        } else {
            row = Math.min(rows - 1, row + 1);
        }
    }

    private void up() {
        full = false;
        if (row == top) {
            scroll(top, bottom, -1);
        } else {
            row = Math.max(0, row - 1);
        }
    }

    private void scroll(int from, int to, int by) {
        Cell[][] fresh = blank(columns, rows);
        for (int i = from; i <= to; i++) {
            int source = i + by;
            if (source >= from && source <= to) {
                fresh[i] = cells[source];
            }
        }
        System.arraycopy(fresh, from, cells, from, to - from + 1);
    }

    private void put(int c) {
        int wide = width.applyAsInt(c);
        if (wide <= 0) {
            int at = full ? column : Math.max(0, column - 1);
            while (at > 0 && cells[row][at].isEmpty()) {
                at--;
            }
            Cell before = cells[row][at];
            cells[row][at] = new Cell(before.text() + Character.toString(c), before.look());
            return;
        }
        last = c;
        if (wraps && (full || column + wide > columns)) {
            column = 0;
            down();
        }
        column = Math.min(column, columns - wide);
        // Half of a wide character is not a character.
        if (cells[row][column].isEmpty() && column > 0) {
            cells[row][column - 1] = BLANK;
        }
        cells[row][column] = new Cell(Character.toString(c), look);
        for (int i = 1; i < wide; i++) {
            cells[row][column + i] = new Cell("", look);
        }
        if (column + wide < columns && cells[row][column + wide].isEmpty()) {
            cells[row][column + wide] = BLANK;
        }
        full = column + wide >= columns;
        column = Math.min(columns - 1, column + wide);
    }

    private void fill(int in, int from, int to) {
        Arrays.fill(cells[in], from, to, BLANK);
    }

    private void erase(int which) {
        eraseInRow(which);
        for (int i = 0; i < rows; i++) {
            if (which == 2 || which == 0 && i > row || which == 1 && i < row) {
                fill(i, 0, columns);
            }
        }
    }

    private void eraseInRow(int which) {
        full = false;
        fill(row, which == 0 ? column : 0, which == 1 ? column + 1 : columns);
    }

    private void delete(int count) {
        for (int i = column; i < columns; i++) {
            cells[row][i] = i + count < columns ? cells[row][i + count] : BLANK;
        }
    }

    private void insert(int count) {
        for (int i = columns - 1; i >= column; i--) {
            cells[row][i] = i - count >= column ? cells[row][i - count] : BLANK;
        }
    }

    /** Changes the size of the window. Its content is cut, or stays where it was. */
    public synchronized void resize(int toColumns, int toRows) {
        boolean alternate = cells != main;
        main = resized(main, toColumns, toRows);
        cells = alternate ? resized(cells, toColumns, toRows) : main;
        columns = toColumns;
        rows = toRows;
        top = 0;
        bottom = rows - 1;
        move(row, column);
    }

    private static Cell[][] resized(Cell[][] from, int toColumns, int toRows) {
        Cell[][] to = blank(toColumns, toRows);
        for (int i = 0; i < Math.min(from.length, toRows); i++) {
            System.arraycopy(from[i], 0, to[i], 0, Math.min(from[i].length, toColumns));
        }
        return to;
    }

    private static String text(Cell[] cells) {
        return Arrays.stream(cells)
                .map(Cell::text)
                .collect(Collectors.joining())
                .stripTrailing();
    }

    /** Returns the rows as they appear, without trailing spaces. */
    public synchronized List<String> rows() {
        return Arrays.stream(cells).map(ScreenEmulator::text).collect(Collectors.toList());
    }

    /** Returns all cells, with their looks. */
    public synchronized List<List<Cell>> cells() {
        return Arrays.stream(cells).map(List::of).collect(Collectors.toList());
    }

    /** Returns the whole text, a line for each row. */
    public synchronized String text() {
        return String.join("\n", rows());
    }

    /** Returns the rows that were scrolled off the main screen, and stay in the window. */
    public synchronized List<String> scrollback() {
        return List.copyOf(scrollback);
    }

    /** Returns whether the alternate screen is shown, from which programs have to return. */
    public synchronized boolean isAlternate() {
        return cells != main;
    }

    /** Returns whether a row that is too long continues on the next one. */
    public synchronized boolean wraps() {
        return wraps;
    }

    /** Returns the modes that are on, by their numbers (xterm), without that of the alternate screen. */
    public synchronized Set<Integer> modes() {
        return Set.copyOf(modes);
    }

    /** Returns the unknown sequences that were written. */
    public synchronized List<String> strange() {
        return List.copyOf(strange);
    }

    /** Returns how often the bell rang. */
    public synchronized int bells() {
        return bells;
    }

    /** Returns the cursor's row and column, from 0. */
    public synchronized List<Integer> cursor() {
        return List.of(row, column);
    }
}
