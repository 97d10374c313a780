package org.partyline.itests.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.api.transport.ProxyChoice;
import org.partyline.itests.harness.Ports;
import org.partyline.itests.harness.Wait;
import org.partyline.networkpolicy.NetworkPolicyComponent;

/**
 * Checks that the real Tor accepts our handshake, and separates the nodes by their credentials.
 *
 * <p>It checks nothing else: this Tor knows no network, so that the test is the same with and without one. No circuit
 * is built, and nothing is reached.
 */
class TorIT {
    private static final Pattern STREAM = Pattern.compile(
            "650 STREAM [0-9]+ NEW 0 (\\S+):80 .*SOCKS_USERNAME=\"([^\"]+)\" SOCKS_PASSWORD=\"([^\"]+)\".* ISO_FIELDS=(\\S+).*");

    @TempDir
    Path directory;

    private record TorStream(String host, String user, String password, String isolation) {}

    private static Optional<Path> tor() {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin"))
                .map(place -> Path.of(place, "tor"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Test
    void torTakesOurLoginAndIsolatesEachNode() throws Exception {
        Optional<Path> tor = tor();
        assumeTrue(tor.isPresent(), "there is no tor: install the package tor");
        List<Integer> ports = Ports.free(2);
        Path settings = Files.writeString(
                directory.resolve("torrc"),
                String.join(
                        "\n",
                        "SocksPort 127.0.0.1:" + ports.get(0) + " IsolateSOCKSAuth ExtendedErrors",
                        "ControlPort 127.0.0.1:" + ports.get(1),
                        "DataDirectory " + directory.resolve("data"),
                        "Log notice stdout",
                        "UseDefaultFallbackDirs 0",
                        "DirAuthority nobody orport=1 v3ident=0000000000000000000000000000000000000001 127.0.0.1:1"
                                + " 0000000000000000000000000000000000000002",
                        "SocksTimeout 2",
                        ""));
        Process process = new ProcessBuilder(
                        tor.get().toString(), "--defaults-torrc", "/dev/null", "-f", settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        try (Socket control = control(process, ports.get(1))) {
            NetworkPolicyComponent policy =
                    new NetworkPolicyComponent(Map.of("proxy", "127.0.0.1:" + ports.get(0), "proxy-required", "true"));

            // Tor itself rejects an address with a wrong checksum: after the handshake, and by the name.
            NetworkException wrong = refused(policy, "core", "a".repeat(56) + ".onion");
            assertEquals(NetworkException.Reason.UNREACHABLE, wrong.reason());
            assertTrue(wrong.getMessage().contains("the onion address is wrong"), wrong.getMessage());

            // A name waits for a circuit that is never built.
            assertEquals(
                    NetworkException.Reason.UNREACHABLE,
                    refused(policy, "core", "core.example.org").reason());
            assertEquals(
                    NetworkException.Reason.UNREACHABLE,
                    refused(policy, "attic", "attic.example.org").reason());

            List<TorStream> streams = streams(control);
            assertEquals(
                    List.of("core.example.org", "attic.example.org"),
                    streams.stream().map(TorStream::host).toList());
            TorStream core = streams.get(0);
            TorStream attic = streams.get(1);
            assertTrue(!core.user().equals(attic.user()) && !core.password().equals(attic.password()));
            assertTrue(core.isolation().contains("SOCKS_USERNAME"), core.isolation());
            assertTrue(core.isolation().contains("SOCKS_PASSWORD"), core.isolation());
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private static NetworkException refused(NetworkPolicyComponent policy, String node, String host) {
        return assertThrows(
                NetworkException.class,
                () -> policy.connect(
                        new NetworkTarget(node, node, host, 80, ProxyChoice.SERVER), Duration.ofSeconds(30)));
    }

    private Socket control(Process process, int port) throws IOException {
        Socket socket = Wait.forAnswer("Tor's control port", () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("tor ended: " + Files.readString(directory.resolve("log")));
            }
            try {
                return Optional.of(new Socket("127.0.0.1", port));
            } catch (IOException e) {
                return Optional.empty();
            }
        });
        socket.getOutputStream().write("AUTHENTICATE\r\nSETEVENTS STREAM\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Returns the streams reported by Tor that are not its own and wait for a circuit. */
    private static List<TorStream> streams(Socket control) throws IOException {
        control.getOutputStream().write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
        List<TorStream> streams = new ArrayList<>();
        BufferedReader told =
                new BufferedReader(new InputStreamReader(control.getInputStream(), StandardCharsets.US_ASCII));
        for (String line = told.readLine(); line != null; line = told.readLine()) {
            Matcher matcher = STREAM.matcher(line);
            if (matcher.matches() && !matcher.group(1).endsWith(".onion")) {
                streams.add(new TorStream(matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4)));
            }
        }
        return streams;
    }
}
