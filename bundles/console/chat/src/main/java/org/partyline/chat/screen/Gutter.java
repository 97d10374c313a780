package org.partyline.chat.screen;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.partyline.chat.model.Line;
import org.partyline.chat.text.Columns;

/**
 * Paints the columns before a message's text: time, remaining lifetime, sender and proof. No incoming text appears
 * here, except a name in a field of fixed width.
 */
final class Gutter {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final int LIFE = 4;
    private static final int MARKS = 2;

    private final boolean times;
    private final int name;
    private final ZoneId zone;

    /**
     * @param width of the history
     * @param zone of the times
     */
    Gutter(int width, ZoneId zone) {
        this.zone = zone;
        times = width >= 58;
        name = width >= 58 ? 12 : width >= 36 ? 8 : width >= 20 ? 4 : 0;
    }

    /** Returns its width in columns. */
    int width() {
        return (times ? 5 + 1 + LIFE + 1 : 0) + (name > 0 ? MARKS + 1 + name + 1 : 0) + 2;
    }

    /** Paints it for the first row. */
    void first(AttributedStringBuilder row, Line line, Instant now, boolean selected) {
        AttributedStyle quiet = selected ? Styles.BAR : Styles.DIM;
        if (times) {
            row.styled(quiet, TIME.format(line.at().atZone(zone)) + " ");
            String life = line.expires()
                    .map(end -> Phrases.life(Duration.between(now, end)))
                    .orElse("");
            boolean soon = line.expires()
                    .filter(end -> Duration.between(now, end).toMinutes() < 5)
                    .isPresent();
            row.styled(selected ? Styles.BAR : soon ? Styles.WARN : Styles.DIM, fitRight(life) + " ");
        }
        if (name > 0) {
            marks(row, line);
            row.append(" ");
            row.styled(selected ? Styles.BAR : style(line), Columns.enclosed(Columns.fit(line.sender(), name)));
            row.append(" ");
        }
        bar(row, line);
    }

    private static String fitRight(String text) {
        return " ".repeat(Math.max(0, LIFE - text.length())) + text;
    }

    /** Paints it for the following rows. */
    void next(AttributedStringBuilder row, Line line) {
        row.append(" ".repeat(width() - 2));
        bar(row, line);
    }

    private static void bar(AttributedStringBuilder row, Line line) {
        row.styled(Styles.DIM, line.kind() == Line.Kind.NOTICE || line.kind() == Line.Kind.NEWS ? "∙ " : "│ ");
    }

    private static void marks(AttributedStringBuilder row, Line line) {
        switch (line.trust()) {
            case NONE -> row.append(" ");
            case VERIFIED -> row.styled(Styles.GOOD, "✓");
            case UNVERIFIED -> row.styled(Styles.DIM, "?");
            case ROTATED -> row.styled(Styles.BAD, "↻");
            case LOOKALIKE -> row.styled(Styles.BAD, "!");
        }
        switch (line.proof()) {
            case NONE -> row.append(" ");
            case SIGNED -> row.styled(Styles.GOOD, "S");
            case UNKNOWN_KEY -> row.styled(Styles.WARN, "s");
            case WRONG -> row.styled(Styles.BAD, "X");
            case LEGACY -> row.styled(Styles.WARN, "1");
        }
    }

    private static AttributedStyle style(Line line) {
        return switch (line.kind()) {
            case OURS -> Styles.OURS;
            case THEIRS -> Styles.THEIRS;
            case NOTICE, GAP, NEWS -> Styles.WARN;
        };
    }
}
