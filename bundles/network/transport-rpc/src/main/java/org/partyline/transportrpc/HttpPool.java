package org.partyline.transportrpc;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Posts to one server over reusable connections, as many at once as there are requests. Thread-safe. */
final class HttpPool implements AutoCloseable {
    /** Opens a connection to the server. */
    interface Opener {
        Socket open() throws NodeProblem, IOException;
    }

    private static final long SECOND = 1_000_000_000L;
    /** Bitcoin Core closes a connection that was idle for 30 s. */
    private static final long MAX_IDLE = 25 * SECOND;
    /** An idle connection is checked before use after this time. */
    private static final long UNLOOKED = SECOND / 2;

    private final URI url;
    private final Opener opener;
    private final int timeout;
    private final ExecutorService threads;
    /** The most recently used first. */
    private final Deque<HttpConnection> idle = new ArrayDeque<>();

    private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();
    private boolean closed;

    /**
     * @param url scheme, host and port
     * @param timeout milliseconds without a byte of an answer
     */
    HttpPool(String node, URI url, Opener opener, int timeout) {
        this.url = url;
        this.opener = opener;
        this.timeout = timeout;
        this.threads =
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, "partyline-http-" + node);
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Posts.
     *
     * @param limit the maximum size of the answer in bytes
     * @param reader processes it on a thread of the pool
     * @return fails with an {@link IOException} or a {@link NodeProblem}, or with whatever the reader throws; if it is
     *     cancelled, the connection is closed
     */
    <T> CompletableFuture<HttpAnswer<T>> post(
            String path, String authorization, byte[] body, long limit, HttpConnection.Reader<T> reader) {
        CompletableFuture<HttpAnswer<T>> answer = new CompletableFuture<>();
        AtomicReference<HttpConnection> used = new AtomicReference<>();
        underWay.add(answer);
        answer.whenComplete((value, problem) -> {
            underWay.remove(answer);
            HttpConnection connection = used.get();
            if (answer.isCancelled() && connection != null) {
                connection.close();
            }
        });
        try {
            threads.execute(() -> run(path, authorization, body, limit, reader, answer, used));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new IOException("closed", e));
        }
        return answer;
    }

    private <T> void run(
            String path,
            String authorization,
            byte[] body,
            long limit,
            HttpConnection.Reader<T> reader,
            CompletableFuture<HttpAnswer<T>> answer,
            AtomicReference<HttpConnection> used) {
        HttpConnection connection = null;
        try {
            byte[] head = HttpConnection.head(path, url.getHost() + ":" + url.getPort(), authorization, body.length);
            byte[] request = Arrays.copyOf(head, head.length + body.length);
            System.arraycopy(body, 0, request, head.length, body.length);
            connection = take();
            used.set(connection);
            if (answer.isCancelled()) {
                return;
            }
            HttpAnswer<T> got = connection.exchange(request, timeout, limit, reader);
            if (connection.reusable() && giveBack(connection)) {
                connection = null;
            }
            used.set(null);
            answer.complete(got);
        } catch (Throwable e) {
            // Errors too: an answer may not fit into the memory, and the caller would otherwise wait until the
            // time-out.
            answer.completeExceptionally(e);
        } finally {
            if (connection != null) {
                connection.close();
            }
        }
    }

    private HttpConnection take() throws IOException, NodeProblem {
        for (HttpConnection kept = poll(); kept != null; kept = poll()) {
            if (System.nanoTime() - kept.idleSince() < UNLOOKED || !kept.stale()) {
                return kept;
            }
            kept.close();
        }
        Socket socket = opener.open();
        boolean done = false;
        try {
            HttpConnection made = new HttpConnection(url.getScheme().equals("https") ? encrypted(socket) : socket);
            done = true;
            return made;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private HttpConnection poll() {
        List<HttpConnection> old = new ArrayList<>();
        HttpConnection kept;
        synchronized (this) {
            long now = System.nanoTime();
            while (!idle.isEmpty() && now - idle.peekLast().idleSince() > MAX_IDLE) {
                old.add(idle.removeLast());
            }
            kept = idle.pollFirst();
        }
        old.forEach(HttpConnection::close);
        return kept;
    }

    private synchronized boolean giveBack(HttpConnection connection) {
        if (closed) {
            return false;
        }
        connection.idleSince(System.nanoTime());
        idle.addFirst(connection);
        return true;
    }

    private Socket encrypted(Socket socket) throws IOException {
        try {
            SSLSocket tls = (SSLSocket)
                    SSLContext.getDefault().getSocketFactory().createSocket(socket, url.getHost(), url.getPort(), true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            socket.setSoTimeout(timeout);
            tls.startHandshake();
            return tls;
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    /** Closes, and cancels running requests. */
    void abandon() {
        close();
        underWay.forEach(each -> each.cancel(true));
    }

    /** Keeps no connections from now on; running requests are completed. */
    @Override
    public void close() {
        List<HttpConnection> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(idle);
            idle.clear();
        }
        all.forEach(HttpConnection::close);
        threads.shutdown();
    }
}
