package org.partyline.itests.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.partyline.itests.harness.Wait;

/**
 * Makes a server wait at a point of its code until a test has done something else: the server connects here, and is
 * released.
 */
final class Gate implements AutoCloseable {
    private final ServerSocket door;
    private Path sign;
    private Socket guest;

    Gate() throws IOException {
        door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        door.setSoTimeout(Math.toIntExact(Wait.LIMIT.toMillis()));
    }

    /** Writes the address that the server connects to into a file that exists as long as the gate. */
    void write(Path file) throws IOException {
        sign = Files.writeString(file, Integer.toString(door.getLocalPort()));
    }

    /** Waits until the server has reached the point, and stopped there. */
    void await() {
        try {
            guest = door.accept();
        } catch (IOException e) {
            throw new UncheckedIOException("the server does not come to the point", e);
        }
    }

    /** Lets the server continue. */
    @Override
    public void close() throws IOException {
        if (sign != null) {
            Files.deleteIfExists(sign);
        }
        if (guest != null) {
            guest.close();
        }
        door.close();
    }
}
