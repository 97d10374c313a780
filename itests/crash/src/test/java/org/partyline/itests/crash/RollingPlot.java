package org.partyline.itests.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Draws the cost of a rolling conversation, version after version, compared with a transaction for each message. */
final class RollingPlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 360;
    private static final int LEFT = 70;
    private static final int BOTTOM = 50;
    private static final int TOP = 40;
    private static final int RIGHT = 20;
    /** Light or dark, like the reader's system. */
    private static final String COLOURS = "svg { color: #1f2328; --page: #fff; --apart: #c05020; --rolling: #2050a0 }"
            + " @media (prefers-color-scheme: dark) { svg { color: #dde3ea; --page: #15191f; --apart: #f0883e;"
            + " --rolling: #79c0ff } }";

    /**
     * A version that a node had.
     *
     * @param second seconds since the first one
     * @param packets number of packets so far
     * @param fee satoshi that it pays
     * @param vsize virtual bytes
     */
    record Version(double second, int packets, long fee, int vsize) {}

    private final List<Version> versions;
    private final double seconds;
    private final double most;

    /** @param versions two or more, oldest first */
    RollingPlot(List<Version> versions) {
        this.versions = List.copyOf(versions);
        Version last = versions.get(versions.size() - 1);
        seconds = last.second();
        most = Math.max(last.fee(), apart(last));
    }

    /** Returns the cost if each packet so far had a separate transaction. */
    private double apart(Version version) {
        return (double) versions.get(0).fee() * version.packets();
    }

    /** Writes it as SVG. */
    void write(Path file) {
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<style>%s</style>%n<rect width=\"100%%\" height=\"100%%\" fill=\"var(--page)\"/>%n",
                WIDTH,
                HEIGHT,
                COLOURS));
        text(svg, LEFT, TOP - 18, "start", "currentColor", "What a rolling conversation costs (satoshi over seconds)");
        axis(svg);
        line(svg, "var(--apart)", true);
        line(svg, "var(--rolling)", false);
        Version last = versions.get(versions.size() - 1);
        text(
                svg,
                LEFT + 10,
                TOP + 14,
                "start",
                "var(--apart)",
                String.format(
                        Locale.ROOT,
                        "%d packets, each at the price of the first one: %.0f sat",
                        last.packets(),
                        apart(last)));
        text(
                svg,
                LEFT + 10,
                TOP + 30,
                "start",
                "var(--rolling)",
                String.format(
                        Locale.ROOT,
                        "%d packets, rolling: %d sat for one transaction of %d vB; its versions had %d vB in all",
                        last.packets(),
                        last.fee(),
                        last.vsize(),
                        versions.stream().mapToInt(Version::vsize).sum()));
        svg.append("</svg>\n");
        try {
            Files.writeString(file, svg);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double x(double second) {
        return LEFT + second / seconds * (WIDTH - LEFT - RIGHT);
    }

    private double y(double fee) {
        return HEIGHT - BOTTOM - fee / most * (HEIGHT - BOTTOM - TOP);
    }

    private void axis(StringBuilder svg) {
        svg.append(String.format(
                Locale.ROOT,
                "<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"currentColor\"/>%n",
                LEFT,
                TOP,
                HEIGHT - BOTTOM,
                WIDTH - RIGHT));
        for (int i = 0; i <= 4; i++) {
            text(
                    svg,
                    LEFT - 6,
                    y(most * i / 4) + 4,
                    "end",
                    "currentColor",
                    String.format(Locale.ROOT, "%.0f", most * i / 4));
            text(
                    svg,
                    x(seconds * i / 4),
                    HEIGHT - BOTTOM + 18,
                    "middle",
                    "currentColor",
                    String.format(Locale.ROOT, "%.0f", seconds * i / 4));
        }
    }

    private void line(StringBuilder svg, String colour, boolean apart) {
        svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"")
                .append(colour)
                .append("\" points=\"");
        double before = 0;
        for (Version version : versions) {
            double now = apart ? apart(version) : version.fee();
            // A step: a fee applies until the next version.
            svg.append(String.format(
                    Locale.ROOT, "%.1f,%.1f %.1f,%.1f ", x(version.second()), y(before), x(version.second()), y(now)));
            before = now;
        }
        svg.append("\"/>\n");
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String colour, String words) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                colour,
                words));
    }
}
