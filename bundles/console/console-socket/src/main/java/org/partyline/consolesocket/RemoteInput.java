package org.partyline.consolesocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.Queue;

/** A client's standard input. Some clients send it on request, some as it arrives. */
final class RemoteInput extends InputStream {
    private static final int MOST_CHUNKS = 256;

    /** Requests input from the client. */
    @FunctionalInterface
    interface Question {
        /** @param most the maximum number of bytes wanted */
        void ask(int most) throws IOException;
    }

    private final Question question;
    private final Queue<byte[]> chunks = new ArrayDeque<>();
    private byte[] chunk = {};
    private int at;
    private boolean asked;
    private boolean ended;

    RemoteInput(Question question) {
        this.question = question;
    }

    /** Adds input from the client; an empty array is its end. Waits while much of it is unread. */
    synchronized void give(byte[] bytes) throws InterruptedException {
        while (chunks.size() >= MOST_CHUNKS && !ended) {
            wait();
        }
        asked = false;
        if (bytes.length == 0) {
            ended = true;
        } else {
            chunks.add(bytes);
        }
        notifyAll();
    }

    /** Called when the client has disconnected. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        try {
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        } finally {
            one[0] = 0;
        }
    }

    @Override
    public synchronized int read(byte[] bytes, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        while (at == chunk.length) {
            // It may have been a passphrase.
            Arrays.fill(chunk, (byte) 0);
            at = 0;
            if (chunks.isEmpty()) {
                chunk = new byte[0];
                if (ended) {
                    return -1;
                }
                await(length);
            } else {
                chunk = chunks.remove();
                notifyAll();
            }
        }
        int count = Math.min(length, chunk.length - at);
        System.arraycopy(chunk, at, bytes, from, count);
        at += count;
        return count;
    }

    /** Its caller checks again, whatever woke it. */
    @SuppressWarnings("WaitNotInLoop")
    private void await(int length) throws IOException {
        if (!asked) {
            asked = true;
            question.ask(length);
        }
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for input");
        }
    }

    @Override
    public synchronized int available() {
        return chunk.length - at + chunks.stream().mapToInt(each -> each.length).sum();
    }
}
