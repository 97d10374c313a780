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
 * Prints lines above the prompt of one console. The line editor runs this like a function that a key is bound to: while
 * it reads a line, and so never while a command uses the screen.
 */
final class AbovePrompt implements Widget {
    private static final Logger LOG = LoggerFactory.getLogger(AbovePrompt.class);

    private static final String NAME = "partyline-above-prompt";
    /** The maximum number of pending lines for a terminal that is slow to accept them; further ones are not shown. */
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

    /** Returns the console's own instance, which it stores; empty if there is none. */
    static Optional<AbovePrompt> of(LineReaderImpl reader) {
        return reader.getWidgets().get(NAME) instanceof AbovePrompt above ? Optional.of(above) : Optional.empty();
    }

    /** Shows a line soon, on a thread of that executor; only one thread at a time uses this terminal. */
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
                // Throws if no line is being read; exceptions of the widget are caught.
                reader.callWidget(NAME);
            } catch (IllegalStateException e) {
                LOG.trace("No console is at its prompt");
            }
        } while (goesOn());
    }

    /** Discards lines that could not be shown: they were for this moment only. */
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

    /** Returns whether a command is being read: a running command may ask questions through the same line editor. */
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
