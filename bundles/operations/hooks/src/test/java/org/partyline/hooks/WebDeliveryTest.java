package org.partyline.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Events.Event;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.testkit.HandSetClock;

class WebDeliveryTest {
    private static final Event EVENT = FakeLog.event(4, Type.STATE);
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private record Request(String target, Headers headers, String body) {}

    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final HandSetClock clock = new HandSetClock();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<NetworkTarget> connected = new CopyOnWriteArrayList<>();
    private NetworkRoute route = NetworkRoute.LOOPBACK;
    private Duration longest = WebDelivery.LONGEST;
    private SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
    private HttpServer server;
    private int status = 204;

    @BeforeEach
    void start() throws IOException {
        server = listen(HttpServer.create());
    }

    private HttpServer listen(HttpServer made) throws IOException {
        made.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        made.createContext("/", this::answer);
        made.start();
        return made;
    }

    @AfterEach
    void stop() {
        server.stop(0);
        thread.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(new Request(
                exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                exchange.getRequestHeaders(),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII)));
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** All names resolve to this machine. */
    private final class Policy implements NetworkPolicy {
        @Override
        public NetworkRoute route(NetworkTarget target) {
            return route;
        }

        @Override
        public Socket connect(NetworkTarget target, Duration timeout) throws IOException {
            connected.add(target);
            return new Socket(InetAddress.getLoopbackAddress(), target.port());
        }
    }

    private Optional<String> deliver(String url, boolean privately) {
        HookRecord hook = HookRecord.web("00", "ntfy", url, privately, SECRET, Instant.EPOCH);
        return new WebDelivery(Policy::new, tls, thread, longest, clock).deliver(hook, EVENT);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** The example in the specification and its libraries. */
    @Test
    void aSignatureIsThatOfStandardWebhooks() {
        byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.US_ASCII);
        assertEquals(
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                Signature.of(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body));
        String made = Signature.secret(new SecureRandom());
        assertTrue(made.matches("whsec_[A-Za-z0-9+/]{43}="), "the form of a secret");
    }

    @Test
    void anEventIsPostedWithItsNumbersAndNoName() {
        assertEquals(Optional.empty(), deliver(url("/hook?to=me"), true));
        Request request = requests.get(0);
        assertEquals("POST /hook?to=me", request.target());
        assertEquals(
                "{\"cursor\":4,\"type\":\"state\",\"time\":\"2026-11-30T12:00:00.000Z\",\"conversation\":null,"
                        + "\"message_id\":7,\"subject\":null,\"state\":\"relayed\",\"message\":null,\"from\":null,\"to\":null}",
                request.body());
        assertEquals("application/json", request.headers().getFirst("content-type"));
        assertEquals("evt_00_4", request.headers().getFirst("webhook-id"));
        long time = clock.instant().getEpochSecond();
        assertEquals(Long.toString(time), request.headers().getFirst("webhook-timestamp"));
        assertEquals(
                Signature.of(SECRET, "evt_00_4", time, request.body().getBytes(StandardCharsets.US_ASCII)),
                request.headers().getFirst("webhook-signature"));
        clock.pass(Duration.ofMinutes(1));
        deliver(url("/"), true);
        assertEquals("evt_00_4", requests.get(1).headers().getFirst("webhook-id"));
        assertFalse(
                request.headers()
                        .getFirst("webhook-signature")
                        .equals(requests.get(1).headers().getFirst("webhook-signature")),
                "signed again");
        assertEquals("hook 00", connected.get(0).circuit());
    }

    @Test
    void anAnswerThatDoesNotAcceptIsAFailureAndNoRedirectIsFollowed() {
        status = 500;
        assertEquals(Optional.of("the address answered with status 500"), deliver(url("/"), true));
        status = 307;
        assertEquals(
                Optional.of("the address answered with status 307; redirects are not followed"),
                deliver(url("/"), true));
        assertEquals(2, requests.size());
        server.stop(0);
        assertEquals(Optional.of("the address does not answer, or not as a web server does"), deliver(url("/"), true));
    }

    private Optional<String> deliverTo(String response) throws IOException {
        try (ServerSocket open = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> {
                try (Socket socket = open.accept()) {
                    socket.getOutputStream().write(response.getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The other side has read enough.
                }
            });
            answering.start();
            return deliver("http://127.0.0.1:" + open.getLocalPort(), true);
        }
    }

