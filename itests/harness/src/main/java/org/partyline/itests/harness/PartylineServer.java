package org.partyline.itests.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server in a separate process: the packed distribution, started by its own script on a separate home, and operated
 * over its console's socket. It may be stopped or killed, and started again on the same home. Not thread-safe.
 */
public final class PartylineServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Set<PartylineServer> OPEN = ConcurrentHashMap.newKeySet();
    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    /** Shorter than the script's own limit, after which it kills the server: so a server that hangs can be examined. */
    private static final Duration SCRIPT_LIMIT = Duration.ofSeconds(100);

    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(120);
    private static final int TAIL_LINES = 300;
    /** The console log is short, except for a thread dump, which should be shown in full. */
    private static final int CONSOLE_TAIL_LINES = 3000;

    /** Servers that live for seconds: they start with a third less work. */
    private static final String ONE_COMPILER = "-XX:TieredStopAtLevel=1";

    private final String name;
    private final Path script = Distribution.unpacked().resolve("partyline");
    private final Schemas schemas = new Schemas(Distribution.unpacked().resolve("schemas"));
    private final Path home;
    private List<String> javaOptions = List.of();
    private Map<String, String> environment = Map.of();
    private List<String> wrapper = List.of();
    private final SocketConsole console;
    private ProcessHandle process;
    private boolean hasAnswered;

    private PartylineServer(String name) {
        this.name = name;
        this.home = Places.newDirectory(name);
        PostgreSqlStore.configure(home);
        this.console = new SocketConsole(home);
        OPEN.add(this);
    }

    /** Creates a server with a new home; {@link #start()} starts it. @param name used in its home's name */
    public static PartylineServer create(String name) {
        return new PartylineServer(name);
    }

    /** Adds JVM options, from the next start on; without spaces. */
    public PartylineServer javaOptions(String... options) {
        javaOptions = List.of(options);
        return this;
    }

    /** Adds environment variables, from the next start on. */
    public PartylineServer environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /**
     * Runs it through another program, from the next start on.
     *
     * @param program with its arguments; the script's follow them
     */
    public PartylineServer inside(List<String> program) {
        this.wrapper = List.copyOf(program);
        return this;
    }

    /**
     * Returns the distribution of this test run: changes in its {@code etc} apply to servers that start for the first
     * time.
     */
    public static Path distribution() {
        return Distribution.unpacked();
    }

    /** Returns its data directory. */
    public Path home() {
        return home;
    }

    /** Starts it and waits until it answers commands. */
    public PartylineServer start() {
        startProcess();
        return awaitAnswer();
    }

    /**
     * Starts a server that shares its store with another one, and does not wait for its commands: a standby has none.
     */
    public PartylineServer startProcess() {
        hasAnswered = false;
        runScript("server");
        process = ProcessHandle.of(
                        Long.parseLong(read(home.resolve("partyline.pid")).strip()))
                .orElseThrow(() -> new IllegalStateException("the server exited during startup:\n" + logTail()));
        Programs.endWithTests(process);
        return this;
    }

    /** Waits until it answers commands: for a standby, until it has taken over. */
    public PartylineServer awaitAnswer() {
        hasAnswered = false;
        try {
            Wait.until("the console of " + this + " answers", START_LIMIT, this::answers);
        } catch (RuntimeException e) {
            throw new IllegalStateException(e.getMessage() + "\n" + logTail(), e);
        }
        hasAnswered = true;
        return this;
    }

    /** Returns the script's output for {@code status}, whatever that is. */
    public String status() {
        return said("status");
    }

    /** Returns the script's output for these words, whatever that is. */
    public String said(String... words) {
        try {
            return Programs.run(script(words), SCRIPT_LIMIT);
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    private boolean answers() {
        try {
            return run("partyline:status", "--json").status() == 0;
        } catch (UncheckedIOException e) {
            if (!isRunning()) {
                throw new IllegalStateException("the server exited during startup", e);
            }
            return false;
        }
    }

    /** Stops it by its script, as an operator does. */
    public void stop() {
        runScript("stop");
    }

    /** Kills its process, as {@code kill -9} does; it has ended when this returns. */
    public void kill() {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /** Returns its process since the last start. */
    public ProcessHandle process() {
        return process;
    }

    /** Returns whether its process is running. */
    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /**
     * Runs a console command.
     *
     * @param words the command with its scope, options and arguments; each is one word to the console, whatever it
     *     contains
     */
    public Reply run(String... words) {
        return type(Arrays.stream(words).map(Words::quoted).collect(Collectors.joining(" ")));
    }

    /** Runs a line in the console's own language, as a user would type it. */
    public Reply type(String line) {
        try {
            return console.run(line, COMMAND_LIMIT);
        } catch (IOException e) {
            // While it starts, no answer is expected; a broken connection means that it is ending.
            if (hasAnswered && e.getCause() instanceof TimeoutException) {
                dumpThreads();
            }
            throw new UncheckedIOException(this + " did not run " + line, e);
        }
    }

    /**
     * Runs one of our commands, which must succeed and print one JSON document.
     *
     * @param words the command without its scope, options and arguments
     * @return the document, which matches its schema
     */
    public JsonNode json(String... words) {
        String[] all = new String[words.length + 1];
        System.arraycopy(words, 0, all, 0, words.length);
        all[0] = "partyline:" + words[0];
        all[words.length] = "--json";
        Reply reply = run(all);
        if (reply.status() != 0) {
            throw new AssertionError(this + ": " + String.join(" ", words) + " ended with status " + reply.status()
                    + ": " + reply.text());
        }
        JsonNode document;
        try {
            document = JSON.readTree(reply.out());
        } catch (JsonProcessingException e) {
            throw new AssertionError(
                    this + ": " + String.join(" ", words) + " printed no JSON document: " + reply.out(), e);
        }
        List<String> faults = schemas.faults(words[0], reply.out());
        if (!faults.isEmpty()) {
            throw new AssertionError(this + ": " + String.join(" ", words) + " printed what its schema does not say: "
                    + faults + ": " + reply.out());
        }
        return document;
    }

    /**
     * Runs one of our commands, which must fail: an exit status other than 0, and one line that begins with {@code
     * Error: }.
     *
     * @param words the command without its scope, options and arguments
     * @return the line, without its beginning
     */
    public String refusal(String... words) {
        String[] all = words.clone();
        all[0] = "partyline:" + words[0];
        Reply reply = run(all);
        String text = reply.text();
        if (reply.status() == 0) {
            throw new AssertionError(this + ": " + String.join(" ", words) + " was not refused: " + text);
        }
        if (!text.startsWith("Error: ") || text.contains("\n")) {
            throw new AssertionError(
                    this + ": " + String.join(" ", words) + " was refused in other than one line: " + text);
        }
        return text.substring("Error: ".length());
    }

    /**
     * Starts a command by its script, as in a pipe. @param line as a user would type it @param output receives its
     * output
     */
    public Process begin(String line, Path output) {
        return Programs.start(output, script("command", line));
    }

    /** Returns its log files. */
    public List<Path> logs() {
        try (Stream<Path> files = Files.list(home.resolve("log"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the last lines of its logs, for a failure message. */
    public String logTail() {
        StringBuilder tail = new StringBuilder();
        for (Path log : logs()) {
            List<String> lines = read(log).lines().toList();
            int most = log.endsWith("console.log") ? CONSOLE_TAIL_LINES : TAIL_LINES;
            tail.append("--- ")
                    .append(this)
                    .append(", ")
                    .append(log.getFileName())
                    .append(":\n");
            lines.subList(Math.max(0, lines.size() - most), lines.size())
                    .forEach(each -> tail.append(each).append('\n'));
        }
        return tail.toString();
    }

    /** Returns the log tails of all servers that are not closed. */
    static String logTails() {
        return OPEN.stream().map(PartylineServer::logTail).collect(Collectors.joining());
    }

    /** Ends it; its home stays for examination. */
    @Override
    public void close() {
        kill();
        OPEN.remove(this);
    }

    @Override
    public String toString() {
        return "server " + name;
    }

    private ProcessBuilder script(String... words) {
        List<String> all = new ArrayList<>(wrapper);
        all.add(script.toString());
        all.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(all);
        // The state outside the home must not be stored with that of the user who runs the tests.
        builder.environment()
                .put(
                        "XDG_STATE_HOME",
                        home.resolveSibling(home.getFileName() + "-state").toString());
        builder.environment().putAll(environment);
        builder.environment().put("PARTYLINE_HOME", home.toString());
        builder.environment().put("PARTYLINE_JAVA_OPTS", String.join(" ", ONE_COMPILER, String.join(" ", javaOptions)));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    private void runScript(String word) {
        try {
            Programs.run(script(word), SCRIPT_LIMIT);
        } catch (IllegalStateException e) {
            dumpThreads();
            throw new IllegalStateException(e.getMessage() + "\n" + logTail(), e);
        }
    }

    /** Makes a server that hangs write a thread dump to its console log. */
    private void dumpThreads() {
        Path file = home.resolve("partyline.pid");
        if (Files.exists(file) && ProcessHandle.of(pid(file)).isPresent()) {
            Programs.run(new ProcessBuilder("kill", "-QUIT", Long.toString(pid(file))), SCRIPT_LIMIT);
            Wait.until("the threads of " + this, () -> !isRunning() || logTail().contains("Full thread dump"));
        }
    }

    private static long pid(Path file) {
        return Long.parseLong(read(file).strip());
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
