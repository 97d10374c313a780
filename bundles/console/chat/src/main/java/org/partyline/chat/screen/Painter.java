package org.partyline.chat.screen;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.partyline.chat.model.Attention;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Popup;
import org.partyline.chat.model.State;
import org.partyline.chat.model.Status;
import org.partyline.chat.model.Talk;
import org.partyline.chat.model.Trust;
import org.partyline.chat.text.Columns;

/** Paints a state as a frame. */
public final class Painter {
    private Painter() {}

    /** Paints the whole screen. */
    public static Frame paint(State state) {
        if (state.isLocked()) {
            return locked(state);
        }
        Geometry geometry = Geometry.of(state);
        List<AttributedString> rows = new ArrayList<>();
        if (geometry.header()) {
            rows.add(bar(state.columns(), header(state), others(state, geometry)));
        }
        rows.addAll(body(state, geometry));
        if (geometry.options()) {
            rows.add(options(state));
        }
        InputRows input = InputRows.of(state.editor(), state.columns());
        int from = Math.max(
                0, Math.min(input.row() - geometry.input() + 1, input.rows().size() - geometry.input()));
        int cursor = rows.size() + input.row() - from;
        for (int i = from; i < from + geometry.input(); i++) {
            rows.add(new AttributedString(input.rows().get(i)));
        }
        rows.add(status(state));
        return frame(state, rows, cursor, input.column());
    }

    private static Frame frame(State state, List<AttributedString> rows, int row, int column) {
        List<AttributedString> cut = new ArrayList<>();
        for (AttributedString each : rows) {
            cut.add(each.columnLength() > state.columns() ? each.columnSubSequence(0, state.columns()) : each);
        }
        while (cut.size() > state.rows()) {
            cut.remove(0);
        }
        while (cut.size() < state.rows()) {
            cut.add(AttributedString.EMPTY);
        }
        int removed = Math.max(0, rows.size() - state.rows());
        return new Frame(
                cut,
                Math.max(0, Math.min(state.rows() - 1, row - removed)),
                Math.max(0, Math.min(state.columns() - 1, column)));
    }

    private static Frame locked(State state) {
        boolean none = state.status().store() == Status.Store.NONE;
        List<String> words = none
                ? List.of("There is no store, or the store bundle is stopped.", "Press Ctrl-D to leave.")
                : List.of("The store is locked.", "Type its passphrase and press Enter; Ctrl-D leaves.", state.hint());
        List<AttributedString> rows = new ArrayList<>();
        for (int i = 0; i < Math.max(0, state.rows() / 2 - 2); i++) {
            rows.add(AttributedString.EMPTY);
        }
        for (String each : words) {
            String cut = Columns.cut(each, state.columns());
            rows.add(new AttributedString(" ".repeat(Math.max(0, (state.columns() - Columns.of(cut)) / 2)) + cut));
        }
        return frame(state, rows, state.rows() - 1, 0);
    }

    private static AttributedString bar(int columns, String left, String right) {
        String end = Columns.cut(right, Math.max(0, columns / 2));
        String begin = Columns.fit(left, Math.max(0, columns - Columns.of(end)));
        return new AttributedString(begin + end, Styles.BAR);
    }

    private static String header(State state) {
        String who = state.persona().isEmpty() ? "" : " " + state.persona();
        return state.talk()
                .map(talk -> who
                        + (talk.place().direct() ? " ↔ " : " in ")
                        + Columns.enclosed(talk.shown())
                        + (talk.about().isEmpty() ? "" : " · " + talk.about()))
                .orElse(who + (state.talks().isEmpty() ? " · no conversations yet" : " · choose a conversation: F2"));
    }

    /** Returns other conversations with new messages, if the list does not show them. */
    private static String others(State state, Geometry geometry) {
        if (geometry.list() > 0) {
            return "";
        }
        StringBuilder others = new StringBuilder();
        for (Talk talk : state.talks()) {
            if (talk.unread() > 0
                    && talk.attention() != Attention.MUTED
                    && !state.current().equals(Optional.of(talk.place()))) {
                others.append(' ')
                        .append(Columns.enclosed(Columns.cut(talk.shown(), 12)))
                        .append(talk.attention() == Attention.MENTIONED ? " @" : " ")
                        .append(talk.unread());
            }
        }
        return others.isEmpty() ? "" : others + " ";
    }

