package org.partyline.chat.model;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;

/**
 * The operator's settings for the screen.
 *
 * @param lockAfter how long without a key before the store is locked; zero: never
 * @param zone of the times that are shown
 * @param signals how a new message is announced outside of the screen
 */
public record Preferences(Duration lockAfter, ZoneId zone, Set<Signal> signals) {
    /** How a terminal announces a new message. None of them says who wrote, where or what. */
    public enum Signal {
        /** It rings. */
        BELL,
        /** Its window's title has the number of new messages. */
        TITLE,
        /** Its own notification, as iTerm2, kitty, WezTerm and Windows Terminal know it (OSC 9). */
        OSC9,
        /** Its own notification, as rxvt-unicode, foot and Ghostty know it (OSC 777). */
        OSC777
    }

    /** Nothing is set. */
    public static final Preferences NONE = new Preferences(Duration.ZERO, ZoneOffset.UTC, Set.of());

    public Preferences {
        signals = Set.copyOf(signals);
    }
}
