package org.partyline.api.transport;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Decides for every connection of every transport whether and how it is made, makes it, and closes it when it is no
 * longer allowed. A service; thread-safe.
 *
 * <p>A transport opens no socket and resolves no name itself. While the service is not running it connects to nothing. When the service's
 * properties change, so has the policy: routes are to be asked for again.
 *
 * <ul>
 *   <li>This computer itself ({@code localhost}, 127.0.0.0/8, ::1, judged by the text alone) is connected to directly.
 *   <li>Everything else goes through the node's own proxy if it has one, else through the server's. What has a proxy never
 *       goes another way, and no name is resolved for it.
 *   <li>Where there is no proxy, or the node wants none, it goes directly, unless the server's {@code proxy-required} forbids it.
 *   <li>A name that ends in {@code .onion} is never connected to directly (RFC 7686).
 * </ul>
 */
@ProviderType
public interface NetworkPolicy {
    /** Which way a connection would go now. Asks nobody. */
    NetworkRoute route(NetworkTarget target);

    /**
     * Connects. The socket is closed, by the policy, at the moment that its way is no longer the one that the policy says.
     *
     * @param timeout for the whole of it, from 1 ms on
     * @return connected; to be closed by who has it
     * @throws NetworkException when the policy or the proxy does not connect
     * @throws IOException when the host does not answer a direct connection
     */
    Socket connect(NetworkTarget target, Duration timeout) throws NetworkException, IOException;
}
