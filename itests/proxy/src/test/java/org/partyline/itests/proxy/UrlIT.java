package org.partyline.itests.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.ShowLogs;

/** Checks that no command that takes a URL connects: that would bypass the network policy. */
@ExtendWith(ShowLogs.class)
class UrlIT {
    @TempDir
    Path directory;

    /** Counts connections. */
    private static final class Listener implements AutoCloseable {
        private final ServerSocket socket = open();
        private final List<String> came = new CopyOnWriteArrayList<>();

        Listener() {
            Thread thread = new Thread(this::run, "listener");
            thread.setDaemon(true);
            thread.start();
        }

        private static ServerSocket open() {
            try {
                return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void run() {
            try {
                while (true) {
                    try (Socket one = socket.accept()) {
                        came.add(one.toString());
                    }
                }
            } catch (IOException e) {
                // The test is over.
                came.size();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void noCommandThatTakesAUrlConnects() throws Exception {
        try (Listener listener = new Listener();
                PartylineServer server = PartylineServer.create("urls")) {
            new NetworkSettingsFile(server).write("", "true");
            server.start();
            List<String> wrong = new ArrayList<>();
            UrlCommands.to("127.0.0.1", listener.socket.getLocalPort(), directory)
                    .forEach((line, expected) -> {
                        int before = listener.came.size();
                        Reply reply = server.type(UrlCommands.typed(line));
                        if (listener.came.size() > before) {
                            wrong.add("connected: " + line);
                        } else if (!reply.text().contains(expected)) {
                            wrong.add("did not say '" + expected + "': " + line + ": " + reply.text());
                        }
                    });

            assertEquals(List.of(), wrong);
            assertEquals(List.of(), listener.came, "also what is tried again later");

            // Checks that the listener counts.
            URL url = new URL("http://127.0.0.1:" + listener.socket.getLocalPort() + "/x");
            assertThrows(IOException.class, url::openStream);
            assertFalse(listener.came.isEmpty(), "a connection is counted");
        }
    }
}
