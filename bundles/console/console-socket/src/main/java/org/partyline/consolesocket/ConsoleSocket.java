package org.partyline.consolesocket;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.health.Liveness;
import org.partyline.consoleline.LiteralConsoles;
import org.partyline.consolesocket.client.ConsoleClient;
import org.partyline.consolesocket.wire.Hello;
import org.partyline.consolesocket.wire.SocketPlace;

/** Serves the console at the socket of the home, from the moment when every command is there. */
@Component(service = Liveness.class, immediate = true, property = Liveness.PART + "=" + Liveness.CONSOLE)
public final class ConsoleSocket implements Liveness {
    private final Path home;
    private final Hello hello;
    private final Listener listener;

    /** @throws IOException when there can be no socket: the message says why */
    @Activate
    public ConsoleSocket(@Reference(target = "(" + LiteralConsoles.LITERAL + "=true)") SessionFactory sessions)
            throws IOException {
        home = Path.of(System.getProperty("partyline.home")).toRealPath();
        Shell shell = new Shell(sessions);
        hello = new Hello(ProcessHandle.current().pid(), home.toString());
        listener = new Listener(new SocketPlace(home), link -> new Visit(link, hello, shell));
    }

    @Override
    public Optional<String> failure() {
        try {
            // As a client does; where nobody answers any more, this does not return.
            if (!listener.isFull()) {
                ConsoleClient.connect(home, hello.pid()).close();
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Takes the socket away. */
    @Deactivate
    void stop() throws IOException {
        listener.close();
    }
}
