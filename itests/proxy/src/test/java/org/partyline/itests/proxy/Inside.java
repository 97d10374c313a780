package org.partyline.itests.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Runs in the network namespace, as a process: joins a port on its loopback to the proxy outside, by a Unix socket. The
 * commands {@code close} and {@code open} on standard input close and reopen the port; it ends with its standard input.
 */
public final class Inside {
    private Inside() {}

    /** @param arguments port of the proxy, its Unix socket */
    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        Path proxy = Path.of(arguments[1]);
        ServerSocketChannel listener = open(port, proxy);
        say("ready");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            if (order.equals("close")) {
                listener.close();
            } else {
                listener = open(port, proxy);
            }
            say("done");
        }
    }

    private static ServerSocketChannel open(int port, Path proxy) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress("127.0.0.1", port));
        Pipes.listen(listener, () -> SocketChannel.open(UnixDomainSocketAddress.of(proxy)));
        return listener;
    }

    private static void say(String word) throws IOException {
        System.out.write((word + "\n").getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }
}
