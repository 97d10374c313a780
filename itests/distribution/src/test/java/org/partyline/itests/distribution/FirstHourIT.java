package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The first hour of someone at a terminal: the tour, and the lines above the prompt when a message arrives. */
public class FirstHourIT {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path distribution;
    private Path home;
    private Process terminal;
    private Screen screen;

    @After
    public void stop() throws Exception {
        if (terminal != null) {
            type("\u0003\u0015exit\r");
            if (!terminal.waitFor(60, TimeUnit.SECONDS)) {
                builder(distribution + "/partyline", "stop").start().waitFor(60, TimeUnit.SECONDS);
                terminal.destroyForcibly();
            }
        }
    }

    @Test(timeout = 300_000)
    public void theTourIsPlayedAndThenAMessageIsSaidAboveWhatIsTyped() throws Exception {
        start();
        answer("say [", "Guten Tag, Bob\r");
        answer("say --burn [", "\r");
        answer("say [Oops", "\r");
        answer("recall (Enter)", "\r");
        answer("rolling [One line", "\r");
        answer("rolling [And", "\r");
        answer("suite-prefer AES_256_GCM (Enter)", "\r");
        answer("say [The same", "\r");
        int end = screen.await("Try it yourself", 0);
        String tour = screen.shown();
        assertTrue(tour, tour.contains("Guten Tag, Bob"));
        assertTrue(tour, tour.contains("reads it a second time: there is no message"));
        assertTrue(tour, tour.contains("Recalled: 1 transaction replaced"));
        assertTrue(tour, tour.contains("Sealed with AES_256_GCM"));
        String order = succeeds("suite-list");
        assertTrue(order, order.indexOf("XCHACHA20_POLY1305") < order.indexOf("AES_256_GCM"));

        // Ready for a line: it makes the terminal mark pasted text.
        screen.await("\u001b[?2004h", end);
        int before = screen.length();
        type("say half a li");
        screen.await("half a li", before);
        before = screen.length();
        succeeds("say --persona bob \u202eMeanwhile");
        int said = screen.await("bob", before);
        screen.await("lobby", said);
        int again = screen.await("half a li", said);
        String shown = screen.shown().substring(before);
        assertFalse(shown, shown.contains("Meanwhile"));
        assertFalse(shown, shown.contains("\u202e"));

        before = again;
        succeeds("config notices words");
        succeeds("say --persona bob \u202eAgain");
        screen.await("Again", before);
        assertFalse(
                screen.shown().substring(before),
                screen.shown().substring(before).contains("\u202e"));
        type("ne\r");
        screen.await("\u001b[?2004h", screen.length());
        String messages = succeeds("messages --from alice");
        assertTrue(messages, messages.contains("half a line"));
    }

    private void start() throws Exception {
        Path root = folder.getRoot().toPath();
        assertEquals(
                0,
                new ProcessBuilder("tar", "-xzf", System.getProperty("partyline.distribution"), "-C", root.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
        distribution = root.resolve("partyline-" + System.getProperty("project.version"));
        home = root.resolve("home");
        terminal = builder("script", "-qfec", "stty rows 30 cols 100; " + distribution + "/partyline tour", "/dev/null")
                .redirectErrorStream(true)
                .start();
        screen = new Screen(terminal.getInputStream());
    }

    private int answered;

    private void answer(String question, String keys) throws Exception {
        answered = screen.await(question, answered);
        type(keys);
    }

    private void type(String keys) throws IOException {
        OutputStream keyboard = terminal.getOutputStream();
        keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    private String succeeds(String command) throws Exception {
        Process process =
                builder(distribution + "/partyline", "command", command).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue("the script hangs", process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(err, 0, process.exitValue());
        return out;
    }

    private ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.getRoot());
        builder.environment().put("PARTYLINE_HOME", home.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TERM", "xterm");
        // So that there are no colour codes in the text read here.
        builder.environment().put("NO_COLOR", "1");
        return builder;
    }

    /** The output sent to a terminal. */
    private static final class Screen {
        private final StringBuilder shown = new StringBuilder();
        private boolean ended;

        Screen(InputStream from) {
            Thread reading = new Thread(() -> read(new InputStreamReader(from, StandardCharsets.UTF_8)), "screen");
            reading.setDaemon(true);
            reading.start();
        }

        private void read(Reader from) {
            char[] some = new char[4096];
            try {
                for (int count = from.read(some); count >= 0; count = from.read(some)) {
                    synchronized (this) {
                        shown.append(some, 0, count);
                        notifyAll();
                    }
                }
            } catch (IOException e) {
                // It is closed.
            }
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }

        synchronized int length() {
            return shown.length();
        }

        synchronized String shown() {
            return shown.toString();
        }

        /** @return where the text ends */
        synchronized int await(String text, int from) throws InterruptedException {
            while (shown.indexOf(text, from) < 0) {
                assertFalse("it ended: " + shown, ended);
                wait();
            }
            return shown.indexOf(text, from) + text.length();
        }
    }
}
