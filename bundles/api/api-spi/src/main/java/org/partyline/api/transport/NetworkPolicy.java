package org.partyline.api.transport;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Decides for every connection of every transport whether and how it is made, makes it, and closes it when it is no
 * longer allowed. A service; thread-safe.
 *
 * <p>A transport itself opens no socket and resolves no name. While the service is not running it connects to nothing.
 * A change of the service's properties means that the policy changed: ask for the routes again.
 *
 * <ul>
 * <li>Connections to this computer itself ({@code localhost}, 127.0.0.0/8, ::1, judged by the text alone) are direct.
 * <li>Everything else uses the node's own proxy if it has one, otherwise the server's. There is no fallback from a
 * proxy, and no name is resolved for it.
 * <li>Without a proxy, or if the node wants none, the connection is direct, unless the server's {@code proxy-required}
 * forbids it.
 * <li>A name that ends in {@code .onion} is never connected to directly (RFC 7686).
 * </ul>
 */
@ProviderType
public interface NetworkPolicy {
    /** Returns the route that a connection would have now. Connects to nothing. */
    NetworkRoute route(NetworkTarget target);

    /**
     * Connects. The policy closes the socket as soon as its route is no longer the prescribed one.
     *
     * @param timeout for the whole operation, at least 1 ms
     * @return a connected socket; the caller closes it
     * @throws NetworkException if the policy or the proxy does not connect
     * @throws IOException if the host does not answer a direct connection
     */
    Socket connect(NetworkTarget target, Duration timeout) throws NetworkException, IOException;
}
