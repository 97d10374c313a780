package org.partyline.hardening;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a datagram socket of the operating system. */
class NotifySocketTest {
    @TempDir
    Path directory;

    /** The other end. */
    public interface CLibrary extends Library {
        int socket(int domain, int type, int protocol) throws LastErrorException;

        int bind(int socket, byte[] address, int length) throws LastErrorException;

        long recv(int socket, byte[] buffer, long length, int flags) throws LastErrorException;

        int close(int file);
    }

    @BeforeEach
    void onLinux() {
        assumeTrue(Linux.isHere(), "needs 64-bit Linux");
    }

    @Test
    void aMessageArrivesByAPath() throws Exception {
        String path = directory.resolve("notify").toString();
        assertEquals("READY=1\nSTATUS=ü", sent(path, ("\1\0" + path + "\0").getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void aMessageArrivesByANameWithoutAFile() throws Exception {
        String name = "partyline-test-" + ProcessHandle.current().pid();
        assertEquals("READY=1\nSTATUS=ü", sent("@" + name, ("\1\0\0" + name).getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static String sent(String name, byte[] address) throws IOException {
        CLibrary library = Native.load("c", CLibrary.class);
        if (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) {
            ByteBuffer.wrap(address).putShort((short) 1);
        }
        int socket = library.socket(1, 2, 0);
        try {
            library.bind(socket, address, address.length);
            new NotifySocket(name).notify("READY=1\nSTATUS=ü");
            byte[] buffer = new byte[100];
            int count = (int) library.recv(socket, buffer, buffer.length, 0);
            return new String(buffer, 0, count, StandardCharsets.UTF_8);
        } finally {
            library.close(socket);
        }
    }

    @Test
    void nobodyThereIsSaid() throws Exception {
        NotifySocket socket = new NotifySocket(directory.resolve("nobody").toString());
        assertEquals(
                "the service manager cannot be notified: error 2",
                assertThrows(IOException.class, () -> socket.notify("READY=1")).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "notify", "vsock:2:3"})
    void whatIsNoSocketIsRefused(String name) {
        assertThrows(IOException.class, () -> new NotifySocket(name));
    }

    @Test
    void aPathThatIsTooLongIsRefused() {
        assertThrows(IOException.class, () -> new NotifySocket("/" + "n".repeat(107)));
    }
}
