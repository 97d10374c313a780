package org.partyline.transportrpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * Receives {@code rawtx} and {@code sequence} over ZeroMQ on a thread of its own, into a bounded queue.
 *
 * <p>What does not fit is dropped, as the publisher does at its high-water mark: the counters of the messages show it.
 */
final class ZmqFeed implements Feed {
    private static final Logger LOG = LoggerFactory.getLogger(ZmqFeed.class);
    private static final int MAX_MESSAGES = 50_000;
    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_MESSAGE = 8 << 20;
    private static final int HEARTBEAT_MILLIS = 10_000;
    private static final int HANDSHAKE_MILLIS = 2_000;
    private static final int POLL_MILLIS = 500;

    private final Runnable wake;
    private final LinkedBlockingQueue<Notification> queue = new LinkedBlockingQueue<>(MAX_MESSAGES);
    private final AtomicLong bytes = new AtomicLong();
    private final boolean carriesSequence;
    private final int endpoints;
    private final Thread thread;
    private volatile int connections;
    private volatile boolean closed;

    /**
     * @param rawtx endpoint; empty for none
     * @param sequence endpoint; empty for none
     * @param wake called when something has come
     */
    ZmqFeed(String node, String rawtx, String sequence, Runnable wake) {
        this.wake = wake;
        this.carriesSequence = !sequence.isEmpty();
        Set<String> addresses = new LinkedHashSet<>();
        List<String> topics = new ArrayList<>();
        if (!rawtx.isEmpty()) {
            addresses.add(rawtx);
            topics.add(Notification.RAWTX);
        }
        if (!sequence.isEmpty()) {
            addresses.add(sequence);
            topics.add(Notification.SEQUENCE);
        }
        this.endpoints = addresses.size();
        this.thread = new Thread(() -> receive(node, addresses, topics), "partyline-zmq-" + node);
        thread.setDaemon(true);
        // JeroMQ looks up its own classes by the context class loader in places.
        thread.setContextClassLoader(ZmqFeed.class.getClassLoader());
        thread.start();
    }

    private void receive(String node, Set<String> addresses, List<String> topics) {
        String events = "inproc://events-" + node;
        try (ZContext context = new ZContext()) {
            context.setLinger(0);
            ZMQ.Socket socket = context.createSocket(SocketType.SUB);
            socket.setRcvHWM(MAX_MESSAGES);
            socket.setMaxMsgSize(MAX_MESSAGE);
            socket.setTCPKeepAlive(1);
            socket.setHeartbeatIvl(HEARTBEAT_MILLIS);
            socket.setHeartbeatTimeout(2 * HEARTBEAT_MILLIS);
            // JeroMQ's handshake stalls now and then on a busy machine; its own limit is 30 s.
            socket.setHandshakeIvl(HANDSHAKE_MILLIS);
            socket.setReconnectIVL(500);
            socket.setReconnectIVLMax(10_000);
            socket.monitor(events, ZMQ.EVENT_CONNECTED | ZMQ.EVENT_DISCONNECTED);
            ZMQ.Socket monitor = context.createSocket(SocketType.PAIR);
            monitor.connect(events);
            topics.forEach(topic -> socket.subscribe(topic.getBytes(StandardCharsets.US_ASCII)));
            addresses.forEach(socket::connect);
            ZMQ.Poller poller = context.createPoller(2);
            poller.register(socket, ZMQ.Poller.POLLIN);
            poller.register(monitor, ZMQ.Poller.POLLIN);
            while (!closed) {
                if (poller.poll(POLL_MILLIS) < 0) {
                    return;
                }
                if (poller.pollin(1)) {
                    watch(ZMQ.Event.recv(monitor, ZMQ.DONTWAIT));
                }
                if (poller.pollin(0) && drain(socket)) {
                    wake.run();
                }
            }
        } catch (ZMQException e) {
            LOG.warn("node {}: ZMQ ended ({}); polling goes on", node, e.getMessage());
        } finally {
            connections = 0;
        }
    }

    private void watch(ZMQ.Event event) {
        if (event == null) {
            return;
        }
        if (event.getEvent() == ZMQ.EVENT_CONNECTED) {
            connections = Math.min(endpoints, connections + 1);
        } else {
            connections = Math.max(0, connections - 1);
            wake.run();
        }
    }

    private boolean drain(ZMQ.Socket socket) {
        boolean any = false;
        for (byte[] topic = socket.recv(ZMQ.DONTWAIT); topic != null; topic = socket.recv(ZMQ.DONTWAIT)) {
            List<byte[]> frames = new ArrayList<>(3);
            frames.add(topic);
            while (socket.hasReceiveMore()) {
                byte[] frame = socket.recv();
                if (frames.size() < 4) {
                    frames.add(frame);
                }
            }
            // Anything else than three frames, or a foreign topic that begins alike, is not Bitcoin Core's.
            String name = new String(topic, StandardCharsets.US_ASCII);
            if (frames.size() == 3
                    && frames.get(2).length == 4
                    && (name.equals(Notification.RAWTX) || name.equals(Notification.SEQUENCE))) {
                long counter = ByteBuffer.wrap(frames.get(2))
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getInt()
                        & 0xffffffffL;
                any |= offer(new Notification(name, frames.get(1), counter));
            }
        }
        return any;
    }

    private boolean offer(Notification notification) {
        int length = notification.body().length;
        if (bytes.get() + length > MAX_BYTES) {
            return false;
        }
        if (queue.offer(notification)) {
            bytes.addAndGet(length);
            return true;
        }
        return false;
    }

    @Override
    public List<Notification> take(int most) {
        List<Notification> taken = new ArrayList<>();
        queue.drainTo(taken, most);
        taken.forEach(notification -> bytes.addAndGet(-notification.body().length));
        return taken;
    }

    @Override
    public boolean connected() {
        return connections >= endpoints;
    }

    @Override
    public boolean carriesSequence() {
        return carriesSequence;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(4L * POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
