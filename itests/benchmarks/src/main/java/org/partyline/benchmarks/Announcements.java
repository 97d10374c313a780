package org.partyline.benchmarks;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * Records when the node announced each transaction: a ZMQ subscriber of our own, which takes the time before it parses
 * the message.
 *
 * <p>JeroMQ 0.6 sometimes connects and then never greets the publisher (jeromq pull request 1022): a subscriber that
 * receives nothing requests another connection.
 */
final class Announcements implements AutoCloseable {
    private static final int WAKE_MILLISECONDS = 100;

    private final Map<Sha256Hash, Long> nanoTimes = new ConcurrentHashMap<>();
    private final ZContext context = new ZContext();
    private final String zmq;
    private final Thread thread;
    private volatile boolean stale;
    private volatile boolean closed;

    Announcements(String zmq) {
        this.zmq = zmq;
        thread = new Thread(this::read, "announcements");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        while (!closed) {
            stale = false;
            try (ZMQ.Socket socket = context.createSocket(SocketType.SUB)) {
                socket.setReceiveTimeOut(WAKE_MILLISECONDS);
                socket.subscribe("rawtx");
                socket.connect(zmq);
                read(socket);
            }
        }
    }

    private void read(ZMQ.Socket socket) {
        while (!closed && !stale) {
            byte[] topic = socket.recv();
            long now = System.nanoTime();
            if (topic == null) {
                continue;
            }
            byte[] raw = socket.recv();
            socket.recv();
            nanoTimes.putIfAbsent(Transaction.read(ByteBuffer.wrap(raw)).getTxId(), now);
        }
    }

    /** Replaces the connection by another one; announcements in between are lost. */
    void connectAnew() {
        stale = true;
    }

    /** Returns the {@link System#nanoTime()} of the first announcement; null if there was none yet. */
    Long nanoTime(String txid) {
        return nanoTimes.get(Sha256Hash.wrap(txid));
    }

    /** Returns whether nothing was announced so far. */
    boolean isSilent() {
        return nanoTimes.isEmpty();
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        context.close();
    }
}
