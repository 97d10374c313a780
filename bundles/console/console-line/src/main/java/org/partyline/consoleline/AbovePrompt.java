package org.partyline.consoleline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.felix.service.command.CommandSession;
import org.apache.karaf.shell.api.console.Session;
import org.jline.reader.Widget;
import org.jline.reader.impl.LineReaderImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints lines above the prompt of one console. The line editor runs this as it runs what a key is bound to: while it
 * reads a line, and so never while a command has the screen.
 */
final class AbovePrompt implements Widget {
    private static final Logger LOG = LoggerFactory.getLogger(AbovePrompt.class);

    private static final String NAME = "partyline-above-prompt";
    /** A terminal that takes no more has so many left to show; what comes on top is not shown. */
    private static final int MOST = 20;

    private final Session session;
    private final LineReaderImpl reader;
    private final Deque<Function<Session, Optional<String>>> waiting = new ArrayDeque<>();
    private boolean showing;

    AbovePrompt(Session session, LineReaderImpl reader) {
        this.session = session;
        this.reader = reader;
        reader.getWidgets().put(NAME, this);
    }

    /** The one of a console, which keeps it; empty: it has none. */
    static Optional<AbovePrompt> of(LineReaderImpl reader) {
        return reader.getWidgets().get(NAME) instanceof AbovePrompt above ? Optional.of(above) : Optional.empty();
    }

    /** Shows a line soon, on a thread of that executor; one thread at a time has to do with this terminal. */
    synchronized void show(Function<Session, Optional<String>> line, Executor executor) {
        // Dumb terminals have no line above.
        if (waiting.size() >= MOST || !Paint.isTerminal(session)) {
            return;
        }
        waiting.add(line);
        if (!showing) {
            showing = true;
            try {
                executor.execute(this::showAll);
            } catch (RejectedExecutionException e) {
                showing = false;
                waiting.clear();
            }
        }
    }

    private void showAll() {
        do {
            try {
                // Throws where no line is read; what the widget throws is kept back.
                reader.callWidget(NAME);
            } catch (IllegalStateException e) {
                LOG.trace("No console is at its prompt");
            }
        } while (goesOn());
    }

    /** Forgets what could not be shown: it was for this moment. */
    private synchronized boolean goesOn() {
        showing = !waiting.isEmpty() && isAtPrompt();
        if (!showing) {
            waiting.clear();
        }
        return showing;
    }

    /** For tests. */
    synchronized boolean isShowing() {
        return showing;
    }

    private synchronized Optional<Function<Session, Optional<String>>> next() {
        return Optional.ofNullable(waiting.poll());
    }

    /** Whether what is read is a command: a command that runs may ask something with the same line editor. */
    boolean isAtPrompt() {
        return reader.isReading()
                && session.get(StageRunner.COMMAND_SESSION) instanceof CommandSession commands
                && commands.foregroundJob() == null;
    }

    @Override
    public boolean apply() {
        if (!isAtPrompt()) {
            return false;
        }
        for (Optional<Function<Session, Optional<String>>> line = next(); line.isPresent(); line = next()) {
            line.get().apply(session).ifPresent(reader::printAbove);
        }
        return true;
    }
}
