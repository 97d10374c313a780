package org.partyline.chat.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The open conversation: its order of messages, the loaded ones, and the visible part.
 *
 * @param ids numbers of all messages, in the order in which they are shown
 * @param loaded those that are in memory
 * @param bottom how many of {@code ids} are above the lower edge, including the one that it cuts
 * @param skip rows of the lowest message that are below the edge
 * @param fresh messages that arrived below the edge
 * @param unread the first message that was unseen when the conversation was opened
 * @param selected the message that keys act on
 */
@RecordBuilder
public record History(
        List<Long> ids,
        Map<Long, Line> loaded,
        int bottom,
        int skip,
        int fresh,
        Optional<Long> unread,
        Optional<Long> selected) {
    /** An empty history. */
    public static final History EMPTY = new History(List.of(), Map.of(), 0, 0, 0, Optional.empty(), Optional.empty());

    public History {
        ids = List.copyOf(ids);
        loaded = Map.copyOf(loaded);
    }

    /** Returns whether new messages are visible at once. */
    public boolean atEnd() {
        return bottom == ids.size() && skip == 0;
    }

    /** Returns the message at a position, if it is loaded. */
    public Optional<Line> at(int position) {
        return Optional.ofNullable(loaded.get(ids.get(position)));
    }
}
