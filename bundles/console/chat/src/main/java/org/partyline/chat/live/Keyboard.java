package org.partyline.chat.live;

import java.io.IOError;
import java.util.Optional;
import java.util.function.Consumer;
import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.reader.EndOfFileException;
import org.jline.terminal.Terminal;
import org.partyline.chat.act.Key;
import org.partyline.chat.act.Key.Kind;

/** Reads keys on a separate thread that blocks until one is pressed. */
final class Keyboard implements Runnable {
    private static final long AMBIGUOUS_MILLIS = 100;
    private static final int LONGEST_REPORT = 32;
    private static final String PASTED = KeyMap.esc() + "[201~";

    /** The beginning of an escape sequence. */
    private enum Begin {
        KEY,
        PASTE,
        MOUSE
    }

    private record Bound(Begin begin, Kind kind) {}

    private final BindingReader reader;
    private final KeyMap<Bound> keys = new KeyMap<>();
    private final Consumer<Key> pressed;
    private final Thread thread;
    private volatile boolean ended;

    /** @param pressed receives each key, on the keyboard's thread; the end of the terminal is {@link Kind#QUIT} */
    Keyboard(Terminal terminal, Consumer<Key> pressed) {
        this.reader = new BindingReader(terminal.reader());
        this.pressed = pressed;
        this.thread = new Thread(this, "partyline-chat-keys");
        thread.setDaemon(true);
        bind();
    }

    void start() {
        thread.start();
    }

