package org.partyline.consolesocket.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads typed bytes from the terminal, for one connection after another. Between connections, Ctrl-C or Ctrl-D ends the
 * waiting.
 */
final class Typing {
    private static final int CHUNK = 4096;
    private static final byte CTRL_C = 3;
    private static final byte CTRL_D = 4;

    private @Nullable Taker taker;
    private boolean over;

    /** Receives typed bytes. */
    @FunctionalInterface
    interface Taker {
        void take(byte[] typed) throws IOException;
    }

    /** @param in the terminal, in raw mode */
    Typing(InputStream in) {
        Thread thread = new Thread(() -> read(in), "console-input");
        thread.setDaemon(true);
        thread.start();
    }

    /** Sends typed bytes there from now on. */
    synchronized void to(Taker next) throws IOException {
        taker = next;
        if (over) {
            next.take(new byte[0]);
        }
    }

    /** Sends typed bytes nowhere from now on. */
    synchronized void stop() {
        taker = null;
    }

    /** Returns whether the waiting was ended. */
    synchronized boolean isOver() {
        return over;
    }

    private void read(InputStream in) {
        byte[] chunk = new byte[CHUNK];
        int count;
        do {
            try {
                count = in.read(chunk);
            } catch (IOException e) {
                count = -1;
            }
            byte[] typed = Arrays.copyOf(chunk, Math.max(0, count));
            Arrays.fill(chunk, (byte) 0);
            typed(typed);
        } while (count >= 0);
    }

    private synchronized void typed(byte[] typed) {
        boolean ends = typed.length == 0 || taker == null && (has(typed, CTRL_C) || has(typed, CTRL_D));
        over |= ends;
        if (taker != null) {
            try {
                taker.take(typed);
            } catch (IOException e) {
                // The connection is gone, which the receiving thread notices.
                taker = null;
            }
        }
        Arrays.fill(typed, (byte) 0);
    }

    private static boolean has(byte[] typed, byte key) {
        for (byte one : typed) {
            if (one == key) {
                return true;
            }
        }
        return false;
    }
}
