package org.partyline.chat.screen;

import java.util.List;
import org.partyline.chat.model.State;

/**
 * The layout of a screen of a given size.
 *
 * @param list columns of the list of conversations including its border; 0 if it is not shown
 * @param width columns of the history
 * @param height rows of the history
 * @param input rows of the input line
 * @param options whether the row above the input line is shown
 * @param header whether the first row is shown
 */
public record Geometry(int list, int width, int height, int input, boolean options, boolean header) {
    private static final int LIST = 26;
    private static final int ROOM_FOR_LIST = 100;
    private static final int LEAST_WITH_LIST = 50;
    private static final int MOST_INPUT = 8;

    /** Returns the layout for a state. */
    public static Geometry of(State state) {
        boolean wanted = state.list().orElse(state.columns() >= ROOM_FOR_LIST);
        int list = wanted && state.columns() >= LEAST_WITH_LIST ? LIST : 0;
        boolean header = state.rows() >= 5;
        boolean options = state.rows() >= 6;
        List<String> typed = InputRows.of(state.editor(), state.columns()).rows();
        int left = state.rows() - 1 - (header ? 1 : 0) - (options ? 1 : 0);
        int input = Math.max(1, Math.min(typed.size(), Math.min(MOST_INPUT, left / 2)));
        return new Geometry(
                list, Math.max(1, state.columns() - list), Math.max(0, left - input), input, options, header);
    }

    /** Returns the first row of the history. */
    public int top() {
        return header ? 1 : 0;
    }
}
