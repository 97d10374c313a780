package org.partyline.transportrpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpConnectionTest {
    private static final int LIMIT = 100;

    /** A connection whose other side sends this. */
    private static HttpConnection saying(String answers) throws IOException {
        InputStream in = new ByteArrayInputStream(answers.getBytes(ISO_8859_1));
        return new HttpConnection(new Socket() {
            @Override
            public InputStream getInputStream() {
                return in;
            }

            @Override
            public OutputStream getOutputStream() {
                return new ByteArrayOutputStream();
            }

            @Override
            public void setSoTimeout(int timeout) {
                // Nothing takes time here.
            }
        });
    }

    private static HttpAnswer<byte[]> exchange(HttpConnection connection) throws IOException, NodeProblem {
        return connection.exchange(new byte[0], 1000, LIMIT, (status, body) -> body.readAllBytes());
    }

    private static String body(HttpConnection connection) throws IOException, NodeProblem {
        return new String(exchange(connection).body(), ISO_8859_1);
    }

    @Test
    void anAnswerWithALengthLeavesTheNextOneToTheNextRequest() throws Exception {
        HttpConnection connection =
                saying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 500 No\r\ncontent-LENGTH:3\r\n\r\ntwo");
        assertEquals("one", body(connection));
        assertTrue(connection.reusable());
        HttpAnswer<byte[]> second = exchange(connection);
        assertEquals(500, second.status());
        assertEquals("two", new String(second.body(), ISO_8859_1));
        assertTrue(connection.stale(), "there is nothing more");
    }

    @Test
    void chunksAreJoinedAndTheirTrailersSkipped() throws Exception {
        HttpConnection connection = saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;x=y\r\nabc\r\n00a\r\n0123456789\r\n0\r\nX: y\r\n\r\nHTTP/1.1 204 Nothing\r\n\r\n");
        assertEquals("abc0123456789", body(connection));
        assertTrue(connection.reusable());
        assertEquals(204, exchange(connection).status());
    }

    @Test
    void anInterimAnswerIsNotTheAnswer() throws Exception {
        assertEquals("x", body(saying("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")));
    }

    @Test
    void anAnswerThatEndsWithItsConnectionIsReadButTheConnectionIsNotKept() throws Exception {
        HttpConnection connection = saying("HTTP/1.1 200 OK\r\n\r\nall of it");
        assertEquals("all of it", body(connection));
        assertFalse(connection.reusable());
        HttpConnection closes = saying("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
        assertEquals("x", body(closes));
        assertFalse(closes.reusable());
        HttpConnection old = saying("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx");
        assertEquals("x", body(old));
        assertFalse(old.reusable());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0x3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf",
                "HTTP/1.1 200 OK\r\n"
            })
    void whatIsNoWholeAnswerIsAnError(String text) throws Exception {
        HttpConnection connection = saying(text);
        assertThrows(IOException.class, () -> exchange(connection));
        assertFalse(connection.reusable());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n"
            })
    void anAnswerOverTheLimitIsNotRead(String text) {
        assertThrows(HttpConnection.TooLongException.class, () -> exchange(saying(text)));
        assertThrows(
                HttpConnection.TooLongException.class,
                () -> exchange(saying("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(LIMIT + 1))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 9\r\n\r\nabcdefghi",
                "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n7\r\ncdefghi\r\n0\r\n\r\n"
            })
    void whatIsNotReadOfAnAnswerIsSkipped(String answer) throws Exception {
        HttpConnection connection =
                saying("HTTP/1.1 200 OK\r\n" + answer + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");

        HttpAnswer<Integer> first = connection.exchange(new byte[0], 1000, LIMIT, (status, body) -> body.read());

        assertEquals('a', first.body());
        assertTrue(connection.reusable());
        assertEquals("two", body(connection));
    }

    @Test
    void trailersWithoutEndAreNotRead() {
        assertThrows(
                HttpConnection.TooLongException.class,
                () -> exchange(saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                        + "X: yyyyyyy\r\n".repeat(20) + "\r\n")));
    }

    @Test
    void aHeadWithoutEndIsNotRead() {
        assertThrows(
                IOException.class, () -> exchange(saying("HTTP/1.1 200 OK\r\nX: " + "y".repeat(9000) + "\r\n\r\n")));
        assertThrows(
                IOException.class,
                () -> exchange(saying("HTTP/1.1 200 OK\r\n" + "X: yyyyyyyyyyyy\r\n".repeat(5000) + "\r\n")));
    }
}
