package org.partyline.benchmarks;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** When the node announced each transaction: a ZMQ subscriber of our own, which notes the time before it looks. */
final class Announcements implements AutoCloseable {
    private static final int WAKE_MILLISECONDS = 100;

    private final Map<Sha256Hash, Long> nanoTimes = new ConcurrentHashMap<>();
    private final ZContext context = new ZContext();
    private final Thread thread;
    private volatile boolean closed;

    Announcements(String zmq) {
        ZMQ.Socket socket = context.createSocket(SocketType.SUB);
        socket.setReceiveTimeOut(WAKE_MILLISECONDS);
        socket.subscribe("rawtx");
        socket.connect(zmq);
        thread = new Thread(() -> read(socket), "announcements");
        thread.setDaemon(true);
        thread.start();
    }

    private void read(ZMQ.Socket socket) {
        while (!closed) {
            byte[] topic = socket.recv();
            long now = System.nanoTime();
            if (topic == null) {
                continue;
            }
            byte[] raw = socket.recv();
            socket.recv();
            nanoTimes.putIfAbsent(Transaction.read(ByteBuffer.wrap(raw)).getTxId(), now);
        }
        socket.close();
    }

    /** {@link System#nanoTime()} of the first announcement; null while there was none. */
    Long nanoTime(String txid) {
        return nanoTimes.get(Sha256Hash.wrap(txid));
    }

    /** Whether nothing was announced so far. */
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
