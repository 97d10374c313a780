package org.partyline.itests.extension;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.partyline.consolesocket.client.CommandStreams;
import org.partyline.consolesocket.client.ConsoleClient;
import org.partyline.consolesocket.client.TerminalSize;
import org.partyline.itests.harness.Wait;

/** A user at a terminal of a running server. */
final class Keyboard implements AutoCloseable {
    private final ConsoleClient client;
    private final PipedOutputStream keys = new PipedOutputStream();
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    Keyboard(Path home) throws IOException {
        client = ConsoleClient.connect(home);
        PipedInputStream typed = new PipedInputStream(keys);
        Thread console = new Thread(
                () -> {
                    try {
                        client.console(new TerminalSize(120, 40), "vt100", new CommandStreams(typed, screen, screen));
                    } catch (IOException e) {
                        // It was closed; the test reports what is missing on the screen.
                    }
                },
                "keyboard");
        console.setDaemon(true);
        console.start();
        awaitScreen("partyline>");
    }

    /** Presses keys, and waits until the screen has shown a text since. */
    void type(String text, String shown) throws IOException {
        screen.reset();
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
        awaitScreen(shown);
    }

    /** Ignores cursor movements and colours. */
    private void awaitScreen(String text) {
        Wait.until(
                "'" + text + "' on the screen",
                () -> screen.toString(StandardCharsets.UTF_8)
                        .replaceAll("\\e\\[[0-9;?]*[A-Za-z]", "")
                        .contains(text));
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
