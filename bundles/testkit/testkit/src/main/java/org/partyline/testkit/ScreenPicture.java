package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.partyline.testkit.ScreenEmulator.Cell;
import org.partyline.testkit.ScreenEmulator.Look;

/** Renders a screen as an image (SVG) for the documentation, light or dark like its reader's system. */
public final class ScreenPicture {
    private static final double WIDTH = 8.4;
    private static final int HEIGHT = 18;
    private static final int MARGIN = 12;
    /** Characters of the same column are aligned in any font: each run of them has a fixed width. */
    private static final String HEAD = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$s %2$d" width="%1$s" height="%2$d" role="img">
            <title>%3$s</title>
            <style>
            svg { font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; --page: #fff; --plain: #1f2328;
              --c1: #b3261e; --c2: #1a6e2e; --c3: #8a5a00; --c4: #1f5fbf; --c5: #8b2fa8; --c6: #00697a }
            @media (prefers-color-scheme: dark) { svg { --page: #15191f; --plain: #dde3ea;
              --c1: #ff7b72; --c2: #56d364; --c3: #e3b341; --c4: #79c0ff; --c5: #d2a8ff; --c6: #56d4dd } }
            text { fill: var(--plain); white-space: pre } rect { fill: var(--plain); shape-rendering: crispEdges } .page { fill: var(--page) }
            .bold { font-weight: bold } .faint { opacity: 0.65 } .c1 { fill: var(--c1) } .c2 { fill: var(--c2) } .c3 { fill: var(--c3) }
            .c4 { fill: var(--c4) } .c5 { fill: var(--c5) } .c6 { fill: var(--c6) } .inverse { fill: var(--page) }
            </style>
            <rect class="page" width="100%%" height="100%%" rx="8"/>
            """;

    private final StringBuilder svg = new StringBuilder();

    private ScreenPicture(ScreenEmulator screen, String title) {
        List<List<Cell>> rows = screen.cells();
        double width = rows.get(0).size() * WIDTH + 2 * MARGIN;
        svg.append(String.format(Locale.ROOT, HEAD, number(width), rows.size() * HEIGHT + 2 * MARGIN, escaped(title)));
        for (int row = 0; row < rows.size(); row++) {
            row(rows.get(row), MARGIN + row * HEIGHT);
        }
        svg.append("</svg>\n");
    }

    /**
     * Compares the screen with an image in {@code docs}. With {@code -Dpictures.write=true} it writes the image
     * instead.
     *
     * @param title for readers who do not see the image
     */
    public static void isIn(Path file, ScreenEmulator screen, String title) throws IOException {
        String now = new ScreenPicture(screen, title).svg.toString();
        if (Boolean.getBoolean("pictures.write")) {
            Files.writeString(file, now);
        }
        assertEquals(
                Files.exists(file) ? Files.readString(file) : "",
                now,
                file + " is not what the screen shows: write it with -Dpictures.write=true");
    }

    private void row(List<Cell> cells, int top) {
        int from = 0;
        while (from < cells.size()) {
            int to = end(cells, from);
            run(cells.subList(from, to), from, top);
            from = to;
        }
    }

    /** A run has one look and contains no two consecutive spaces; a wide character is a run of its own. */
    private static int end(List<Cell> cells, int from) {
        if (isWide(cells, from)) {
            return from + 2;
        }
        int to = from + 1;
        while (to < cells.size()
                && cells.get(to).look().equals(cells.get(from).look())
                && !isWide(cells, to)
                && isBlank(cells, to) == isBlank(cells, from)) {
            to++;
        }
        return to;
    }

    private static boolean isWide(List<Cell> cells, int at) {
        return at + 1 < cells.size() && cells.get(at + 1).isEmpty();
    }

    /** A single space between two words is part of their run. */
    private static boolean isBlank(List<Cell> cells, int at) {
        return cells.get(at).text().equals(" ")
                && (at == 0
                        || at + 1 == cells.size()
                        || cells.get(at - 1).text().equals(" ")
                        || cells.get(at + 1).text().equals(" "));
    }

    private void run(List<Cell> run, int column, int top) {
        Look look = run.get(0).look();
        String x = number(MARGIN + column * WIDTH);
        String width = number(run.size() * WIDTH);
        if (look.inverse()) {
            svg.append(String.format(
                    Locale.ROOT, "<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\"/>\n", x, top, width, HEIGHT));
        }
        StringBuilder text = new StringBuilder();
        run.forEach(cell -> text.append(cell.text()));
        if (!text.toString().isBlank()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%s\" y=\"%d\" textLength=\"%s\" lengthAdjust=\"spacingAndGlyphs\"%s>%s</text>\n",
                    x,
                    top + 14,
                    width,
                    style(look),
                    escaped(text.toString())));
        }
    }

    private static String style(Look look) {
        String style = (look.bold() ? " bold" : "")
                + (look.faint() ? " faint" : "")
                + (look.inverse() ? " inverse" : look.colour() > 0 ? " c" + look.colour() : "");
        return style.isEmpty() ? "" : " class=\"" + style.strip() + "\"";
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, "%.1f", number).replaceFirst("\\.0$", "");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
