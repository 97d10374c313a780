package org.partyline.shell.wallet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Style;

/** Shows a wallet's words on the terminal, once. */
final class WordsText {
    private static final int IN_A_ROW = 4;
    private static final int WIDEST = 8;
    /** The screen and its scrollback (ECMA-48 8.3.39, and xterm's 3). */
    private static final String CLEAR = "\u001B[H\u001B[2J\u001B[3J";

    private WordsText() {}

    /** Shows them until the operator has written them down, then clears the screen. */
    static void show(Console console, char[] words) throws CommandError, InterruptedException {
        List<String> row = new ArrayList<>();
        int number = 0;
        int begin = 0;
        console.line("");
        for (int i = 0; i <= words.length; i++) {
            if (i == words.length || words[i] == ' ') {
                number++;
                row.add(String.format(
                        Locale.ROOT, "%2d %-" + WIDEST + "s", number, new String(words, begin, i - begin)));
                begin = i + 1;
                if (row.size() == IN_A_ROW || i == words.length) {
                    console.line("    "
                            + console.paint(Style.BOLD, String.join("  ", row).stripTrailing()));
                    row.clear();
                }
            }
        }
        console.line("");
        console.paragraph("Anyone who has these words can spend the coins. Without them, the coins are lost if this "
                + "server's files are lost. Write them on paper, in this order.");
        try {
            console.ask("Press Enter when you have written them down: the screen is then cleared", "");
        } finally {
            console.piece(CLEAR);
        }
    }
}