    private static List<AttributedString> body(State state, Geometry geometry) {
        List<AttributedString> right =
                state.popup().map(popup -> popup(popup, geometry)).orElseGet(() -> history(state, geometry));
        if (geometry.list() == 0) {
            return right;
        }
        List<AttributedString> rows = new ArrayList<>();
        for (int i = 0; i < geometry.height(); i++) {
            AttributedStringBuilder row = new AttributedStringBuilder();
            row.append(talk(state, geometry, i));
            row.styled(Styles.DIM, "│");
            row.append(right.get(i));
            rows.add(row.toAttributedString());
        }
        return rows;
    }

    /** Returns the first row of the list, so that the open conversation is visible. */
    private static int firstTalk(State state, int height) {
        int current = 0;
        for (int i = 0; i < state.talks().size(); i++) {
            if (state.current().equals(Optional.of(state.talks().get(i).place()))) {
                current = i;
            }
        }
        return Math.max(0, current - height + 1);
    }

    private static AttributedString talk(State state, Geometry geometry, int row) {
        int width = geometry.list() - 1;
        int index = firstTalk(state, geometry.height()) + row;
        if (index >= state.talks().size()) {
            return new AttributedString(" ".repeat(width));
        }
        Talk talk = state.talks().get(index);
        boolean muted = talk.attention() == Attention.MUTED;
        String count = talk.unread() == 0
                ? ""
                : (talk.attention() == Attention.MENTIONED ? " @" : " ")
                        + (talk.unread() > 999 ? "999+" : talk.unread());
        String mark = switch (talk.trust()) {
            case NONE -> talk.place().direct() ? " " : "#";
            case VERIFIED -> "✓";
            case UNVERIFIED -> "?";
            case ROTATED -> "↻";
            case LOOKALIKE -> "!";
        };
        boolean open = state.current().equals(Optional.of(talk.place()));
        AttributedStyle style = open ? Styles.BAR : muted ? Styles.DIM : talk.unread() > 0 ? Styles.BOLD : Styles.PLAIN;
        return new AttributedStringBuilder()
                .styled(open ? Styles.BAR : talk.trust() == Trust.LOOKALIKE ? Styles.BAD : Styles.DIM, " " + mark + " ")
                .styled(style, Columns.enclosed(Columns.fit(talk.shown(), width - 3 - count.length())))
                .styled(open ? Styles.BAR : muted ? Styles.DIM : Styles.WARN, count)
                .toAttributedString();
    }

    /** Returns the conversation that the list shows there; rows and columns count from 0. */
    public static Optional<ConversationAddress> talkAt(State state, int row, int column) {
        Geometry geometry = Geometry.of(state);
        int in = row - geometry.top();
        if (state.isLocked() || column >= geometry.list() - 1 || in < 0 || in >= geometry.height()) {
            return Optional.empty();
        }
        int index = firstTalk(state, geometry.height()) + in;
        return index < state.talks().size()
                ? Optional.of(state.talks().get(index).place())
                : Optional.empty();
    }

    private static List<AttributedString> history(State state, Geometry geometry) {
        List<AttributedString> rows = new ArrayList<>();
        int height = geometry.height();
        boolean below = !state.history().atEnd();
        boolean pieces = !state.pieces().isEmpty() && !below;
        int room = height - (below || pieces ? 1 : 0) + state.history().skip();
        MessageRows messages = new MessageRows(state);
        for (int position = state.history().bottom() - 1; position >= 0 && rows.size() < room; position--) {
            rows.addAll(0, messages.at(position));
        }
        int end = Math.max(0, rows.size() - state.history().skip());
        rows = new ArrayList<>(rows.subList(0, end));
        int most = Math.max(0, height - (below || pieces ? 1 : 0));
        if (rows.size() > most) {
            rows = new ArrayList<>(rows.subList(rows.size() - most, rows.size()));
        }
        if (rows.isEmpty() && height > 0 && state.history().ids().isEmpty()) {
            rows.add(
                    new AttributedString(state.current().isPresent() ? " No messages yet." : empty(state), Styles.DIM));
        }
        while (rows.size() < most) {
            rows.add(AttributedString.EMPTY);
        }
        if (below && height > 0) {
            int fresh = state.history().fresh();
            rows.add(new AttributedString(
                    Columns.fit(
                            (fresh > 0 ? " " + Phrases.count(fresh, "new message") + " below" : " more below")
                                    + "; End scrolls there",
                            geometry.width()),
                    fresh > 0 ? Styles.WARN.inverse() : Styles.DIM));
        } else if (pieces && height > 0) {
            rows.add(new AttributedString(" " + Columns.cut(state.pieces(), geometry.width() - 1), Styles.DIM));
        }
        return rows;
    }

