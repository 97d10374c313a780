package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests as raw text, since Java's client sets some headers itself. */
record RawHttp(Door door) {
    static final String HOST = "Host: 127.0.0.1";
    private static final int PATIENCE_MILLIS = 60_000;

    static InetSocketAddress loopback() {
        assertEquals("10", ShippedLimits.get(ShippedLimits.SLOWEST));
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), door.address().getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** @param line method and path @return the whole response */
    String ask(String line, String body, String... headers) throws IOException {
        try (Socket socket = connect()) {
            String head = line + " HTTP/1.1\r\nConnection: close\r\n" + String.join("\r\n", headers)
                    + (headers.length == 0 ? "" : "\r\n");
            socket.getOutputStream().write((head + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    String get(String path, String... headers) throws IOException {
        return ask("GET " + path, "", headers);
    }

    static int status(String answer) {
        Matcher matcher = Pattern.compile("HTTP/1\\.1 ([0-9]{3})").matcher(answer);
        assertTrue(matcher.lookingAt(), answer);
        return Integer.parseInt(matcher.group(1));
    }
}
