package org.partyline.consoleline;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.karaf.shell.api.console.Session;
import org.jline.reader.impl.LineReaderImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open consoles. Does not keep a closed one from being garbage-collected. */
final class OpenConsoles implements Prompts {
    private static final Logger LOG = LoggerFactory.getLogger(OpenConsoles.class);

    private static final String FORGET = "partyline-forget-typed";
    private static final int MOST_SECONDS = 2;

    private final Set<LineReaderImpl> readers =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "console-notices");
        thread.setDaemon(true);
        return thread;
    });

    void add(Session session, LineReaderImpl reader) {
        new AbovePrompt(session, reader);
        reader.getWidgets().put(FORGET, () -> {
            TypedLines.forgetAll(reader);
            if (AbovePrompt.of(reader).filter(AbovePrompt::isAtPrompt).isPresent()) {
                session.put(Prepared.VARIABLE, null);
            }
            return true;
        });
        readers.add(reader);
    }

    @Override
    public void above(Function<Session, Optional<String>> line) {
        List<LineReaderImpl> now;
        synchronized (readers) {
            now = List.copyOf(readers);
        }
        now.forEach(reader -> AbovePrompt.of(reader).ifPresent(above -> above.show(line, threads)));
    }

    @Override
    public void forget() {
        List<LineReaderImpl> now;
        synchronized (readers) {
            now = List.copyOf(readers);
        }
        List<Callable<Object>> all = now.stream()
                .map(reader -> Executors.callable(() -> forget(reader)))
                .toList();
        try {
            threads.invokeAll(all, MOST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException e) {
            LOG.debug("the consoles are closing");
        }
    }

    private static void forget(LineReaderImpl reader) {
        try {
            // Like a key press: the editor is not handling another one.
            reader.callWidget(FORGET);
        } catch (IllegalStateException e) {
            // No line is being read: a command is running there.
            TypedLines.forgetAll(reader);
        }
    }

    void stop() {
        threads.shutdownNow();
    }
}
