package org.partyline.itests.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.Firefox;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Ports;
import org.partyline.itests.harness.Programs;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * A browser logs in and follows events from another machine in each way described in docs/web.md: through an SSH
 * tunnel, a reverse proxy with TLS, and an onion service. The server also reaches its own node as an onion service. The
 * programs are real; the Tor network is a separate one.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
class TunnelIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PASSPHRASE = "correct horse battery staple";
    private static final String CHANNEL = "lobby";
    private static final String NAME = "talk.example.org";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PORT = Ports.free();

    private static RegtestNode node;
    private static Operator alice;

    @TempDir
    Path directory;

    @BeforeAll
    static void startAServerWithAPage() {
        node = RegtestNode.start(true, 100_000);
        node.createWallet("alice", 20, 50_000);
        alice = new Operator(PartylineServer.create("alice").start());
        alice.setUp("Alice");
        alice.createChannel(CHANNEL, PASSPHRASE, "--network", "regtest");
        assertEquals(0, alice.server().run("config", "web.port", "" + PORT).status());
        alice.server().json("web-start");
    }

    @AfterAll
    static void endIt() throws Exception {
        alice.server().close();
        node.close();
    }

    @BeforeEach
    void findCurl() {
        assumeTrue(Programs.exists("curl"), "there is no curl: install the package curl");
    }

    /** @param reach curl options for reaching the server @param origin as the browser shows it */
    private record Way(List<String> reach, String origin) {
        List<String> ask(String path, String... options) {
            return Stream.of(
                            Stream.of("curl", "-sS", "--max-time", "50"),
                            reach.stream(),
                            Stream.of("-H", "Origin: " + origin),
                            Stream.of(options),
                            Stream.of(origin + path))
                    .flatMap(one -> one)
                    .toList();
        }
    }

    private static String run(List<String> command) {
        return Programs.run(new ProcessBuilder(command), LIMIT);
    }

    private static boolean answers(Way way) {
        try {
            return run(way.ask("/livez", "--fail")).contains("live");
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Logs in, reads, sends, and follows an event as it occurs. */
    private void use(Way way, String text) throws IOException {
        Wait.until("the server through " + way.origin(), () -> answers(way));
        String link = alice.server().json("web-login").get("link").asText();
        Path head = directory.resolve("head");
        String csrf = JSON.readTree(run(way.ask(
                        "/session",
                        "--fail",
                        "-D",
                        head.toString(),
                        "--data-raw",
                        link.substring(link.indexOf('#') + 1))))
                .get("csrf")
                .asText();
        String given = Files.readAllLines(head).stream()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("set-cookie: "))
                .findFirst()
                .orElseThrow();
        assertEquals(way.origin().startsWith("https:"), given.contains("; Secure"), given);
        String cookie = "Cookie: " + given.substring("set-cookie: ".length()).replaceAll(";.*", "");
        String token = "X-CSRF-Token: " + csrf;
        assertTrue(run(way.ask("/v1/conversations", "--fail", "-H", cookie, "-H", token))
                .contains(CHANNEL));

        Path seen = directory.resolve("events");
        Process following = Programs.start(
                seen,
                way.ask("/v1/events?after=now", "-N", "-H", "Accept: text/event-stream", "-H", cookie, "-H", token));
        try {
            Wait.until("the stream is open", () -> Files.readString(seen).contains("caught-up"));
            String sent = run(way.ask(
                    "/v1/conversations/" + CHANNEL + "/messages",
                    "-H",
                    cookie,
                    "-H",
                    token,
                    "-H",
                    "Content-Type: application/json",
                    "-d",
                    "{\"text\":\"" + text + "\"}"));
            long id = JSON.readTree(sent).path("id").asLong();
            assertTrue(id > 0, sent);
            Wait.until(
                    "the event of message " + id, () -> Files.readString(seen).contains("\"message_id\":" + id));
        } finally {
            following.destroyForcibly();
        }
    }

    @Test
    void throughAnSshTunnel() throws Exception {
        assumeTrue(
                Programs.find("sshd").isPresent() && Programs.exists("ssh"),
                "there is no SSH server: install the packages openssh-server and openssh-client");
        if (System.getProperty("user.name").equals("root")) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        List<Integer> ports = Ports.free(2);
        for (String key : List.of("host", "user")) {
            run(List.of(
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-f",
                    directory.resolve(key).toString()));
        }
        Path settings = Files.writeString(
                directory.resolve("sshd_config"),
                String.join(
                        "\n",
                        "ListenAddress 127.0.0.1:" + ports.get(0),
                        "HostKey " + directory.resolve("host"),
                        "AuthorizedKeysFile " + directory.resolve("user.pub"),
                        "PidFile none",
                        "StrictModes no",
                        "UsePAM no",
                        ""));
        Process server = Programs.start(
                directory.resolve("sshd.out"),
                List.of(Programs.find("sshd").orElseThrow().toString(), "-D", "-e", "-f", settings.toString()));
        Process tunnel = null;
        try {
            Way way = new Way(List.of(), "http://127.0.0.1:" + ports.get(1));
            List<String> ssh = new ArrayList<>(List.of("ssh", "-F", "none", "-N"));
            for (String option : List.of(
                    "StrictHostKeyChecking=no",
                    "UserKnownHostsFile=/dev/null",
                    "ConnectionAttempts=30",
                    "ExitOnForwardFailure=yes",
                    "BatchMode=yes")) {
                ssh.addAll(List.of("-o", option));
            }
            ssh.addAll(List.of(
                    "-i",
                    directory.resolve("user").toString(),
                    "-p",
                    "" + ports.get(0),
                    "-L",
                    ports.get(1) + ":127.0.0.1:" + PORT,
                    "127.0.0.1"));
            tunnel = Programs.start(directory.resolve("ssh.out"), ssh);
            use(way, "through the tunnel");
        } finally {
            server.destroyForcibly();
            if (tunnel != null) {
                tunnel.destroyForcibly();
            }
        }
    }

    @Test
    void throughAReverseProxyWithTls() throws Exception {
        assumeTrue(
                Programs.find("nginx").isPresent() && Programs.exists("openssl"),
                "there is no nginx: install the packages nginx-light and openssl");
        int port = Ports.free();
        Path key = directory.resolve("key.pem");
        Path certificate = directory.resolve("certificate.pem");
        run(List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + NAME,
                "-addext",
                "subjectAltName=DNS:" + NAME,
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString()));
        StringBuilder places = new StringBuilder();
        for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            places.append(kind)
                    .append("_temp_path ")
                    .append(directory.resolve(kind))
                    // The directories of temporary files remain.
                    .append(" 1 2;\n");
        }
        // The block within the braces of location is from docs/web.md.
        Path settings = Files.writeString(
                directory.resolve("nginx.conf"),
                "daemon off;\nmaster_process off;\npid " + directory.resolve("pid")
                        + ";\nerror_log stderr;\nevents {}\nhttp {\naccess_log " + directory.resolve("access.log")
                        + ";\n"
                        + places + "server {\nlisten 127.0.0.1:" + port + " sndbuf=4k ssl;\nserver_name " + NAME
                        + ";\nssl_certificate " + certificate + ";\nssl_certificate_key " + key
                        + ";\nlocation / {\n" + documented() + "}\n}\n}\n");
        assertEquals(0, alice.server().run("config", "web.hosts", NAME).status());
        Process nginx = Programs.start(
                directory.resolve("nginx.out"),
                List.of(Programs.find("nginx").orElseThrow().toString(), "-c", settings.toString()));
        try {
            Way way = new Way(
                    List.of("--cacert", certificate.toString(), "--resolve", NAME + ":" + port + ":127.0.0.1"),
                    "https://" + NAME + ":" + port);
            use(way, "through the proxy");
            run(way.ask("/v1/openapi.json", "--fail", "--limit-rate", "100k"));
            run(way.ask("/session", "--data-raw", "a".repeat(64 * 1024)));
            for (String kind : List.of("client_body", "proxy")) {
                try (Stream<Path> stored = Files.list(directory.resolve(kind))) {
                    assertEquals(List.of(), stored.toList());
                }
            }
            // While the server does not run, the page asks again and again.
            alice.server().json("web-stop");
            assertTrue(
                    run(way.ask("/v1/conversations/" + CHANNEL + "/messages")).contains("502"));
            alice.server().json("web-start");
            for (String log : List.of("access.log", "nginx.out")) {
                String logged = Files.readString(directory.resolve(log));
                assertFalse(logged.contains(CHANNEL), logged);
            }
        } finally {
            nginx.destroyForcibly();
        }
    }

    /** Returns the lines for nginx from the page about the web server. */
    private static String documented() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String line : Files.readAllLines(Path.of("..", "..", "docs", "web.md"))) {
            if (line.startsWith("    ") && line.endsWith(";")) {
                lines.append(line.strip().replace("9480", "" + PORT)).append('\n');
            }
        }
        assertTrue(lines.toString().contains("proxy_pass http://127.0.0.1:" + PORT), lines::toString);
        return lines.toString();
    }

    @Test
    void throughAnOnionServiceAndToANodeBehindOne() throws Exception {
        assumeTrue(TorNetwork.canRun(), "there is no tor: install the package tor");
        Map<String, Integer> services = Map.of("page", PORT, "rpc", node.url().getPort());
        try (TorNetwork tor = TorNetwork.start(directory, services)) {
            assertEquals(
                    0,
                    alice.server().run("config", "web.hosts", tor.onion("page")).status());
            use(
                    new Way(List.of("--socks5-hostname", tor.proxy()), "http://" + tor.onion("page")),
                    "through the onion service");
            if (Firefox.missing().isEmpty()) {
                useInFirefox(tor);
            }

            Wait.until("the node as an onion service", () -> answersRpc(tor));
            alice.addNode(
                    node.cookieFile(),
                    URI.create("http://" + tor.onion("rpc") + ":80"),
                    "alice",
                    "zmq=none",
                    "poll-interval=1s",
                    "proxy=" + tor.proxy());
            long id = alice.send(CHANNEL, "to a node behind an onion service");
            alice.awaitState(id, "relayed");
            node.mine(1);
            alice.awaitState(id, "in a block");
        }
    }

    /** With Tor Browser's network preferences. */
    private static void useInFirefox(TorNetwork tor) throws IOException {
        String link = alice.server().json("web-login").get("link").asText();
        String[] proxy = tor.proxy().split(":");
        try (Firefox firefox = Firefox.start(Map.of(
                "network.proxy.type",
                1,
                "network.proxy.socks",
                proxy[0],
                "network.proxy.socks_port",
                Integer.parseInt(proxy[1]),
                "network.proxy.socks_remote_dns",
                true,
                "network.dns.blockDotOnion",
                false))) {
            firefox.open("http://" + tor.onion("page") + "/" + link.substring(link.indexOf('#')));
            firefox.await(".entry", CHANNEL);
            firefox.click(".entry", CHANNEL);
            firefox.type("#text", "from Firefox, through Tor\n");
            firefox.await(".price", "Stored as message");
            assertEquals(List.of(), firefox.reports());
        }
    }

    private static boolean answersRpc(TorNetwork tor) throws IOException {
        try {
            return run(List.of(
                            "curl",
                            "-s",
                            "--max-time",
                            "20",
                            "--socks5-hostname",
                            tor.proxy(),
                            "-o",
                            "/dev/null",
                            "-w",
                            "%{http_code}",
                            "http://" + tor.onion("rpc") + "/"))
                    .strip()
                    .matches("[2-5][0-9][0-9]");
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
