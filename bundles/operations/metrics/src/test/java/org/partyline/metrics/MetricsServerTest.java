package org.partyline.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.health.Finding.Verdict;

/** A caller on this machine that uses its name and knows the token is answered; nobody else learns anything. */
class MetricsServerTest {
    @TempDir
    Path home;

    private Published published =
            new Published("partyline_x 1\n".getBytes(StandardCharsets.UTF_8), new Health(Verdict.OK, Map.of()));
    private String token;
    private MetricsServer door;

    @BeforeEach
    void open() throws Exception {
        Token read = Token.in(home, new SecureRandom());
        token = "Authorization: Bearer "
                + Files.readString(home.resolve(Token.FILE)).strip();
        door = MetricsServer.open(loopback(), () -> published, Optional.of(read));
    }

    @AfterEach
    void close() {
        door.close();
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** As raw text: Java's client sets the host itself. */
    private String ask(String method, String path, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            socket.getOutputStream()
                    .write((method + " " + path + " HTTP/1.1\r\nConnection: close\r\n" + lines + "\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private int status(String method, String path, String... headers) throws IOException {
        return Integer.parseInt(ask(method, path, headers).split(" ")[1]);
    }

    @Test
    void whoKnowsTheTokenIsTold() throws Exception {
        String answer = ask("GET", "/metrics", "Host: 127.0.0.1:1", token);
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.endsWith("partyline_x 1\n"), answer);
        assertEquals(200, status("GET", "/health", "Host: localhost", token));
        assertEquals(200, status("HEAD", "/metrics", "Host: [::1]:9470", token));
    }

    @Test
    void whoDoesNotKnowItIsToldNothing() throws Exception {
        for (String path : new String[] {"/metrics", "/health", "/"}) {
            assertEquals(401, status("GET", path, "Host: 127.0.0.1"));
            assertEquals(401, status("GET", path, "Host: 127.0.0.1", token + "0"));
            assertTrue(!ask("GET", path, "Host: 127.0.0.1").contains("partyline_x"));
        }
    }

    @Test
    void aPageThatHasItsOwnNamePointHereIsToldNothing() throws Exception {
        assertEquals(421, status("GET", "/metrics", "Host: evil.example", token));
        assertEquals(421, status("GET", "/metrics", "Host: 127.0.0.1.evil.example", token));
        // Java's server itself rejects a request without a host.
        assertEquals(400, status("GET", "/metrics", token));
    }

    @Test
    void nothingElseIsAnswered() throws Exception {
        assertEquals(404, status("GET", "/", "Host: 127.0.0.1", token));
        assertEquals(404, status("GET", "/metrics/../etc/passwd", "Host: 127.0.0.1", token));
        assertEquals(405, status("POST", "/metrics", "Host: 127.0.0.1", "Content-Length: 0", token));
        assertEquals(405, status("DELETE", "/health", "Host: 127.0.0.1", token));
    }

    @Test
    void whatIsUnsafeIsAStatusOfItsOwn() throws Exception {
        published = new Published(new byte[0], new Health(Verdict.WARNING, Map.of("disk", Verdict.WARNING)));
        assertEquals(200, status("GET", "/health", "Host: 127.0.0.1", token));
        published = new Published(new byte[0], new Health(Verdict.UNSAFE, Map.of("clock", Verdict.UNSAFE)));
        String answer = ask("GET", "/health", "Host: 127.0.0.1", token);
        assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
        assertTrue(answer.endsWith("{\"health\":\"unsafe\",\"checks\":{\"clock\":\"unsafe\"}}\n"), answer);
        published = null;
        assertEquals(503, status("GET", "/metrics", "Host: 127.0.0.1", token));
    }

    @Test
    void noOtherAddressIsListenedAt() throws Exception {
        InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 0);
        assertThrows(
                IllegalArgumentException.class,
                () -> MetricsServer.open(everywhere, () -> published, Optional.empty())
                        .close());
    }

    @Test
    void whoeverAsksIsToldWhereTheOperatorSaysSo() throws Exception {
        door.close();
        door = MetricsServer.open(loopback(), () -> published, Optional.empty());
        assertEquals(200, status("GET", "/metrics", "Host: 127.0.0.1"));
        assertEquals(421, status("GET", "/metrics", "Host: evil.example"));
    }
}
