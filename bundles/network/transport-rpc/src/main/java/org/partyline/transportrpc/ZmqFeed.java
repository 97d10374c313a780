package org.partyline.transportrpc;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives {@code rawtx} and {@code sequence} over ZeroMQ, on one thread per endpoint, into a bounded queue.
 *
 * <p>Messages that do not fit are dropped, like at the publisher's high-water mark: the messages' counters show that.
 */
final class ZmqFeed implements NotificationFeed {
    /** Opens a connection to an endpoint. */
    interface Opener {
        Socket open(String host, int port) throws NodeProblem;
    }

    private static final Logger LOG = LoggerFactory.getLogger(ZmqFeed.class);
    private static final int MAX_MESSAGES = 50_000;
    private static final long MAX_BYTES = 64L << 20;
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int FIRST_RETRY_MILLIS = 500;
    private static final int LAST_RETRY_MILLIS = 10_000;
    private static final int END_MILLIS = 2_000;

    private final String node;
    private final Opener opener;
    private final Runnable wake;
    private final LinkedBlockingQueue<Notification> queue = new LinkedBlockingQueue<>(MAX_MESSAGES);
    private final AtomicLong bytes = new AtomicLong();
    private final boolean carriesSequence;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param rawtx {@code tcp://HOST:PORT}; empty for none
     * @param sequence {@code tcp://HOST:PORT}; empty for none
     * @param wake called when something has arrived, or the connection was lost
     */
    ZmqFeed(String node, String rawtx, String sequence, Opener opener, Runnable wake) {
        this.node = node;
        this.opener = opener;
        this.wake = wake;
        this.carriesSequence = !sequence.isEmpty();
        Map<String, List<String>> topics = new LinkedHashMap<>();
        if (!rawtx.isEmpty()) {
            topics.computeIfAbsent(rawtx, address -> new ArrayList<>()).add(Notification.RAWTX);
        }
        if (!sequence.isEmpty()) {
            topics.computeIfAbsent(sequence, address -> new ArrayList<>()).add(Notification.SEQUENCE);
        }
        topics.forEach((address, wanted) -> endpoints.add(new Endpoint(URI.create(address), wanted)));
        endpoints.forEach(endpoint -> endpoint.thread.start());
    }

    /** An endpoint with topics; its thread connects, reconnects and reads. */
    private final class Endpoint implements Runnable {
        private final URI address;
        private final List<String> topics;
        private final Thread thread;
        private final Faults faults = new Faults("node " + node + ": receiving by ZMQ", LOG::error);
        private @Nullable Zmtp connection;
        private volatile boolean connected;
        private volatile String problem = "";

        Endpoint(URI address, List<String> topics) {
            this.address = address;
            this.topics = topics;
            this.thread = new Thread(this, "partyline-zmq-" + node);
            thread.setDaemon(true);
        }

        @Override
        public void run() {
            try {
                int pause = FIRST_RETRY_MILLIS;
                do {
                    AtomicBoolean stood = new AtomicBoolean();
                    faults.survive(() -> stood.set(receive()));
                    pause = stood.get() ? FIRST_RETRY_MILLIS : Math.min(2 * pause, LAST_RETRY_MILLIS);
                } while (!closed.await(pause, TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Handles one connection until it ends. @return whether it was established */
        private boolean receive() {
            boolean stood = false;
            try (Zmtp zmtp = new Zmtp(opener.open(address.getHost(), address.getPort()), PATIENCE_MILLIS)) {
                if (!begin(zmtp)) {
                    return false;
                }
                zmtp.subscribe(topics);
                stood = true;
                problem = "";
                connected = true;
                while (closed.getCount() > 0) {
                    if (zmtp.next().map(this::accept).orElse(false)) {
                        wake.run();
                    }
                }
            } catch (NodeProblem e) {
                failed(e.getMessage());
            } catch (IOException e) {
                failed("ZMQ at " + address.getHost() + ":" + address.getPort() + ": "
                        + RpcException.oneLine(String.valueOf(e.getMessage())));
            } catch (RuntimeException | Error e) {
                // Shown and retried like any other problem.
                failed("ZMQ at " + address.getHost() + ":" + address.getPort() + ": its data could not be handled ("
                        + Faults.kind(e) + ")");
                throw e;
            } finally {
                begin(null);
                if (connected) {
                    connected = false;
                    wake.run();
                }
            }
            return stood;
        }

        private void failed(String why) {
            if (closed.getCount() > 0 && !why.equals(problem)) {
                problem = why;
                LOG.info("node {}: no ZMQ; polling meanwhile: {}", node, why);
            }
        }

        /** Sets the connection that {@link #end} closes. @return whether to continue with it */
        private synchronized boolean begin(@Nullable Zmtp zmtp) {
            connection = zmtp;
            return closed.getCount() > 0;
        }

        private boolean accept(List<byte[]> frames) {
            // Anything other than three frames, or a foreign topic with the same prefix, is not from Bitcoin Core.
            String name = new String(frames.get(0), StandardCharsets.US_ASCII);
            if (frames.size() != 3 || frames.get(2).length != 4 || !topics.contains(name)) {
                return false;
            }
            long counter = ByteBuffer.wrap(frames.get(2))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getInt()
                    & 0xffffffffL;
            return offer(new Notification(name, frames.get(1), counter));
        }

        synchronized void end() {
            if (connection != null) {
                try {
                    connection.close();
                } catch (IOException e) {
                    LOG.debug("node {}: a ZMQ connection did not close properly ({})", node, Faults.reason(e));
                }
            }
        }
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
        return endpoints.stream().allMatch(endpoint -> endpoint.connected);
    }

    @Override
    public boolean carriesSequence() {
        return carriesSequence;
    }

    @Override
    public String problem() {
        return endpoints.stream()
                .map(endpoint -> endpoint.problem)
                .filter(problem -> !problem.isEmpty())
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        closed.countDown();
        endpoints.forEach(Endpoint::end);
        try {
            for (Endpoint endpoint : endpoints) {
                endpoint.thread.join(END_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
