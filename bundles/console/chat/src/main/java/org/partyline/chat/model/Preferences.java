package org.partyline.chat.model;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;

/**
 * The operator's settings for the screen.
 *
 * @param lockAfter time without a key press after which the store is locked; zero for never
 * @param zone of the times shown
 * @param signals how a new message is announced outside the screen
 */
public record Preferences(Duration lockAfter, ZoneId zone, Set<Signal> signals) {
    /** How a terminal announces a new message. None of them reveals who wrote, where or what. */
    public enum Signal {
        /** The bell. */
        BELL,
        /** The number of new messages in the window's title. */
        TITLE,
        /** A notification as iTerm2, kitty, WezTerm and Windows Terminal support it (OSC 9). */
        OSC9,
        /** A notification as rxvt-unicode, foot and Ghostty support it (OSC 777). */
        OSC777
    }

    /** The defaults. */
    public static final Preferences NONE = new Preferences(Duration.ZERO, ZoneOffset.UTC, Set.of());

    public Preferences {
        signals = Set.copyOf(signals);
    }
}
