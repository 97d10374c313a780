package org.partyline.shell.output;

import java.util.ArrayList;
import java.util.List;

/** Prints names and values, one pair per line, with aligned values. */
public final class KeyValueView {
    private final Console console;
    private final List<String[]> rows = new ArrayList<>();

    /** @param console where it is printed */
    public KeyValueView(Console console) {
        this.console = console;
    }

    /** @param value may hold colours */
    public KeyValueView add(String name, String value) {
        rows.add(new String[] {name, value});
        return this;
    }

    /** Prints what was added, in that order. */
    public void print() {
        int widest = rows.stream().mapToInt(row -> Wrap.columns(row[0])).max().orElse(0);
        for (String[] row : rows) {
            String space = " ".repeat(widest - Wrap.columns(row[0]) + 2);
            console.hanging(console.paint(Style.BOLD, row[0]) + space, row[1]);
        }
    }
}
