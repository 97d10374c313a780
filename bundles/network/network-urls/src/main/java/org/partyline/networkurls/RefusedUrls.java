package org.partyline.networkurls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import org.jspecify.annotations.Nullable;
import org.osgi.service.url.AbstractURLStreamHandlerService;

/**
 * Refuses to open URLs of a protocol. Everything that opens a URL (installing a bundle, adding a feature repository, a
 * script, an XML entity) calls these handlers, and would otherwise connect without asking the network policy.
 */
final class RefusedUrls extends AbstractURLStreamHandlerService {
    private final String protocol;
    private final int port;

    RefusedUrls(String protocol, int port) {
        this.protocol = protocol;
        this.port = port;
    }

    @Override
    public URLConnection openConnection(URL url) throws IOException {
        // The address is not repeated, since it may contain a password.
        throw new IOException("this server does not open " + protocol
                + " addresses: only its nodes connect to the network; copy the file to this computer and give "
                + "its path, as file:/PATH");
    }

    @Override
    public URLConnection openConnection(URL url, Proxy proxy) throws IOException {
        return openConnection(url);
    }

    /** None: comparing two URLs would ask a name server for their hosts. They are compared by text. */
    @Override
    public @Nullable InetAddress getHostAddress(URL url) {
        return null;
    }

    @Override
    public int getDefaultPort() {
        return port;
    }
}