    private static String empty(State state) {
        return state.status().store() == Status.Store.UNKNOWN
                ? ""
                : " No conversations yet: leave with Ctrl-D, then use partyline:channel-create NAME or "
                        + "partyline:contact-add.";
    }

    private static List<AttributedString> popup(Popup popup, Geometry geometry) {
        List<AttributedString> rows = new ArrayList<>();
        if (geometry.height() == 0) {
            return rows;
        }
        List<String> lines = new ArrayList<>();
        for (String line : popup.lines()) {
            lines.addAll(Columns.wrap(line, Math.max(1, geometry.width() - 2)));
        }
        int room = geometry.height() - 1;
        int first = Math.max(0, Math.min(popup.first(), lines.size() - room));
        boolean more = lines.size() > room;
        rows.add(bar(geometry.width(), " " + popup.title(), more ? "↑ ↓ · Esc closes " : "Esc closes "));
        for (int i = 0; i < room; i++) {
            rows.add(
                    first + i < lines.size()
                            ? new AttributedString(" " + Columns.enclosed(lines.get(first + i)))
                            : AttributedString.EMPTY);
        }
        return rows;
    }

    private static AttributedString options(State state) {
        List<String> set = new ArrayList<>();
        if (state.options().burn()) {
            set.add("burn");
        }
        state.options().ttl().ifPresent(ttl -> set.add(Phrases.life(ttl) + " to live"));
        if (state.options().sign()) {
            set.add("signed");
        }
        state.options().carrier().ifPresent(carrier -> set.add("by " + carrier));
        state.options().answers().ifPresent(id -> set.add("reply to " + id));
        AttributedStringBuilder row = new AttributedStringBuilder();
        String left = set.isEmpty() ? "" : " " + String.join(" · ", set) + " ";
        row.styled(Styles.WARN, Columns.cut(left, state.columns()));
        int room = Math.max(0, state.columns() - 1 - Columns.of(left));
        String right;
        AttributedStyle style = Styles.DIM;
        if (!state.hint().isEmpty()) {
            right = state.hint();
            style = Styles.WARN;
        } else if (state.editor().text().isEmpty() || state.editor().isCommand()) {
            right = "";
        } else if (state.price().text().equals(state.editor().text())) {
            right = Phrases.price(state.price());
            style = state.price().refusal().isEmpty() ? Styles.PLAIN : Styles.BAD;
        } else {
            right = "…";
        }
        String cut = Columns.cut(right, room);
        row.append(" ".repeat(Math.max(0, room - Columns.of(cut))));
        row.styled(style, cut);
        return row.toAttributedString();
    }

    private static AttributedString status(State state) {
        Status status = state.status();
        AttributedStringBuilder row = new AttributedStringBuilder();
        if (status.store() != Status.Store.OPEN) {
            row.styled(Styles.BAR, Columns.fit(" looking …", state.columns()));
            return row.toAttributedString();
        }
        List<String> parts = new ArrayList<>(status.warnings());
        parts.addAll(status.away());
        parts.add(
                status.nodes() == 0
                        ? "no node"
                        : status.ready().size() == status.nodes()
                                ? Phrases.count(status.nodes(), "node")
                                : status.ready().size() + " of " + Phrases.count(status.nodes(), "node"));
        parts.add(status.fee().isEmpty() ? "no fee" : status.fee());
        parts.add(status.cipher().isEmpty() ? "no cipher" : status.cipher());
        parts.add(status.cover().isEmpty() ? "no cover" : "cover " + status.cover());
        parts.add("store open");
        boolean bad = status.ready().isEmpty()
                || !status.away().isEmpty()
                || !status.warnings().isEmpty()
                || status.cipher().isEmpty();
        String help = state.columns() > 40 ? " F1 help " : "";
        String left = Columns.fit(" " + String.join(" · ", parts), Math.max(0, state.columns() - help.length()));
        row.styled(bad ? Styles.BAR.foreground(AttributedStyle.YELLOW) : Styles.BAR, left + help);
        return row.toAttributedString();
    }
}
