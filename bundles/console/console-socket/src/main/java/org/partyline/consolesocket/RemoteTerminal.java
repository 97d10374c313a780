package org.partyline.consolesocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import org.apache.karaf.shell.api.console.SignalListener;
import org.apache.karaf.shell.api.console.Terminal;
import org.jline.terminal.Size;
import org.jline.terminal.impl.ExternalTerminal;
import org.jline.utils.NonBlocking;
import org.jline.utils.NonBlockingInputStream;
import org.jline.utils.NonBlockingReader;

/** The terminal of a client, which is in raw mode: echo, line editing and Ctrl-C are handled here. */
final class RemoteTerminal extends ExternalTerminal implements Terminal {
    private final NonBlockingInputStream bytes;
    private final InputWait waiting;
    private final NonBlockingReader reader;
    private final PrintWriter writer;

    RemoteTerminal(String type, InputStream input, OutputStream output, int columns, int rows) throws IOException {
        super("console socket", type, new CleanInput(input), output, StandardCharsets.UTF_8);
        setSize(new Size(columns, rows));
        TypedBytes typed = new TypedBytes(slaveInput);
        bytes = typed.bytes();
        waiting = typed.waiting();
        reader = NonBlocking.nonBlocking(getName(), bytes, StandardCharsets.UTF_8);
        writer = new PrintWriter(new CleanWriter(slaveOutput));
    }

    /** Returns how long it has waited for keys. */
    InputWait waiting() {
        return waiting;
    }

    @Override
    public NonBlockingReader reader() {
        return reader;
    }

    @Override
    public PrintWriter writer() {
        return writer;
    }

    @Override
    public InputStream input() {
        return bytes;
    }

    /** Called when the client's window has another size. */
    void resize(int columns, int rows) {
        setSize(new Size(columns, rows));
        raise(Signal.WINCH);
    }

    @Override
    public int getWidth() {
        return getSize().getColumns();
    }

    @Override
    public int getHeight() {
        return getSize().getRows();
    }

    @Override
    public boolean isAnsiSupported() {
        return true;
    }

    @Override
    public boolean isEchoEnabled() {
        return echo();
    }

    @Override
    public void setEchoEnabled(boolean enabled) {
        echo(enabled);
    }

    // Karaf's own terminals do not notify such listeners either: JLine's handlers are used.

    @Override
    public void addSignalListener(SignalListener listener, org.apache.karaf.shell.api.console.Signal... signals) {}

    @Override
    public void addSignalListener(
            SignalListener listener, EnumSet<org.apache.karaf.shell.api.console.Signal> signals) {}

    @Override
    public void addSignalListener(SignalListener listener) {}

    @Override
    public void removeSignalListener(SignalListener listener) {}
}
