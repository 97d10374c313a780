package org.partyline.shell.output;

import java.util.ArrayList;
import java.util.List;

/** Prints names and values, one pair per line, with aligned values. */
public final class KeyValueView {
    private final Console console;
    private final List<String[]> rows = new ArrayList<>();

    /** @param console for the output */
    public KeyValueView(Console console) {
        this.console = console;
    }

    /** @param value may contain colour codes */
    public KeyValueView add(String name, String value) {
        rows.add(new String[] {name, value});
        return this;
    }

    /** Prints the pairs in the order in which they were added. */
    public void print() {
        int widest = rows.stream().mapToInt(row -> Wrap.columns(row[0])).max().orElse(0);
        for (String[] row : rows) {
            String space = " ".repeat(widest - Wrap.columns(row[0]) + 2);
            console.hanging(console.paint(Style.BOLD, row[0]) + space, row[1]);
        }
    }
}
