package org.partyline.networkurls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedUrlsTest {
    /** Calls the handler like the framework's own proxy for handlers. */
    private static URL url(String text) throws IOException {
        String protocol = text.substring(0, text.indexOf(':'));
        RefusedUrls refused = new RefusedUrls(protocol, NetworkUrlsActivator.PROTOCOLS.get(protocol));
        return new URL(null, text, new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) throws IOException {
                return refused.openConnection(url);
            }

            @Override
            protected URLConnection openConnection(URL url, Proxy proxy) throws IOException {
                return refused.openConnection(url, proxy);
            }

            @Override
            protected InetAddress getHostAddress(URL url) {
                return refused.getHostAddress(url);
            }

            @Override
            protected int getDefaultPort() {
                return refused.getDefaultPort();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https", "ftp"})
    void isRefusedInOneLineWithoutTheAddress(String protocol) throws Exception {
        URL url = url(protocol + "://me:secret@127.0.0.1/x.jar");

        String why = assertThrows(IOException.class, url::openStream).getMessage();

        assertEquals(
                "this server does not open " + protocol
                        + " addresses: only its nodes connect to the network; copy the file to this computer and give "
                        + "its path, as file:/PATH",
                why);
        assertThrows(IOException.class, () -> url.openConnection(Proxy.NO_PROXY));
        assertFalse(why.contains("secret"));
    }

    @Test
    void addressesAreComparedByTheirTextAndNoNameServerIsAsked() throws Exception {
        URL one = url("http://localhost/x");

        assertNull(new RefusedUrls("http", 80).getHostAddress(one));
        assertEquals(one, url("http://LOCALHOST:80/x"));
        assertEquals(one.hashCode(), url("http://localhost/x").hashCode());
        // The same address after resolution.
        assertNotEquals(one, url("http://127.0.0.1/x"));
    }
}
