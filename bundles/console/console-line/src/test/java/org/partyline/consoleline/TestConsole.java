package org.partyline.consoleline;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.impl.console.JLineTerminal;
import org.apache.karaf.shell.impl.console.SessionFactoryImpl;
import org.apache.karaf.shell.support.CommandException;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Size;
import org.jline.terminal.impl.ExternalTerminal;

/** Karaf's own shell, with literal consoles and commands of the scope {@code test} that record their arguments. */
final class TestConsole implements Closeable {
    /** It replaces System.out, so there is only one. */
    private static final ThreadIOImpl STREAMS = new ThreadIOImpl();

    static {
        STREAMS.start();
    }

    /** The arguments of {@code send} and {@code say}; the latter without {@code --}. */
    final List<List<String>> given = Collections.synchronizedList(new ArrayList<>());

    /** The exit status of the last line. */
    int status;

    private boolean stopped;

    /** The reader of typed lines. */
    volatile LineReaderImpl reader;

    final SessionFactoryImpl karafs = new SessionFactoryImpl(STREAMS);
    final LiteralConsoles consoles;

    TestConsole(Path home) throws IOException {
        System.setProperty("karaf.home", home.toString());
        System.setProperty("karaf.etc", home.toString());
        System.setProperty("karaf.shell.init.script", "init.script");
        Files.writeString(home.resolve("init.script"), "history-file =\n");
        consoles = new LiteralConsoles(karafs, List.of("test"));
        karafs.getCommandProcessor().addListener(consoles);
        with("send", words -> given.add(List.copyOf(words)));
        with("fail", words -> {
            throw new CommandException(
                    "\u001b[31mError executing command test:fail: not today\u001b[0m\nTry <command> --help'");
        });
        with("break", words -> {
            throw new IllegalStateException("broken");
        });
        with("count", words -> {
            for (int i = 1; i <= Integer.parseInt(words.get(0)); i++) {
                System.out.println("line " + i);
            }
        });
        karafs.getRegistry().register(new Say());
    }

    /** The action of a command. */
    @FunctionalInterface
    interface Body {
        void run(List<String> words) throws Exception;
    }

    TestConsole with(String name, Body body) {
        return with("test", name, body);
    }

    /** Adds a command with another scope. */
    TestConsole with(String scope, String name, Body body) {
        karafs.getRegistry().register(new Plain(scope, name, body));
        return this;
    }

    /** Adds a command that returns an exit status, its argument, as {@code doctor} does. */
    TestConsole examining() {
        karafs.getRegistry().register(new Plain("test", "examine", words -> {}) {
            @Override
            public Object execute(Session session, List<Object> arguments) {
                System.out.println("examined");
                return Integer.valueOf(String.valueOf(arguments.get(0)));
            }
        });
        return this;
    }

    /** Adds a command for users with a role. */
    TestConsole with(Role role, String name, Body body) {
        karafs.getRegistry().register(new ForRole(role, name, body));
        return this;
    }

    /** The output of a run. */
    record Run(String out, String error) {}

    /** Runs external lines, with no terminal. */
    Run run(String text) {
        return run(Set.of(Role.OWNER), text);
    }

    /** Runs external lines as a user with some roles. */
    Run run(Set<Role> roles, String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream printing = new PrintStream(out, true, StandardCharsets.UTF_8);
        Session session = consoles.create(new ByteArrayInputStream(new byte[0]), printing, printing);
        Role.restrict(session, roles);
        String error = "";
        status = 0;
        try {
            status = session.execute(text) instanceof Integer returned ? returned : 0;
        } catch (CommandException e) {
            error = e.getNiceHelp();
            status = ExitStatus.of(e);
        } catch (Exception e) {
            error = e.toString();
            status = ExitStatus.of(e);
        }
        session.close();
        return new Run(out.toString(StandardCharsets.UTF_8), error);
    }

    /**
     * Types into a console until the input ends.
     *
     * @return the terminal's output
     */
    String type(SessionFactory factory, String keys) throws Exception {
        return type(factory, "xterm", keys);
    }

    /** The same at a terminal of some type. */
    String type(SessionFactory factory, String type, String keys) throws Exception {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        InputStream keyboard = new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8));
        try (ExternalTerminal terminal = new ExternalTerminal("test", type, keyboard, screen, StandardCharsets.UTF_8)) {
            terminal.setSize(new Size(200, 50));
            PrintStream out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
            Session session =
                    factory.create(terminal.input(), out, out, new JLineTerminal(terminal), "UTF-8", () -> {});
            reader = (LineReaderImpl) session.get(".jline.reader");
            Thread console = new Thread(session, "console");
            console.setDaemon(true);
            console.start();
            console.join();
        }
        return screen.toString(StandardCharsets.UTF_8);
    }

    /** Once: Karaf does not remove unavailable commands. */
    void stop() {
        if (!stopped) {
            stopped = true;
            // As when its bundle is stopped.
            consoles.stop(6);
        }
    }

    @Override
    public void close() {
        stop();
        karafs.stop();
    }

    private class Plain implements Command {
        private final String scope;
        private final String name;
        private final Body body;

        Plain(String scope, String name, Body body) {
            this.scope = scope;
            this.name = name;
            this.body = body;
        }

        @Override
        public String getScope() {
            return scope;
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public String getDescription() {
            return "a test's";
        }

        @Override
        public Completer getCompleter(boolean scoped) {
            return new Completer() {
                @Override
                public int complete(Session session, CommandLine line, List<String> candidates) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public void completeCandidates(Session session, CommandLine line, List<Candidate> candidates) {
                    String[] words = line.getArguments();
                    if (words[words.length - 2].equals("--to")) {
                        candidates.add(new Candidate("bob"));
                        candidates.add(new Candidate("my friend"));
                    } else {
                        candidates.add(new Candidate("--to"));
                        candidates.add(new Candidate("--json"));
                    }
                }
            };
        }

        @Override
        public Parser getParser() {
            return null;
        }

        @Override
        public Object execute(Session session, List<Object> arguments) throws Exception {
            body.run(arguments.stream().map(String::valueOf).toList());
            return null;
        }
    }

    private final class ForRole extends Plain implements Restricted {
        private final Role role;

        ForRole(Role role, String name, Body body) {
            super("test", name, body);
            this.role = role;
        }

        @Override
        public Role role() {
            return role;
        }
    }

    private final class Say extends Plain implements RestOfLine {
        Say() {
            super("test", "say", words -> {});
        }

        @Override
        public boolean hasOption(String name) {
            return Set.of("--to", "--json").contains(name);
        }

        @Override
        public boolean takesValue(String name) {
            return name.equals("--to");
        }

        @Override
        public Object execute(Session session, List<Object> arguments) {
            List<String> words =
                    new ArrayList<>(arguments.stream().map(String::valueOf).toList());
            words.remove("--");
            given.add(words);
            return null;
        }
    }
}