    /** Stops reading: keys typed from now on belong to the next reader. */
    void stop() {
        ended = true;
        thread.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(2000);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void bind() {
        keys.setAmbiguousTimeout(AMBIGUOUS_MILLIS);
        keys.setUnicode(new Bound(Begin.KEY, Kind.TEXT));
        keys.setNomatch(new Bound(Begin.KEY, Kind.OTHER));
        for (char c = ' '; c < 127; c++) {
            bind(Kind.TEXT, String.valueOf(c));
        }
        bind(Kind.ENTER, "\r");
        bind(Kind.NEWLINE, "\n", esc("\r"), esc("\n"));
        bind(Kind.BACKSPACE, "\b", KeyMap.del());
        bind(Kind.DELETE, esc("[3~"));
        bind(Kind.LEFT, esc("[D"), esc("OD"), KeyMap.ctrl('B'));
        bind(Kind.RIGHT, esc("[C"), esc("OC"));
        bind(Kind.WORD_LEFT, esc("[1;5D"), esc("[1;3D"), esc("b"));
        bind(Kind.WORD_RIGHT, esc("[1;5C"), esc("[1;3C"), esc("f"));
        bind(Kind.HOME, esc("[H"), esc("OH"), esc("[1~"), esc("[7~"), KeyMap.ctrl('A'));
        bind(Kind.END, esc("[F"), esc("OF"), esc("[4~"), esc("[8~"), KeyMap.ctrl('E'));
        bind(Kind.UP, esc("[A"), esc("OA"));
        bind(Kind.DOWN, esc("[B"), esc("OB"));
        bind(Kind.PAGE_UP, esc("[5~"));
        bind(Kind.PAGE_DOWN, esc("[6~"));
        bind(Kind.TOP, esc("[1;5H"));
        bind(Kind.BOTTOM, esc("[1;5F"));
        bind(Kind.CUT_WORD, KeyMap.ctrl('W'), esc(KeyMap.del()));
        bind(Kind.CLEAR, KeyMap.ctrl('U'));
        bind(Kind.CUT_TO_END, KeyMap.ctrl('K'));
        bind(Kind.TAB, "\t");
        bind(Kind.ESCAPE, KeyMap.esc());
        bind(Kind.HELP, esc("OP"), esc("[11~"), esc("[[A"));
        bind(Kind.LIST, esc("OQ"), esc("[12~"), esc("[[B"));
        bind(Kind.SEARCH, esc("OR"), esc("[13~"), esc("[[C"), KeyMap.ctrl('F'));
        bind(Kind.BURN, esc("OS"), esc("[14~"), esc("[[D"));
        bind(Kind.TTL, esc("[15~"), esc("[[E"));
        bind(Kind.SIGN, esc("[17~"));
        bind(Kind.CARRIER, esc("[18~"));
        bind(Kind.RECALL, esc("[19~"));
        bind(Kind.INSPECT, esc("[20~"));
        bind(Kind.NEXT, KeyMap.ctrl('N'), esc("[1;3B"));
        bind(Kind.PREVIOUS, KeyMap.ctrl('P'), esc("[1;3A"));
        bind(Kind.NEXT_UNREAD, esc("a"), esc("A"));
        bind(Kind.SELECT_UP, esc("[1;5A"));
        bind(Kind.SELECT_DOWN, esc("[1;5B"));
        bind(Kind.REDRAW, KeyMap.ctrl('L'));
        bind(Kind.SUSPEND, KeyMap.ctrl('Z'));
        bind(Kind.CLOSE, KeyMap.ctrl('D'));
        bind(Kind.QUIT, KeyMap.ctrl('C'));
        keys.bind(new Bound(Begin.PASTE, Kind.PASTE), esc("[200~"));
        keys.bind(new Bound(Begin.MOUSE, Kind.CLICK), esc("[<"));
    }

    private static String esc(String rest) {
        return KeyMap.esc() + rest;
    }

    private void bind(Kind kind, String... sequences) {
        for (String sequence : sequences) {
            keys.bind(new Bound(Begin.KEY, kind), sequence);
        }
    }

    @Override
    public void run() {
        StringBuilder half = new StringBuilder();
        try {
            while (!ended) {
                Bound bound = reader.readBinding(keys);
                if (bound == null) {
                    pressed.accept(Key.of(Kind.QUIT));
                    return;
                }
                next(bound, half).ifPresent(pressed);
            }
        } catch (EndOfFileException | IOError e) {
            if (!ended) {
                // The other side is gone.
                pressed.accept(Key.of(Kind.QUIT));
            }
        } finally {
            half.setLength(0);
        }
    }

    /** @param half the first char of a surrogate pair */
    private Optional<Key> next(Bound bound, StringBuilder half) {
        switch (bound.begin()) {
            case PASTE:
                String pasted = reader.readStringUntil(PASTED);
                return Optional.ofNullable(pasted).map(text -> new Key(Kind.PASTE, text, 0, 0));
            case MOUSE:
                return mouse();
            default:
                if (bound.kind() != Kind.TEXT) {
                    half.setLength(0);
                    return Optional.of(Key.of(bound.kind()));
                }
                half.append(reader.getLastBinding());
                if (Character.isHighSurrogate(half.charAt(half.length() - 1))) {
                    return Optional.empty();
                }
                String text = half.toString();
                half.setLength(0);
                return Optional.of(Key.text(text));
        }
    }

    /** {@code button;column;row} and {@code M}, or {@code m} on release (xterm, SGR 1006). */
    private Optional<Key> mouse() {
        StringBuilder report = new StringBuilder();
        int c = reader.readCharacter();
        while (c >= 0 && c != 'M' && c != 'm' && report.length() < LONGEST_REPORT) {
            report.append((char) c);
            c = reader.readCharacter();
        }
        String[] numbers = report.toString().split(";");
        if (c != 'M' || numbers.length != 3) {
            return Optional.empty();
        }
        try {
            int button = Integer.parseInt(numbers[0]);
            int column = Integer.parseInt(numbers[1]) - 1;
            int row = Integer.parseInt(numbers[2]) - 1;
            Kind kind = button == 0 ? Kind.CLICK : button == 64 ? Kind.WHEEL_UP : button == 65 ? Kind.WHEEL_DOWN : null;
            return Optional.ofNullable(kind).map(known -> new Key(known, "", column, row));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
