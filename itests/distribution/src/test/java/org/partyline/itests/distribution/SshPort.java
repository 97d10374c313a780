package org.partyline.itests.distribution;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;

/**
 * Connects to the console over SSH, which opens a moment after the one over the socket that the start script waits for.
 */
final class SshPort {
    private SshPort() {}

    /** Connects as soon as the port is open. */
    static ClientSession connect(SshClient client, String user, int port, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return client.connect(user, "127.0.0.1", port).verify(limit).getSession();
            } catch (IOException e) {
                if (!(e.getCause() instanceof ConnectException) || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
    }
}
