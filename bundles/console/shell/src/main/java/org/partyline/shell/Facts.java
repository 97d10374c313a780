package org.partyline.shell;

import java.util.ArrayList;
import java.util.List;

/** Names and values below each other, the values aligned. */
final class Facts {
    private final Console console;
    private final List<String[]> facts = new ArrayList<>();

    Facts(Console console) {
        this.console = console;
    }

    /** @param value may hold colours */
    Facts add(String name, String value) {
        facts.add(new String[] {name, value});
        return this;
    }

    void print() {
        int widest =
                facts.stream().mapToInt(fact -> Wrap.columns(fact[0])).max().orElse(0);
        for (String[] fact : facts) {
            String space = " ".repeat(widest - Wrap.columns(fact[0]) + 2);
            console.hanging(console.paint(Style.BOLD, fact[0]) + space, fact[1]);
        }
    }
}
