package org.partyline.chat.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntUnaryOperator;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.partyline.testkit.ScreenEmulator;

/** A terminal with an emulated screen, and a user at its keyboard. */
public final class VirtualTerminal implements AutoCloseable {
    private final ScreenEmulator screen;
    private final LineDisciplineTerminal terminal;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private final StringBuilder written = new StringBuilder();

    /** @param width how many columns it uses for a character */
    public VirtualTerminal(int columns, int rows, IntUnaryOperator width) {
        this.screen = new ScreenEmulator(columns, rows, width);
        try {
            this.terminal =
                    new LineDisciplineTerminal("virtual", "xterm-256color", new Master(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        terminal.setSize(new Size(columns, rows));
    }

    /** Receives the program's output, a whole character at a time. */
    private final class Master extends OutputStream {
        @Override
        public synchronized void write(int octet) {
            pending.write(octet);
        }

        @Override
        public synchronized void write(byte[] octets, int from, int length) {
            pending.write(octets, from, length);
        }

        @Override
        public synchronized void flush() {
            String text = pending.toString(StandardCharsets.UTF_8);
            if (!text.endsWith("\uFFFD") || text.length() > 1 << 16) {
                pending.reset();
                synchronized (written) {
                    written.append(text);
                }
                screen.write(text);
            }
        }
    }

    public Terminal terminal() {
        return terminal;
    }

    public ScreenEmulator screen() {
        return screen;
    }

    /** Returns all output so far. */
    public String written() {
        synchronized (written) {
            return written.toString();
        }
    }

    public void type(String keys) {
        try {
            terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void resize(int columns, int rows) {
        screen.resize(columns, rows);
        terminal.setSize(new Size(columns, rows));
        terminal.raise(Terminal.Signal.WINCH);
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
