package org.partyline.itests.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** Runs commands in a server's console over SSH: Karaf ends the connection after each, so each has one of its own. */
final class SshConsole {
    private static final Duration LOGIN_LIMIT = Duration.ofSeconds(120);
    private static final SshClient CLIENT = client();

    private final int port;
    private final String user;
    private final String password;

    SshConsole(int port, String user, String password) {
        this.port = port;
        this.user = user;
        this.password = password;
    }

    private static SshClient client() {
        // What a server and this client both have in the JDK is enough.
        System.setProperty(SecurityUtils.SECURITY_PROVIDER_REGISTRARS, "none");
        // As in the start script: with one thread an event can be forgotten.
        System.setProperty("sun.nio.ch.internalThreadPoolSize", "2");
        SshClient client = SshClient.setUpDefaultClient();
        // The port is one of 127.0.0.1 that our own server opened; keys and settings of who runs the tests do not
        // matter.
        client.setServerKeyVerifier((session, address, key) -> true);
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.start();
        return client;
    }

    /** Runs one line of the console's language. @throws IOException when there is no answer */
    Reply run(String line, Duration limit) throws IOException {
        try (ClientSession session =
                CLIENT.connect(user, "127.0.0.1", port).verify(LOGIN_LIMIT).getSession()) {
            session.addPasswordIdentity(password);
            session.auth().verify(LOGIN_LIMIT);
            return run(session, line, limit);
        }
    }

    private static Reply run(ClientSession session, String line, Duration limit) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (ChannelExec channel = session.createExecChannel(line)) {
            channel.setOut(out);
            channel.setErr(err);
            channel.open().verify(LOGIN_LIMIT);
            if (channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), limit).contains(ClientChannelEvent.TIMEOUT)) {
                throw new IOException(
                        "no end of '" + line + "'",
                        new TimeoutException("it took over " + limit.toSeconds() + " s; so far: "
                                + out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8)));
            }
            Integer status = channel.getExitStatus();
            if (status == null) {
                throw new IOException("the connection broke during '" + line + "'");
            }
            return new Reply(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }
    }
}
