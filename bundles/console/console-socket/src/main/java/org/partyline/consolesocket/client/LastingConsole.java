package org.partyline.consolesocket.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A console that reconnects when its server is restarted during a full-screen command, and runs that command again. */
final class LastingConsole {
    static final String SAID =
            "The server stopped. This console reconnects when the server is back; press Ctrl-C to stop waiting.";
    /**
     * The full-screen program may not have had the time to restore it: mouse, pasting, second screen, cursor, colours.
     */
    private static final String LEAVE =
            "\u001B[?1000l\u001B[?1002l\u001B[?1006l\u001B[?2004l\u001B[?1049l\u001B[?25h\u001B[0m\r\n";

    private static final int MOST_REFUSALS = 10;

    private final Connector connector;
    private final Typing typing;
    private final OutputStream out;
    private final Duration pause;
    private volatile ConsoleClient client;

    /** Connects to the current server of the home. */
    @FunctionalInterface
    interface Connector {
        ConsoleClient connect() throws IOException;
    }

    /** @param first already connected @param pause between attempts to connect */
    LastingConsole(ConsoleClient first, Connector connector, Typing typing, OutputStream out, Duration pause) {
        this.client = first;
        this.connector = connector;
        this.typing = typing;
        this.out = out;
        this.pause = pause;
    }

    /** Reports that the terminal has another size. */
    void resize(TerminalSize size) throws IOException {
        client.resize(size);
    }

    /** @return the exit status @throws IOException if a connection breaks and there is nothing to resume */
    int run() throws IOException {
        String line = "";
        while (true) {
            try {
                return client.console(OwnTerminal.size(), OwnTerminal.type(), typing, line, out);
            } catch (OutputException e) {
                throw e;
            } catch (IOException e) {
                line = client.resume();
                typing.stop();
                client.close();
                if (line.isEmpty()) {
                    throw e;
                }
                say(LEAVE + SAID + "\r\n");
                client = again(client.pid(), e);
            }
        }
    }

    /**
     * Accepts only another process: one that continues after closing this console did so on purpose, as {@code panic}
     * does.
     */
    private ConsoleClient again(long before, IOException broken) throws IOException {
        for (int refusals = 0; refusals < MOST_REFUSALS && !typing.isOver(); ) {
            try {
                ConsoleClient next = connector.connect();
                if (next.pid() != before) {
                    return next;
                }
                next.close();
                // It may be stopping.
                refusals++;
            } catch (IOException e) {
                refusals = 0;
            }
            LockSupport.parkNanos(pause.toNanos());
        }
        throw broken;
    }

    private void say(String text) throws IOException {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }
}
