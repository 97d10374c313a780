package org.partyline.itests.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.partyline.itests.harness.Ports;
import org.partyline.itests.harness.Programs;
import org.partyline.itests.harness.Wait;

/**
 * A separate Tor network on this machine: three directory authorities, two more relays, and a client that also
 * publishes onion services. It is real except for its size, and knows no other network.
 */
final class TorNetwork implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final List<String> AUTHORITIES = List.of("authority1", "authority2", "authority3");
    private static final List<String> RELAYS = List.of("relay1", "relay2");
    private static final String CLIENT = "client";

    private final Path directory;
    private final String tor;
    private final int socks;
    private final List<Process> running = new ArrayList<>();

    /** @param services names of onion services, each with the local port that it forwards to; its own port is 80 */
    static TorNetwork start(Path directory, Map<String, Integer> services) throws IOException {
        TorNetwork network = new TorNetwork(directory);
        network.start(services);
        return network;
    }

    static boolean canRun() {
        return Programs.find("tor").isPresent() && Programs.exists("tor-gencert");
    }

    private TorNetwork(Path directory) {
        this.directory = directory;
        this.tor = Programs.find("tor").orElseThrow().toString();
        this.socks = Ports.free();
    }

    /** Returns the address of its client's proxy. */
    String proxy() {
        return "127.0.0.1:" + socks;
    }

    private Path home(String name) {
        return directory.resolve(name);
    }

    private String run(String... command) {
        return Programs.run(new ProcessBuilder(command), LIMIT);
    }

    private void start(Map<String, Integer> services) throws IOException {
        Files.writeString(directory.resolve("none"), "");
        Files.writeString(directory.resolve("passphrase"), "only for this test\n");
        List<Integer> ports = Ports.free(2 * AUTHORITIES.size() + RELAYS.size());
        StringBuilder authorities = new StringBuilder();
        for (int i = 0; i < AUTHORITIES.size(); i++) {
            authorities.append(authority(AUTHORITIES.get(i), ports.get(i), ports.get(AUTHORITIES.size() + i)));
        }
        for (int i = 0; i < AUTHORITIES.size(); i++) {
            begin(
                    AUTHORITIES.get(i),
                    relay(ports.get(i)) + "DirPort 127.0.0.1:" + ports.get(AUTHORITIES.size() + i) + """

                            AuthoritativeDirectory 1
                            V3AuthoritativeDirectory 1
                            ExitPolicy accept 127.0.0.0/8:*
                            ExitPolicyRejectPrivate 0
                            ExitRelay 1
                            TestingV3AuthInitialVotingInterval 5
                            TestingV3AuthInitialVoteDelay 2
                            TestingV3AuthInitialDistDelay 2
                            V3AuthVotingInterval 10
                            V3AuthVoteDelay 2
                            V3AuthDistDelay 2
                            """ + authorities);
        }
        for (int i = 0; i < RELAYS.size(); i++) {
            begin(RELAYS.get(i), relay(ports.get(2 * AUTHORITIES.size() + i)) + "ExitRelay 0\n" + authorities);
        }
        StringBuilder published = new StringBuilder("SocksPort " + proxy() + " IsolateSOCKSAuth ExtendedErrors\n");
        services.forEach((name, port) -> published
                .append("HiddenServiceDir ")
                .append(home(CLIENT).resolve(name))
                .append('\n')
                .append("HiddenServicePort 80 127.0.0.1:")
                .append(port)
                .append('\n'));
        begin(CLIENT, published.append(authorities).toString());
        Wait.until(
                "the Tor network",
                () -> Files.exists(home(CLIENT).resolve("log"))
                        && Files.readString(home(CLIENT).resolve("log")).contains("Bootstrapped 100%"));
    }

    /** Creates an authority's keys. @return the line that identifies it for the others */
    private String authority(String name, int port, int directoryPort) throws IOException {
        Path keys = home(name).resolve("keys");
        Files.createDirectories(
                keys, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Programs.run(
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "exec tor-gencert --create-identity-key --passphrase-fd 3 -m 12 -a 127.0.0.1:"
                                        + directoryPort + " 3< " + directory.resolve("passphrase"))
                        .directory(keys.toFile()),
                LIMIT);
        String identity = Files.readAllLines(keys.resolve("authority_certificate")).stream()
                .filter(line -> line.startsWith("fingerprint "))
                .findFirst()
                .orElseThrow()
                .substring("fingerprint ".length());
        String none = directory.resolve("none").toString();
        String listed = run(
                tor,
                "-f",
                none,
                "--defaults-torrc",
                none,
                "--quiet",
                "--list-fingerprint",
                "--DataDirectory",
                home(name).toString(),
                "--Nickname",
                name,
                "--ORPort",
                "127.0.0.1:" + port,
                "--TestingTorNetwork",
                "1",
                "--DirAuthority",
                "nobody orport=1 no-v2 v3ident=" + "0".repeat(39) + "1 127.0.0.1:1 " + "F".repeat(40));
        String fingerprint =
                listed.strip().substring(listed.strip().indexOf(' ')).replace(" ", "");
        return "DirAuthority " + name + " orport=" + port + " no-v2 v3ident=" + identity + " 127.0.0.1:" + directoryPort
                + " " + fingerprint + "\n";
    }

    private static String relay(int port) {
        return "ORPort 127.0.0.1:" + port + "\nAddress 127.0.0.1\nSocksPort 0\n";
    }

    private void begin(String name, String settings) throws IOException {
        Files.createDirectories(
                home(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path file = Files.writeString(
                directory.resolve(name + ".torrc"),
                """
                TestingTorNetwork 1
                ShutdownWaitLength 0
                AssumeReachable 1
                PathsNeededToBuildCircuits 0.25
                TestingDirAuthVoteExit *
                TestingDirAuthVoteHSDir *
                TestingDirAuthVoteGuard *
                V3AuthNIntervalsValid 2
                EnforceDistinctSubnets 0
                VanguardsLiteEnabled 0
                ContactInfo none@example.org
                """
                        + "Nickname " + name + "\nDataDirectory " + home(name) + "\nLog notice file "
                        + home(name).resolve("log") + "\n" + settings);
        running.add(Programs.start(
                directory.resolve(name + ".out"),
                List.of(
                        tor,
                        "-f",
                        file.toString(),
                        "--defaults-torrc",
                        directory.resolve("none").toString(),
                        "--quiet")));
    }

    /** Returns the address of an onion service. */
    String onion(String name) throws IOException {
        return Files.readString(home(CLIENT).resolve(name).resolve("hostname")).strip();
    }

    @Override
    public void close() {
        running.forEach(Process::destroyForcibly);
        running.forEach(process -> process.onExit().join());
    }
}
