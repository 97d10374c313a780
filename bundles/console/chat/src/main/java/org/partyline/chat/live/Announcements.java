package org.partyline.chat.live;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jline.terminal.Terminal;
import org.partyline.chat.model.Attention;
import org.partyline.chat.model.Preferences.Signal;
import org.partyline.chat.model.State;
import org.partyline.chat.model.Talk;

/**
 * Announces new messages outside the screen: by the bell, a notification, or a number in the window's title. None of
 * that says who wrote, where or what: windows, and what a desktop keeps of notifications, are seen by others.
 */
final class Announcements {
    /** Whoever writes much does not ring for each message. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private static final String ESCAPE = "\u001B";
    private static final String END = "\u0007";

    private final Terminal terminal;
    private final Clock clock;
    private final Set<Signal> signals;
    private Instant last = Instant.MIN;
    private String title = "";

    Announcements(Terminal terminal, Clock clock, Set<Signal> signals) {
        this.terminal = terminal;
        this.clock = clock;
        this.signals = signals;
    }

    /** Lets the terminal keep the title that it has (XTWINOPS 22). */
    void enter() {
        if (signals.contains(Signal.TITLE)) {
            terminal.writer().write(ESCAPE + "[22;2t");
        }
    }

    /** Gives the title back. */
    void leave() {
        if (signals.contains(Signal.TITLE)) {
            terminal.writer().write(ESCAPE + "]2;" + END + ESCAPE + "[23;2t");
        }
    }

    /** Whether a message is announced at all. */
    boolean areWanted() {
        return !signals.isEmpty();
    }

    /** A message has come. */
    void ring() {
        Instant now = clock.instant();
        // Not where the clock was set back since.
        if (last.isAfter(now.minus(PAUSE)) && !last.isAfter(now)) {
            return;
        }
        last = now;
        if (signals.contains(Signal.BELL)) {
            terminal.writer().write(END);
        }
        if (signals.contains(Signal.OSC9)) {
            terminal.writer().write(ESCAPE + "]9;New message" + END);
        }
        if (signals.contains(Signal.OSC777)) {
            terminal.writer().write(ESCAPE + "]777;notify;Partyline;New message" + END);
        }
        terminal.flush();
    }

    /** With the number of messages that were not shown yet; none while the store is locked. */
    void title(State state) {
        if (!signals.contains(Signal.TITLE)) {
            return;
        }
        int unread = state.talks().stream()
                // What comes into the open conversation is about to be shown.
                .filter(talk -> talk.attention() != Attention.MUTED
                        && !(state.history().atEnd() && state.current().equals(Optional.of(talk.place()))))
                .mapToInt(Talk::unread)
                .sum();
        String now = unread == 0 ? "Partyline" : "(" + unread + ") Partyline";
        if (!now.equals(title)) {
            terminal.writer().write(ESCAPE + "]2;" + now + END);
            terminal.flush();
            title = now;
        }
    }
}
