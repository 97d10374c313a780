package org.partyline.consoleline;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.apache.karaf.shell.api.console.Session;
import org.jline.reader.impl.LineReaderImpl;

/** The consoles that have a prompt. None is kept from being collected when it has ended. */
final class OpenConsoles implements Prompts {
    private final Set<LineReaderImpl> readers =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "console-notices");
        thread.setDaemon(true);
        return thread;
    });

    void add(Session session, LineReaderImpl reader) {
        new AbovePrompt(session, reader);
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

    void stop() {
        threads.shutdownNow();
    }
}
