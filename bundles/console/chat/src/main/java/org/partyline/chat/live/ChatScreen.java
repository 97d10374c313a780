package org.partyline.chat.live;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;
import org.partyline.chat.act.ChatEvent;
import org.partyline.chat.act.Drafts;
import org.partyline.chat.act.Effect;
import org.partyline.chat.act.Key;
import org.partyline.chat.act.Step;
import org.partyline.chat.act.Update;
import org.partyline.chat.model.Preferences;
import org.partyline.chat.model.State;
import org.partyline.chat.model.StateBuilder;
import org.partyline.chat.model.Status;
import org.partyline.chat.screen.Countdown;
import org.partyline.chat.screen.Frame;
import org.partyline.chat.screen.Painter;
import org.partyline.chat.text.Words;

/** Runs the screen: reads keys and events, and draws frames. Restores the terminal whatever happens. */
public final class ChatScreen {
    /** Fees older than this are requested again when something is painted anyway. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private static final String PASTE_ON = "\u001B[?2004h";
    private static final String PASTE_OFF = "\u001B[?2004l";
    private static final String MOUSE_ON = "\u001B[?1000h\u001B[?1006h";
    private static final String MOUSE_OFF = "\u001B[?1006l\u001B[?1000l";

    private final Terminal terminal;
    private final Clock clock;
    private final Duration lockAfter;
    private final BlockingQueue<ChatEvent> queue = new LinkedBlockingQueue<>();
    private final Canvas canvas;
    private final EffectRunner office;
    private final Announcements announcements;
    private final Drafts drafts = new Drafts();
    private final SecretTyping secret = new SecretTyping();
    private State state;
    /** Null before the first frame, and to repaint everything. */
    private @Nullable Frame shown;

    private Instant pressed;
    private Instant looked;
    private boolean locking;
    private boolean left;

    /**
     * @param terminal the terminal to use
     * @param services the engine's services
     * @param words makes incoming text harmless
     * @param beginning the first persona and conversation
     * @param clock the time
     * @param preferences the operator's settings
     * @param colours whether the user wants colours
     */
    public ChatScreen(
            Terminal terminal,
            Services services,
            Words words,
            Beginning beginning,
            Clock clock,
            Preferences preferences,
            boolean colours) {
        this.terminal = terminal;
        this.clock = clock;
        this.lockAfter = preferences.lockAfter();
        this.announcements = new Announcements(terminal, clock, preferences.signals());
        this.canvas = new Canvas(terminal, colours);
        this.office = new EffectRunner(services, new ServiceCalls(services, words, beginning, queue::add), queue::add);
        Size size = size();
        this.state = StateBuilder.builder(State.empty(size.getColumns(), size.getRows(), clock.instant()))
                .zone(preferences.zone())
                .build();
        this.pressed = clock.instant();
        this.looked = pressed;
    }

    private Size size() {
        Size size = terminal.getSize();
        return size.getColumns() > 0 && size.getRows() > 0 ? size : new Size(80, 24);
    }

    /**
     * Runs until the user leaves, or the terminal closes. @return false if the session was ended, for example because
     * the server stops
     */
    public boolean run() {
        Attributes before = terminal.enterRawMode();
        Attributes raw = new Attributes(before);
        raw.setLocalFlags(
                EnumSet.of(Attributes.LocalFlag.ICANON, Attributes.LocalFlag.ECHO, Attributes.LocalFlag.IEXTEN), false);
        raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
        raw.setInputFlags(
                EnumSet.of(Attributes.InputFlag.IXON, Attributes.InputFlag.ICRNL, Attributes.InputFlag.INLCR), false);
        terminal.setAttributes(raw);
        Terminal.SignalHandler resized = terminal.handle(Terminal.Signal.WINCH, signal -> resize());
        Keyboard keyboard = new Keyboard(terminal, key -> queue.add(new ChatEvent.Pressed(key)));
        try {
            enter();
            office.start();
            keyboard.start();
            office.take(new Effect.Look());
            paint();
            while (!left) {
                next();
            }
            return true;
        } catch (InterruptedException e) {
            // Ctrl-C, if the terminal itself handles it, or the session ends.
            left = true;
            return false;
        } finally {
            office.close();
            keyboard.stop();
            secret.wipe();
            leave();
            terminal.handle(Terminal.Signal.WINCH, resized);
            terminal.setAttributes(before);
        }
    }

