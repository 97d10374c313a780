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
 * these reveals who wrote, where or what: others can see window titles, and the notifications that a desktop stores.
 */
final class Announcements {
    /** A sender of many messages does not ring for each of them. */
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

    /** Makes the terminal save its title (XTWINOPS 22). */
    void enter() {
        if (signals.contains(Signal.TITLE)) {
            terminal.writer().write(ESCAPE + "[22;2t");
        }
    }

    /** Restores the title. */
    void leave() {
        if (signals.contains(Signal.TITLE)) {
            terminal.writer().write(ESCAPE + "]2;" + END + ESCAPE + "[23;2t");
        }
    }

    /** Returns whether any message is announced. */
    boolean areWanted() {
        return !signals.isEmpty();
    }

    /** Called when a message has arrived. */
    void ring() {
        Instant now = clock.instant();
        // Unless the clock was set back since.
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

    /** Shows the number of unread messages; none while the store is locked. */
    void title(State state) {
        if (!signals.contains(Signal.TITLE)) {
            return;
        }
        int unread = state.talks().stream()
                // Messages that arrive in the open conversation are about to be shown.
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
