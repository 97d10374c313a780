package org.partyline.api.receive;

import java.util.List;

/** What a receiver says of a packet. */
public final class Reading {
    /** Most messages of one packet. */
    public static final int MAX_MESSAGES = 16;

    private static final Reading NOT_MINE = new Reading(List.of());
    private static final Reading WAITS = new Reading(List.of());

    private final List<ReadMessage> messages;

    private Reading(List<ReadMessage> messages) {
        this.messages = messages;
    }

    /** It is another's, or a stranger's. It is remembered for a day, as all that matches nothing is. */
    public static Reading notMine() {
        return NOT_MINE;
    }

    /** It is this receiver's, which cannot open it yet: it is kept, sealed, and asked for again when something has come that was away. */
    public static Reading waits() {
        return WAITS;
    }

    /**
     * It is this receiver's and says this. Where no channel is here that any of it belongs to, it is as {@link #notMine}, and is asked for again
     * when a channel is joined.
     *
     * @param messages 1 to {@value #MAX_MESSAGES}
     * @throws IllegalArgumentException when there are more, or none
     */
    public static Reading of(List<ReadMessage> messages) {
        List<ReadMessage> all = List.copyOf(messages);
        if (all.isEmpty() || all.size() > MAX_MESSAGES) {
            throw new IllegalArgumentException("a packet holds 1 to " + MAX_MESSAGES + " messages, not " + all.size());
        }
        return new Reading(all);
    }

    /** The same of one message. */
    public static Reading of(ReadMessage message) {
        return of(List.of(message));
    }

    /** Whether it is {@link #notMine}. */
    public boolean isNotMine() {
        return this == NOT_MINE;
    }

    /** Whether it is {@link #waits}. */
    public boolean isWaiting() {
        return this == WAITS;
    }

    /** What it says; empty where it is not mine or waits. */
    public List<ReadMessage> messages() {
        return messages;
    }

    /** Shows no words. */
    @Override
    public String toString() {
        if (isNotMine()) {
            return "Reading[not mine]";
        }
        return isWaiting() ? "Reading[waits]" : "Reading[" + messages.size() + " messages]";
    }
}
