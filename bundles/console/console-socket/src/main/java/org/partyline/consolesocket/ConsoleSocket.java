package org.partyline.consolesocket;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.health.Liveness;
import org.partyline.api.panic.Severable;
import org.partyline.consoleline.LiteralConsoles;
import org.partyline.consolesocket.client.ConsoleClient;
import org.partyline.consolesocket.wire.Hello;
import org.partyline.consolesocket.wire.SocketPlace;

/** Serves the console at the socket in the home, once all commands are available. */
@Component(
        service = {Liveness.class, Severable.class},
        immediate = true,
        property = Liveness.PART + "=" + Liveness.CONSOLE)
public final class ConsoleSocket implements Liveness, Severable {
    private final Path home;
    private final Hello hello;
    private final Listener listener;
    private final Set<Visit> visits = ConcurrentHashMap.newKeySet();

    /** @throws IOException if there can be no socket: the message says why */
    @Activate
    public ConsoleSocket(@Reference(target = "(" + LiteralConsoles.LITERAL + "=true)") SessionFactory sessions)
            throws IOException {
        home = Path.of(System.getProperty("partyline.home")).toRealPath();
        Shell shell = new Shell(sessions);
        hello = new Hello(ProcessHandle.current().pid(), home.toString());
        listener = new Listener(new SocketPlace(home), link -> {
            Visit visit = new Visit(link, hello, shell);
            return () -> {
                visits.add(visit);
                try {
                    visit.run();
                } finally {
                    visits.remove(visit);
                }
            };
        });
    }

    @Override
    public Optional<String> failure() {
        try {
            // Connects as a client does; if nothing responds any more, this does not return.
            if (!listener.isFull()) {
                ConsoleClient.connect(home, hello.pid()).close();
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Removes the socket. */
    @Deactivate
    void stop() throws IOException {
        listener.close();
    }

    @Override
    public String name() {
        return "consoles";
    }

    @Override
    public int sever(String mark) {
        List<Visit> others =
                visits.stream().filter(visit -> !visit.isMarked(mark)).toList();
        others.forEach(Visit::cut);
        return others.size();
    }
}