    private void enter() {
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.keypad_xmit);
        terminal.writer().write(PASTE_ON);
        if (terminal.getStringCapability(Capability.key_mouse) != null) {
            terminal.writer().write(MOUSE_ON);
        }
        announcements.enter();
        canvas.enter();
        terminal.flush();
    }

    private void leave() {
        terminal.writer().write("\u001B[0m");
        canvas.leave();
        announcements.leave();
        if (terminal.getStringCapability(Capability.key_mouse) != null) {
            terminal.writer().write(MOUSE_OFF);
        }
        terminal.writer().write(PASTE_OFF);
        terminal.puts(Capability.clear_screen);
        terminal.puts(Capability.keypad_local);
        terminal.puts(Capability.exit_ca_mode);
        terminal.flush();
    }

    private void resize() {
        Size size = size();
        queue.add(new ChatEvent.Resized(size.getColumns(), size.getRows()));
    }

    private void next() throws InterruptedException {
        ChatEvent event = await();
        countAnew();
        take(new ChatEvent.Tick(clock.instant()));
        if (Duration.between(looked, clock.instant()).compareTo(LOOK_AGAIN) >= 0) {
            looked = clock.instant();
            office.look();
        }
        while (event != null && !left) {
            if (event instanceof ChatEvent.Pressed key) {
                pressed = clock.instant();
                press(key);
            } else {
                take(event);
            }
            event = queue.poll();
        }
        if (draftIsDue()) {
            take(new ChatEvent.Paused());
        }
        lockWhenIdle();
        if (!left) {
            paint();
        }
    }

    /**
     * Restarts the timers after the clock was set back: otherwise nothing would be locked or refreshed until it caught
     * up.
     */
    private void countAnew() {
        Instant now = clock.instant();
        if (now.isBefore(pressed)) {
            pressed = now;
        }
        if (now.isBefore(looked)) {
            looked = now;
        }
    }

    /** Returns the next event; null if a countdown reached its next number. */
    private ChatEvent await() throws InterruptedException {
        Optional<Duration> counts = Countdown.until(state);
        Optional<Duration> lock = isLockable()
                ? Optional.of(Duration.between(clock.instant(), pressed.plus(lockAfter)))
                : Optional.empty();
        Optional<Duration> draft = locking
                ? Optional.empty()
                : drafts.due(state, pressed).map(due -> Duration.between(clock.instant(), due));
        Optional<Duration> least =
                Stream.of(counts, lock, draft).flatMap(Optional::stream).min(Duration::compareTo);
        // Rounded up to a full millisecond, so that the time is over then.
        return least.isEmpty() ? queue.take() : queue.poll(least.get().toMillis() + 1, TimeUnit.MILLISECONDS);
    }

    private boolean draftIsDue() {
        return !left
                && !locking
                && drafts.due(state, pressed)
                        .filter(due -> !clock.instant().isBefore(due))
                        .isPresent();
    }

    private boolean isLockable() {
        return !lockAfter.isZero() && state.status().store() == Status.Store.OPEN && !locking;
    }

    private void lockWhenIdle() {
        if (isLockable() && !clock.instant().isBefore(pressed.plus(lockAfter))) {
            locking = true;
            take(new ChatEvent.Idle());
        }
    }

    private void press(ChatEvent.Pressed news) {
        if (state.status().store() == Status.Store.LOCKED
                && news.key().kind() != Key.Kind.QUIT
                && news.key().kind() != Key.Kind.CLOSE) {
            if (secret.press(news.key())) {
                take(new ChatEvent.Told("opening …"));
                office.unlock(secret.take());
            }
            return;
        }
        State before = state;
        take(news);
        if (!left) {
            drafts.gone(before, state).ifPresent(this::fulfil);
        }
    }

    private void take(ChatEvent event) {
        if (event instanceof ChatEvent.Looked at && at.status().store() != Status.Store.OPEN) {
            locking = false;
        }
        drafts.note(event);
        Step step = Update.of(state, event);
        state = step.state();
        step.wishes().forEach(this::fulfil);
    }

    private void fulfil(Effect wish) {
        drafts.note(wish);
        if (wish instanceof Effect.Quit) {
            left = true;
        } else if (wish instanceof Effect.Ring) {
            announcements.ring();
        } else if (wish instanceof Effect.Redraw) {
            canvas.clear();
            shown = null;
        } else if (!(wish instanceof Effect.Announce) || announcements.areWanted()) {
            office.take(wish);
        }
    }

    private void paint() {
        announcements.title(state);
        Frame frame = Painter.paint(state);
        if (!frame.equals(shown)) {
            canvas.show(frame);
            shown = frame;
        }
    }
}
