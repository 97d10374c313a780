package org.partyline.shell.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.console.History;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.api.console.Terminal;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;

/** A Karaf session that prints into memory and answers from a list. */
public final class FakeSession implements Session {
    /** An answer that simulates Ctrl-C. */
    public static final String CTRL_C = "\u0003";
    /** An answer that simulates Ctrl-D. */
    public static final String CTRL_D = "\u0004";

    private final Map<String, Object> variables = new HashMap<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private PrintStream console = new PrintStream(printed, true, StandardCharsets.UTF_8);
    private final Deque<String> answers = new ArrayDeque<>();
    private final Terminal terminal;
    private Path directory = Path.of("").toAbsolutePath();

    /** Every question that was asked. */
    public final List<String> prompts = new ArrayList<>();
    /** Runs at each question. */
    public Runnable onQuestion = () -> {};
    /** The character that the terminal echoes for each question; null for the typed text. */
    public final List<Character> masks = new ArrayList<>();

    private FakeSession(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Returns a session as {@code bin/client} with a command has it. */
    public static FakeSession withoutTerminal() {
        return new FakeSession(null);
    }

    public static FakeSession withTerminal(int width, int height) {
        return new FakeSession(new FakeTerminal(width, height));
    }

    public static FakeSession at(Terminal terminal) {
        return new FakeSession(terminal);
    }

    public FakeSession answer(String... given) {
        answers.addAll(List.of(given));
        return this;
    }

    /** Sets the terminal's output. */
    public void console(PrintStream stream) {
        console = stream;
    }

    /** Returns the output since the last call. */
    public String printed() {
        // A command in another thread may print meanwhile: the stream's own lock keeps that output for the next call.
        synchronized (printed) {
            String text = printed.toString(StandardCharsets.UTF_8);
            printed.reset();
            return text;
        }
    }

    @Override
    public String readLine(String prompt, Character mask) throws IOException {
        if (terminal == null) {
            throw new UnsupportedOperationException();
        }
        onQuestion.run();
        prompts.add(prompt);
        masks.add(mask);
        String answer = answers.remove();
        if (answer.equals(CTRL_C)) {
            throw new UserInterruptException("half a secr");
        }
        if (answer.equals(CTRL_D)) {
            throw new EndOfFileException();
        }
        return answer;
    }

    @Override
    public Object execute(CharSequence command) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Object get(String name) {
        return variables.get(name);
    }

    @Override
    public void put(String name, Object value) {
        variables.put(name, value);
    }

    @Override
    public InputStream getKeyboard() {
        return new ByteArrayInputStream(new byte[0]);
    }

    @Override
    public PrintStream getConsole() {
        return console;
    }

    @Override
    public Terminal getTerminal() {
        return terminal;
    }

    @Override
    public History getHistory() {
        return null;
    }

    @Override
    public Registry getRegistry() {
        return null;
    }

    @Override
    public SessionFactory getFactory() {
        return null;
    }

    @Override
    public String resolveCommand(String name) {
        return name.contains(":") ? name : "partyline:" + name;
    }

    @Override
    public Path currentDir() {
        return directory;
    }

    @Override
    public void currentDir(Path path) {
        directory = path;
    }

    @Override
    public void run() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
