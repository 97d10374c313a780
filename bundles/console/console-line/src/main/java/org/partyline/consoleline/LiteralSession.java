package org.partyline.consoleline;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.apache.felix.service.command.CommandSession;
import org.apache.karaf.shell.api.console.History;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.api.console.Terminal;

/** A session of Karaf's that takes what it is to execute as it stands. */
class LiteralSession implements Session {
    private final Session karafs;
    private final SessionFactory factory;
    private final Lines lines;

    LiteralSession(Session karafs, SessionFactory factory, Lines lines) {
        this.karafs = karafs;
        this.factory = factory;
        this.lines = lines;
    }

    /** Runs lines. A refusal's cause is a {@link LineException} where they could not be read. */
    @Override
    public Object execute(CharSequence text) throws Exception {
        Prepared prepared;
        try {
            prepared = lines.prepare(karafs, text.toString());
        } catch (LineException e) {
            throw Refusals.of(karafs, e.getMessage(), e);
        }
        karafs.put(Prepared.VARIABLE, prepared);
        return ((CommandSession) karafs.get(StageRunner.COMMAND_SESSION)).execute(prepared.program());
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

    @Override
    public void run() {
        karafs.run();
    }

    @Override
    public void close() {
        karafs.close();
    }
}