    @Test
    void interimResponsesAreNotTheAnswer() throws IOException {
        String hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nHTTP/1.1 200 OK: a header\r\n\r\n";
        assertEquals(Optional.empty(), deliverTo("HTTP/1.1 100 Continue\r\n\r\n" + hints + "HTTP/1.1 204 No\r\n\r\n"));
        assertEquals(
                Optional.of("the address answered with status 500"), deliverTo(hints + "HTTP/1.1 500 Error\r\n\r\n"));
        Optional<String> none = Optional.of("the address does not answer, or not as a web server does");
        assertEquals(none, deliverTo(hints));
        assertEquals(none, deliverTo(hints.repeat(100) + "HTTP/1.1 204 No\r\n\r\n"));
    }

    /** As after a change of the name's address, or with an attacker's name server. */
    @Test
    void aNameThatLeadsToThisMachineGetsNothing() throws Exception {
        route = NetworkRoute.DIRECT;
        String named = "https://hooks.example.org:" + server.getAddress().getPort() + "/";
        assertEquals(
                Optional.of("the name of the address leads to this machine or a private network"),
                deliver(named, false));
        assertEquals(1, connected.size());
        assertEquals(List.of(), requests);
        assertTrue(deliver(named, true).orElseThrow().contains("TLS"));
    }

    @Test
    void oneThatDoesNotAnswerIsNotAwaitedForever() throws IOException {
        longest = Duration.ofMillis(200);
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertEquals(
                    Optional.of("the address does not answer, or not as a web server does"),
                    deliver("http://127.0.0.1:" + silent.getLocalPort(), true));
        }
    }

    @Test
    void aCertificateMustBeTrustedAndOfTheName(@TempDir Path directory) throws Exception {
        Path keys = directory.resolve("keys");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "a",
                        "-dname",
                        "CN=hooks.example.org",
                        "-ext",
                        "SAN=dns:hooks.example.org",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile())
                .start();
        assertEquals(0, keytool.waitFor());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, "changeit".toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), new SecureRandom());
        server.stop(0);
        HttpsServer secure = HttpsServer.create();
        secure.setHttpsConfigurator(new HttpsConfigurator(context));
        server = listen(secure);
        String port = ":" + server.getAddress().getPort() + "/";

        String refused = "the address has no certificate that this machine accepts, or does not speak TLS";
        assertEquals(Optional.of(refused), deliver("https://hooks.example.org" + port, true));
        tls = context.getSocketFactory();
        assertEquals(Optional.of(refused), deliver("https://other.example.org" + port, true));
        assertEquals(List.of(), requests);
        assertEquals(Optional.empty(), deliver("https://hooks.example.org" + port, true));
        assertEquals(1, requests.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1/",
                "https://localhost/",
                "https://LOCALHOST:8443/",
                "https://[::1]/",
                "https://[::ffff:10.0.0.1]/",
                "https://10.1.2.3/",
                "https://192.168.0.1/",
                "https://172.16.0.1/",
                "https://169.254.169.254/latest/meta-data",
                "https://100.64.0.1/",
                "https://0.0.0.0/",
                "https://255.255.255.255/",
                "https://[fd00::1]/",
                "https://[fe80::1]/",
                "https://[64:ff9b::a00:1]/",
                "https://[2002:a00:1::]/",
                "http://example.org/",
                "https://user@example.org/",
                "https://example.org/#here",
                "ftp://example.org/",
                "https:///nowhere",
                "example.org"
            })
    void anAddressThatIsNotOfTheInternetOrNotSafeIsRefused(String url) {
        assertThrows(PartylineException.class, () -> WebAddress.of(URI.create(url), false));
    }

    @Test
    void whatIsMeantIsAccepted() throws Exception {
        assertEquals(
                new WebAddress(true, "example.org", 443, "/a?b=c"),
                WebAddress.of(URI.create("https://example.org/a?b=c"), false));
        assertEquals(
                "example.org",
                WebAddress.of(URI.create("https://example.org"), false).authority());
        assertEquals(
                "[2a00::1]:8443",
                WebAddress.of(URI.create("https://[2a00::1]:8443/"), false).authority());
        assertEquals(
                80,
                WebAddress.of(URI.create("http://" + "a".repeat(56) + ".onion/"), false)
                        .port());
        assertEquals(
                8080, WebAddress.of(URI.create("http://127.0.0.1:8080/"), true).port());
        assertThrows(PartylineException.class, () -> WebAddress.of(URI.create("https://user@127.0.0.1/"), true));
    }
}
