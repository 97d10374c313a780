package org.partyline.itests.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A separate network (a Linux network namespace) for a server: loopback, with the proxy at one of its ports; and a link
 * with the default routes of IPv4 and IPv6 that leads nowhere, where the kernel counts each outgoing packet. The link
 * sends nothing itself.
 */
final class Sandbox implements AutoCloseable {
    /** The proxy's port inside. */
    static final int PROXY_PORT = 9050;

    private static final String LINK = "out0";
    private static final String SET_UP = String.join(
            "\n",
            "set -e",
            "ip link set lo up",
            "ip link add out0 type veth peer name out1",
            "for link in out0 out1; do",
            "  for key in accept_ra autoconf router_solicitations dad_transmits; do",
            "    if [ -e /proc/sys/net/ipv6/conf/$link/$key ]; then echo 0 >/proc/sys/net/ipv6/conf/$link/$key; fi",
            "  done",
            "  if [ -e /proc/sys/net/ipv6/conf/$link/addr_gen_mode ]; then echo 1 >/proc/sys/net/ipv6/conf/$link/addr_gen_mode; fi",
            "  ip link set $link arp off multicast off",
            "done",
            "ip addr add 192.0.2.2/24 dev out0",
            "ip link set out1 up",
            "ip link set out0 up",
            "ip route add default via 192.0.2.1 dev out0",
            "if [ -e /proc/sys/net/ipv6/conf/out0 ]; then",
            "  echo 1 >/proc/sys/net/ipv6/conf/out1/disable_ipv6",
            "  ip -6 addr add 2001:db8::2/64 dev out0 nodad",
            "  ip -6 route add default via 2001:db8::1 dev out0",
            "fi",
            // Name servers outside this machine: a query to one is a packet on the link.
            "mount --bind \"$1\" /etc/resolv.conf",
            "echo ready",
            "exec cat");

    private final Process holder;
    private final Process inside;
    private final List<ServerSocketChannel> listeners = new ArrayList<>();

    /**
     * @param directory for its sockets; with a short path
     * @param proxyPort of the proxy, on 127.0.0.1 outside
     */
    Sandbox(Path directory, int proxyPort) {
        try {
            Path names = Files.writeString(
                    directory.resolve("resolv.conf"), "nameserver 192.0.2.53\nnameserver 2001:db8::53\n");
            holder = start(unshare("sh", "-c", SET_UP, "sandbox", names.toString()));
            expect(holder, "ready");
            Path proxy = directory.resolve("proxy");
            ServerSocketChannel proxyListener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listeners.add(proxyListener);
            proxyListener.bind(UnixDomainSocketAddress.of(proxy));
            Pipes.listen(proxyListener, () -> SocketChannel.open(new InetSocketAddress("127.0.0.1", proxyPort)));
            List<String> words = new ArrayList<>(enter());
            words.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    Path.of("target", "test-classes").toAbsolutePath().toString(),
                    Inside.class.getName(),
                    Integer.toString(PROXY_PORT),
                    proxy.toString()));
            inside = start(words);
            expect(inside, "ready");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns why none can be created here; empty if one can. */
    static Optional<String> missing() {
        try {
            Process trial = new ProcessBuilder(
                            unshare("sh", "-c", "ip link add x type veth peer name y && mount --bind / /mnt"))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return trial.waitFor() == 0
                    ? Optional.empty()
                    : Optional.of(
                            "no network namespace can be made here (it takes Linux, root or user namespaces, and iproute2): "
                                    + said.strip());
        } catch (IOException e) {
            return Optional.of("no network namespace can be made here: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<String> unshare(String... command) {
        List<String> words = new ArrayList<>(List.of("unshare", "--net", "--mount"));
        if (!root()) {
            words.addAll(List.of("--user", "--map-root-user"));
        }
        words.addAll(List.of(command));
        return words;
    }

    /** Returns the prefix of a command that runs inside. */
    List<String> enter() {
        List<String> words =
                new ArrayList<>(List.of("nsenter", "--target", Long.toString(holder.pid()), "--net", "--mount"));
        if (!root()) {
            words.addAll(List.of("--user", "--preserve-credentials"));
        }
        // Otherwise, nsenter with a mount namespace changes to its root directory.
        words.add("--wd=" + Path.of("").toAbsolutePath());
        words.add("--");
        return words;
    }

    /** Closes the proxy's port. */
    void closeProxy() {
        order("close");
    }

    /** Reopens the proxy's port. */
    void openProxy() {
        order("open");
    }

    private void order(String word) {
        try {
            OutputStream orders = inside.getOutputStream();
            orders.write((word + "\n").getBytes(StandardCharsets.UTF_8));
            orders.flush();
            expect(inside, "done");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the number of outgoing packets so far, of any kind. */
    long packets() {
        try {
            String counters = Files.readAllLines(Path.of("/proc", Long.toString(holder.pid()), "net", "dev")).stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith(LINK + ":"))
                    .findFirst()
                    .orElseThrow();
            // After the name: eight numbers about received data, then bytes and packets sent, errors, drops.
            String[] numbers = counters.substring(LINK.length() + 1).strip().split("\\s+");
            return Long.parseLong(numbers[9]) + Long.parseLong(numbers[10]) + Long.parseLong(numbers[11]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program inside, to its end. */
    void run(String... command) {
        List<String> words = new ArrayList<>(enter());
        words.addAll(List.of(command));
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Process start(List<String> words) throws IOException {
        // Standard input stays open: a program that reads it ends when the tests do, however they end.
        return new ProcessBuilder(words).redirectErrorStream(true).start();
    }

    private static void expect(Process process, String word) throws IOException {
        StringBuilder said = new StringBuilder();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 1);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.equals(word)) {
                return;
            }
            said.append(line).append('\n');
        }
        throw new IOException("did not say " + word + ": " + said);
    }

    @Override
    public void close() {
        inside.destroyForcibly();
        holder.destroyForcibly();
        for (ServerSocketChannel listener : listeners) {
            try {
                listener.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
