package org.partyline.consoleline;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.api.console.Terminal;
import org.jline.keymap.KeyMap;
import org.jline.reader.LineReader;
import org.jline.reader.impl.DefaultHighlighter;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Of several services, Karaf's SSH uses the one with the lowest rank. */
// Makes every console execute lines literally. SSH and the socket obtain their sessions here instead of from Karaf. The
// local console obtains its session inside Karaf: it is intercepted when it runs its first script, before it reads a
// line.
@Component(
        service = {SessionFactory.class, CommandSessionListener.class, Prompts.class},
        immediate = true,
        property = {"service.ranking:Integer=-1000", LiteralConsoles.LITERAL + ":Boolean=true"})
public final class LiteralConsoles implements SessionFactory, CommandSessionListener, Prompts {
    /** The property of a session factory whose sessions execute lines literally. */
    public static final String LITERAL = "partyline.literal";

    /**
     * The reason with which {@link #stop} is called if Karaf's shell goes away: {@code
     * ComponentConstants.DEACTIVATION_REASON_REFERENCE}.
     */
    public static final int UNSATISFIED = 2;

    private static final String READER = ".jline.reader";
    private static final String SESSION = ".session";
    /** A variable that Karaf sets in the session of its local console. */
    private static final String LOCAL = "karaf.shell.local";

    private final SessionFactory karafs;
    private final Names names;
    private final CommandLines lines;
    private final List<Command> commands = new ArrayList<>();
    private final OpenConsoles open = new OpenConsoles();
    private final Set<LiteralSession> consoles =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** @param karafs Karaf's factory, whose sessions are wrapped */
    @Activate
    public LiteralConsoles(@Reference(target = "(!(" + LITERAL + "=true))") SessionFactory karafs) {
        this(karafs, List.of("partyline"));
    }

    /** @param scopes of our commands */
    public LiteralConsoles(SessionFactory karafs, Collection<String> scopes) {
        this.karafs = karafs;
        Set<String> permitted = KarafCommands.reasons().keySet();
        this.names = new Names(scopes, permitted);
        this.lines = new CommandLines(names);
        commands.add(new OwnCommand(Prepared.RUNNER_NAME, null, new StageRunner()));
        commands.addAll(Filters.commands());
        commands.addAll(new Help(names).commands());
        commands.forEach(karafs.getRegistry()::register);
    }

    /**
     * Removes the commands. Open consoles run nothing until this bundle is available again; if Karaf's shell is being
     * stopped they are closed, since they would never run anything again.
     *
     * @param reason the reason from Declarative Services (112.5.16)
     */
    @Deactivate
    public void stop(int reason) {
        open.stop();
        if (reason == UNSATISFIED) {
            List<LiteralSession> ended;
            synchronized (consoles) {
                ended = List.copyOf(consoles);
            }
            ended.forEach(LiteralSession::end);
        }
        commands.forEach(karafs.getRegistry()::unregister);
    }

    /** Returns whether a session is closed: it then runs nothing, not even an empty line. */
    public static boolean isClosed(Session session) {
        return LiteralSession.isClosed(session);
    }

    /** Returns whether a session was closed by Karaf's shell as it stopped, and not by its user. */
    public static boolean wasStopped(Session session) {
        return LiteralSession.wasStopped(session);
    }

    @Override
    public void above(Function<Session, Optional<String>> line) {
        open.above(line);
    }

    @Override
    public void forget() {
        open.forget();
    }

    @Override
    public Registry getRegistry() {
        return karafs.getRegistry();
    }

    @Override
    public Session create(
            InputStream in, PrintStream out, PrintStream err, Terminal terminal, String encoding, Runnable whenClosed) {
        Session session = karafs.create(in, out, err, terminal, encoding, whenClosed);
        install(session);
        LiteralSession console = new LiteralSession(session, this, lines);
        consoles.add(console);
        return console;
    }

    @Override
    public Session create(InputStream in, PrintStream out, PrintStream err) {
        // There is no terminal there.
        PrintStream plain = PlainOutput.before(out);
        return new LiteralSession(karafs.create(in, plain, PlainOutput.before(err)), this, lines) {
            @Override
            public void close() {
                super.close();
                plain.close();
            }
        };
    }

    @Override
    public Session create(InputStream in, PrintStream out, PrintStream err, Session parent) {
        Session session = karafs.create(in, out, err, parent);
        Role.inherit(parent, session);
        return new LiteralSession(session, this, lines);
    }

    @Override
    public void beforeExecute(CommandSession session, CharSequence line) {
        if (session.get(SESSION) instanceof Session owner) {
            install(owner);
        }
    }

    @Override
    public void afterExecute(CommandSession session, CharSequence line, Exception failure) {}

    @Override
    public void afterExecute(CommandSession session, CharSequence line, Object result) {}

    private void install(Session session) {
        if (!(session.get(READER) instanceof LineReaderImpl reader)) {
            return;
        }
        // Karaf sets its own handler when the console begins. No command could resume a suspended one.
        reader.getTerminal().handle(Signal.TSTP, SignalHandler.SIG_IGN);
        if (reader.getParser() instanceof LineParser) {
            return;
        }
        reader.setParser(new LineParser(session, lines));
        reader.setCompleter(new LineCompleter(session, names));
        reader.setHighlighter(new DefaultHighlighter());
        reader.setOpt(LineReader.Option.DISABLE_EVENT_EXPANSION);
        reader.getWidgets().put(LineReader.BEGIN_PASTE, new Paste(reader));
        open.add(session, reader);
        String noColor = System.getenv(Paint.NO_COLOR);
        if (noColor != null && session.get(LOCAL) != null) {
            // The user who started the server is at this terminal.
            session.put(Paint.NO_COLOR, noColor);
        }
        // Opens an editor, with the typed text in a file.
        reader.getKeyMaps().values().forEach(map -> map.unbind(KeyMap.ctrl('X') + KeyMap.ctrl('E')));
    }
}
