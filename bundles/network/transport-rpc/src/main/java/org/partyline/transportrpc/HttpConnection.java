package org.partyline.transportrpc;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection (RFC 9112) for consecutive requests. Java's own client does not support SOCKS proxies,
 * resolves names itself and does not release its connections. Not thread-safe, except for {@link #close}.
 */
final class HttpConnection implements AutoCloseable {
    /** The answer exceeds the limit. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLongException(long limit) {
            super("an answer of more than " + limit + " bytes");
        }
    }

    private static final int MAX_HEAD = 64 << 10;
    private static final int MAX_LINE = 8 << 10;
    private static final int BUFFER = 32 << 10;

    private final Socket socket;
    private final InputStream in;
    private boolean reusable = true;
    private long idleSince;

    HttpConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    }

    /** Processes the body of an answer while it arrives. */
    interface Reader<T> {
        /** @param body ends with the answer; an unread rest is skipped @return null for no result */
        @Nullable
        T read(int status, InputStream body) throws IOException, NodeProblem;
    }

    /**
     * Sends a request and reads its answer.
     *
     * @param request head and body
     * @param timeout milliseconds, for each part of the answer
     * @param limit the maximum size of an answer's body in bytes
     */
    <T> HttpAnswer<T> exchange(byte[] request, int timeout, long limit, Reader<T> reader)
            throws IOException, NodeProblem {
        reusable = false;
        socket.setSoTimeout(timeout);
        socket.getOutputStream().write(request);
        Head head = new Head();
        while (head.read(in) / 100 == 1) {
            // An interim answer: the final one follows.
            head = new Head();
        }
        try (Body body = new Body(head, limit)) {
            @Nullable T read = reader.read(head.status, body);
            body.transferTo(OutputStream.nullOutputStream());
            reusable = head.bounded() && !head.closes;
            return new HttpAnswer<>(head.status, read);
        }
    }

    /** The body of an answer while it arrives: by its length, in chunks, or until the connection is closed. */
    private final class Body extends InputStream {
        private final Head head;
        private final long limit;
        private long taken;
        /** The remaining bytes of the body or chunk. */
        private long left;

        private boolean inChunk;
        private boolean ended;

        Body(Head head, long limit) throws IOException {
            this.head = head;
            this.limit = limit;
            if (head.status == 204 || head.status == 304) {
                ended = true;
            } else if (!head.chunked && head.length >= 0) {
                allow(head.length);
                left = head.length;
            }
        }

        private void allow(long more) throws IOException {
            if (more > limit - taken) {
                throw new TooLongException(limit);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!ended && head.bounded() && left == 0) {
                next();
            }
            if (ended) {
                return -1;
            }
            int some = in.read(buffer, offset, (int) (head.bounded() ? Math.min(length, left) : length));
            if (some < 0) {
                if (head.bounded()) {
                    throw new EOFException("the answer ends early");
                }
                ended = true;
                return -1;
            }
            if (head.bounded()) {
                left -= some;
            } else {
                allow(some);
            }
            taken += some;
            return some;
        }

        /** Moves to the next chunk, or detects the end. */
        private void next() throws IOException {
            if (!head.chunked) {
                ended = true;
                return;
            }
            if (inChunk && !line(in).isEmpty()) {
                throw malformed();
            }
            String size = line(in);
            int end = size.indexOf(';');
            left = number(end < 0 ? size : size.substring(0, end), 16);
            inChunk = true;
            allow(left);
            if (left == 0) {
                ended = true;
                for (String trailer = line(in); !trailer.isEmpty(); trailer = line(in)) {
                    // Trailers are ignored.
                    taken += trailer.length();
                    allow(0);
                }
            }
        }
    }

    /** The status line and header fields. */
    private static final class Head {
        private int status;
        private long length = -1;
        private boolean chunked;
        private boolean closes;

        int read(InputStream in) throws IOException {
            String first = line(in);
            if (!first.matches("HTTP/1\\.[01] [1-9][0-9]{2}(?: .*)?")) {
                throw malformed();
            }
            closes = first.startsWith("HTTP/1.0");
            status = Integer.parseInt(first.substring(9, 12));
            int total = first.length();
            for (String field = line(in); !field.isEmpty(); field = line(in)) {
                total += field.length() + 2;
                if (total > MAX_HEAD) {
                    throw malformed();
                }
                field(field);
            }
            return status;
        }

        private void field(String field) throws IOException {
            int colon = field.indexOf(':');
            if (colon < 1) {
                throw malformed();
            }
            String value = field.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
            switch (field.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> {
                    long one = number(value, 10);
                    if (length >= 0 && length != one) {
                        throw malformed();
                    }
                    length = one;
                }
                case "transfer-encoding" -> {
                    if (!value.equals("chunked")) {
                        throw malformed();
                    }
                    chunked = true;
                }
                case "connection" -> closes = value.contains("close") || closes && !value.contains("keep-alive");
                default -> {
                    // No other field changes how the answer is read.
                }
            }
        }

        /** Whether the end of the answer is known without the end of the connection. */
        boolean bounded() {
            return chunked || length >= 0 || status == 204 || status == 304;
        }
    }

    private static long number(String digits, int radix) throws IOException {
        if (!digits.strip().matches("[0-9A-Fa-f]{1,15}")) {
            throw malformed();
        }
        try {
            return Long.parseLong(digits.strip(), radix);
        } catch (NumberFormatException e) {
            throw malformed();
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int one = in.read(); one != '\n'; one = in.read()) {
            if (one < 0) {
                throw new EOFException("the answer ends early");
            }
            if (line.length() >= MAX_LINE) {
                throw malformed();
            }
            line.append((char) one);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    private static IOException malformed() {
        return new IOException("the answer is not HTTP");
    }

    /** Whether another request may follow. */
    boolean reusable() {
        return reusable;
    }

    void idleSince(long nanos) {
        idleSince = nanos;
    }

    long idleSince() {
        return idleSince;
    }

    /** Whether the other side has closed an idle connection, or sent unrequested data. */
    boolean stale() {
        try {
            socket.setSoTimeout(1);
            in.read();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed in any case, and useless.
            reusable = false;
        }
    }

    /** The head of a request with a JSON body. */
    static byte[] head(String path, String host, String authorization, int length) {
        return ("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: " + authorization
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
