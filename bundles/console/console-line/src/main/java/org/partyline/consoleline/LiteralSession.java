package org.partyline.consoleline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.felix.service.command.CommandSession;
import org.apache.karaf.shell.api.console.History;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.api.console.Terminal;
import org.jspecify.annotations.Nullable;

/** A Karaf session that executes lines literally. */
class LiteralSession implements Session {
    private final Session karafs;
    private final SessionFactory factory;
    private final CommandLines lines;
    private volatile boolean ended;

    LiteralSession(Session karafs, SessionFactory factory, CommandLines lines) {
        this.karafs = karafs;
        this.factory = factory;
        this.lines = lines;
    }

    /** Runs lines. The cause of an error is a {@link LineException} if they could not be parsed. */
    @Override
    public @Nullable Object execute(CharSequence text) throws Exception {
        Prepared prepared;
        try {
            prepared = lines.prepare(karafs, text.toString());
        } catch (LineException e) {
            throw ErrorLines.of(karafs, e.getMessage(), e);
        }
        karafs.put(Prepared.VARIABLE, prepared);
        try {
            ((CommandSession) karafs.get(StageRunner.COMMAND_SESSION)).execute(prepared.program());
        } catch (IllegalStateException | InterruptedException e) {
            // Gogo also throws both if its session is closed: by a command such as logout, or as Karaf stops.
            if (!isClosed(karafs)) {
                throw e;
            }
        }
        if (!prepared.isDone() && !(isClosed(karafs) && !wasStopped(karafs))) {
            throw ErrorLines.stopped(karafs);
        }
        return prepared.result();
    }

    static boolean isClosed(Session session) {
        try {
            ((CommandSession) session.get(StageRunner.COMMAND_SESSION)).execute("");
            return false;
        } catch (IllegalStateException e) {
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    /** Returns whether a session runs nothing any more because Karaf's shell stopped. */
    static boolean wasStopped(Session session) {
        if (!isClosed(session)) {
            return false;
        }
        SessionFactory factory =
                session instanceof LiteralSession literal ? literal.karafs.getFactory() : session.getFactory();
        try {
            factory.create(
                            InputStream.nullInputStream(),
                            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .close();
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** Closes the console because there will be no commands: {@link #run} reports that. */
    void end() {
        ended = true;
        karafs.close();
    }

    @Override
    public Object get(String name) {
        return karafs.get(name);
    }

    @Override
    public void put(String name, Object value) {
        karafs.put(name, value);
    }

    @Override
    public InputStream getKeyboard() {
        return karafs.getKeyboard();
    }

    @Override
    public PrintStream getConsole() {
        return karafs.getConsole();
    }

    @Override
    public String readLine(String prompt, Character mask) throws IOException {
        return karafs.readLine(prompt, mask);
    }

    @Override
    public Terminal getTerminal() {
        return karafs.getTerminal();
    }

    @Override
    public History getHistory() {
        return karafs.getHistory();
    }

    @Override
    public Registry getRegistry() {
        return karafs.getRegistry();
    }

    @Override
    public SessionFactory getFactory() {
        return factory;
    }

    @Override
    public String resolveCommand(String name) {
        return karafs.resolveCommand(name);
    }

    @Override
    public Path currentDir() {
        return karafs.currentDir();
    }

    @Override
    public void currentDir(Path path) {
        karafs.currentDir(path);
    }

    /** Runs the console. @throws ConsoleClosedException if it was closed by the server, not by its user */
    @Override
    public void run() {
        karafs.run();
        if (ended) {
            throw new ConsoleClosedException();
        }
    }

    @Override
    public void close() {
        karafs.close();
    }
}
