package org.partyline.consolesocket;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.SocketFrame;

/**
 * Sends frames to a client in order, on a separate thread: otherwise, a command that is interrupted while it prints
 * would close the channel. A writer that is faster than the client waits.
 */
final class ClientOutput implements Runnable {
    private static final int MOST_BYTES = 1 << 18;

    private final Link link;
    private final Queue<SocketFrame> queue = new ArrayDeque<>();
    private int bytes;
    private boolean ended;
    private @Nullable IOException failure;

    ClientOutput(Link link) {
        this.link = link;
    }

    /**
     * Queues a frame; waits for room, even if interrupted.
     *
     * @throws IOException if the client is gone
     */
    synchronized void put(SocketFrame frame) throws IOException {
        boolean interrupted = false;
        while (bytes > MOST_BYTES && failure == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IOException("the client has disconnected", failure);
        }
        queue.add(frame);
        bytes += frame.payload().length;
        notifyAll();
    }

    /** Called after the last frame. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Called when the client has disconnected: waiting writers are released. */
    synchronized void fail(IOException why) {
        if (failure == null) {
            failure = why;
        }
        queue.clear();
        bytes = 0;
        notifyAll();
    }

    /** Sends frames until the end. */
    @Override
    public void run() {
        try {
            SocketFrame frame = next();
            while (frame != null) {
                link.send(frame);
                sent(frame);
                frame = next();
            }
            link.endSending();
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new IOException("the sender was interrupted", e));
        }
    }

    private synchronized SocketFrame next() throws InterruptedException, IOException {
        while (queue.isEmpty() && !ended && failure == null) {
            wait();
        }
        if (failure != null) {
            throw failure;
        }
        return queue.poll();
    }

    private synchronized void sent(SocketFrame frame) {
        bytes -= frame.payload().length;
        notifyAll();
    }
}
