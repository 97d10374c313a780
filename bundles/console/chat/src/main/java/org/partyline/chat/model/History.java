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
 * @param bottom how many of {@code ids} are above the lower edge, the one that it cuts included
 * @param skip rows of the lowest one that are below the edge
 * @param fresh messages that came below the edge
 * @param unread the first one that had not been seen when the conversation was opened
 * @param selected what keys act on
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
    /** Nothing. */
    public static final History EMPTY = new History(List.of(), Map.of(), 0, 0, 0, Optional.empty(), Optional.empty());

    public History {
        ids = List.copyOf(ids);
        loaded = Map.copyOf(loaded);
    }

    /** Whether what comes is seen at once. */
    public boolean atEnd() {
        return bottom == ids.size() && skip == 0;
    }

    /** The message at a position, if it is loaded. */
    public Optional<Line> at(int position) {
        return Optional.ofNullable(loaded.get(ids.get(position)));
    }
}
