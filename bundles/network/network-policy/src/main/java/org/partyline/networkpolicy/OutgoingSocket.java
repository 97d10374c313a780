package org.partyline.networkpolicy;

import java.io.IOException;
import java.net.Proxy;
import java.net.Socket;
import java.util.function.Consumer;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;

/** An open connection and its route; reports when it is closed. It ignores the process's own proxy settings. */
final class OutgoingSocket extends Socket {
    private final NetworkTarget target;
    private final NetworkRoute route;
    private final Consumer<OutgoingSocket> onClose;

    OutgoingSocket(NetworkTarget target, NetworkRoute route, Consumer<OutgoingSocket> onClose) {
        super(Proxy.NO_PROXY);
        this.target = target;
        this.route = route;
        this.onClose = onClose;
    }

    NetworkTarget target() {
        return target;
    }

    NetworkRoute route() {
        return route;
    }

    @Override
    public void close() throws IOException {
        onClose.accept(this);
        super.close();
    }
}
