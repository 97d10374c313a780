package org.partyline.chat.screen;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.partyline.api.engine.Messages.Doubt;
import org.partyline.chat.model.DeliveryState;
import org.partyline.chat.model.Editor;
import org.partyline.chat.model.History;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.State;
import org.partyline.chat.text.Columns;

/** Converts one message to rows of the history, with the day if a new one begins. */
public final class MessageRows {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEEE, d MMMM uuuu", Locale.ENGLISH);
    /** The maximum number of rows of one message: a longer one can be opened separately. */
    private static final int MOST_ROWS = 200;

    private final History history;
    private final int width;
    private final Instant now;
    private final ZoneId zone;
    private final Gutter gutter;

    /** @param state the state with the history */
    public MessageRows(State state) {
        this.history = state.history();
        this.width = Geometry.of(state).width();
        this.now = state.now();
        this.zone = state.zone();
        this.gutter = new Gutter(width, zone);
    }

    /** Returns the rows of the message at that position; at least one. */
    public List<AttributedString> at(int position) {
        Optional<Line> found = history.at(position);
        List<AttributedString> rows = new ArrayList<>();
        if (found.isEmpty()) {
            rows.add(new AttributedString("…", Styles.DIM));
            return rows;
        }
        Line line = found.get();
        Optional<LocalDate> before =
                position == 0 ? Optional.empty() : history.at(position - 1).map(this::day);
        if (position == 0 || before.filter(day -> !day.equals(day(line))).isPresent()) {
            rows.add(rule(DAY.format(day(line)), Styles.DIM));
        }
        if (history.unread().equals(Optional.of(line.id()))) {
            rows.add(rule("new", Styles.WARN));
        }
        if (line.kind() == Line.Kind.GAP) {
            gap(line, rows);
        } else {
            words(line, rows);
        }
        return rows;
    }

    private LocalDate day(Line line) {
        return line.at().atZone(zone).toLocalDate();
    }

    private AttributedString rule(String words, AttributedStyle style) {
        String cut = Columns.cut(words, Math.max(0, width - 6));
        int left = 3;
        int right = Math.max(0, width - left - 2 - Columns.of(cut) - 1);
        return new AttributedString("─".repeat(left) + " " + Columns.enclosed(cut) + " " + "─".repeat(right), style);
    }

    /** Painted like the beginning of a day: it separates the messages before it from those after it. */
    private void gap(Line line, List<AttributedString> rows) {
        boolean selected = history.selected().equals(Optional.of(line.id()));
        for (String words : line.words()) {
            for (String row : Columns.wrap(words, Math.max(1, width - 6))) {
                rows.add(rule(row, selected ? Styles.WARN.inverse() : Styles.WARN));
            }
        }
    }

    private void words(Line line, List<AttributedString> rows) {
        int room = Math.max(1, width - gutter.width() - 1);
        boolean selected = history.selected().equals(Optional.of(line.id()));
        List<Piece> pieces = new ArrayList<>();
        line.extras()
                .quote()
                .ifPresent(quote -> pieces.add(new Piece("» " + Columns.cut(quote, room - 2), Styles.DIM)));
        AttributedStyle style = line.kind() == Line.Kind.NOTICE || line.kind() == Line.Kind.NEWS
                ? Styles.WARN
                : line.extras().mentioned() ? Styles.BOLD : Styles.PLAIN;
        for (String paragraph : spoken(line)) {
            for (String row : Columns.wrap(paragraph, room)) {
                pieces.add(new Piece(row, line.words().isEmpty() ? Styles.WARN : style));
            }
        }
        if (pieces.size() > MOST_ROWS) {
            pieces.subList(MOST_ROWS, pieces.size()).clear();
            pieces.add(new Piece("… (/read " + line.id() + " shows all of it)", Styles.DIM));
        }
        Optional<String> state = line.delivery().map(delivery -> Phrases.delivery(delivery, now));
        AttributedStyle stateStyle = line.delivery().map(MessageRows::style).orElse(Styles.DIM);
        boolean beside = state.isPresent()
                && Columns.of(pieces.get(pieces.size() - 1).text()) + 2 + Columns.of(state.get()) <= room;
        for (int i = 0; i < pieces.size(); i++) {
            AttributedStringBuilder row = begin(line, i == 0, selected);
            row.styled(pieces.get(i).style(), Columns.enclosed(pieces.get(i).text()));
            if (beside && i == pieces.size() - 1) {
                right(row, state.get(), stateStyle);
            }
            rows.add(row.toAttributedString());
        }
        if (state.isPresent() && !beside) {
            for (String part : Columns.wrap(state.get(), room)) {
                AttributedStringBuilder row = begin(line, false, selected);
                right(row, part, stateStyle);
                rows.add(row.toAttributedString());
            }
        }
        if (!line.extras().reactions().isEmpty()) {
            AttributedStringBuilder row = begin(line, false, selected);
            row.styled(
                    Styles.DIM,
                    Columns.enclosed(Columns.cut(String.join("  ", line.extras().reactions()), room)));
            rows.add(row.toAttributedString());
        }
    }

    private record Piece(String text, AttributedStyle style) {}

    private static List<String> spoken(Line line) {
        if (line.words().isEmpty()) {
            return List.of(
                    line.kind() == Line.Kind.OURS
                            ? "(a burn message; /read " + line.id() + " shows it)"
                            : "(a burn message; /read " + line.id() + " shows it once)");
        }
        List<String> words = new ArrayList<>(line.words());
        if (words.get(0).startsWith(Editor.ACTION)) {
            words.set(0, "* " + line.sender() + " " + words.get(0).substring(Editor.ACTION.length()));
        }
        if (line.extras().edited()) {
            words.set(words.size() - 1, words.get(words.size() - 1) + " (edited)");
        }
        return words;
    }

    private AttributedStringBuilder begin(Line line, boolean first, boolean selected) {
        AttributedStringBuilder row = new AttributedStringBuilder();
        if (first) {
            gutter.first(row, line, now, selected);
        } else {
            gutter.next(row, line);
        }
        return row;
    }

    private void right(AttributedStringBuilder row, String words, AttributedStyle style) {
        row.append(" ".repeat(Math.max(0, width - 1 - Columns.of(row.toString()) - Columns.of(words))));
        row.styled(style, words);
    }

    private static AttributedStyle style(DeliveryState delivery) {
        if (delivery.doubt() == Doubt.MAY_BE_UNREAD) {
            return Styles.WARN;
        }
        if (Phrases.reached(delivery)) {
            return Styles.GOOD;
        }
        return switch (delivery.state()) {
            case RELAYED, CONFIRMED -> Styles.GOOD;
            case EXPIRED, FAILED, REPLACED -> Styles.BAD;
            case RECALLED -> Styles.DIM;
            case ON_HOLD, QUEUED, SEALED, SENT -> Styles.WARN;
        };
    }
}
