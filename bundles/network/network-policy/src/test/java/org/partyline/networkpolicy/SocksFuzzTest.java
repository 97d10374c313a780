package org.partyline.networkpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.SocksProxy;

/**
 * Any answers of a proxy result in a connection or in one exception with one line, and no bytes of the host are
 * consumed.
 */
class SocksFuzzTest {
    private static final SocksProxy PROXY = new SocksProxy("127.0.0.1", 9050, "circuit", "secret-of-the-circuit");
    private static final int LONGEST_ANSWER = 2 + 2 + 4 + 1 + 255 + 2;

    @FuzzTest(maxDuration = "10m")
    void anyAnswerIsAConnectionOrRefused(byte[] answer) {
        ByteArrayInputStream in = new ByteArrayInputStream(answer);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new Socks5(socket(in, out), PROXY, new ConnectDeadline(() -> 0, Duration.ofSeconds(1)))
                    .connect("node.example", 8333);
        } catch (NetworkException e) {
            assertEquals(1, e.getMessage().lines().count());
            assertFalse(e.getMessage().contains(PROXY.password()));
            return;
        }
        int taken = answer.length - in.available();
        int login = answer[1] == 2 ? 2 : 0;
        int length = answer[5 + login] == 1 ? 4 : answer[5 + login] == 4 ? 16 : 1 + (answer[6 + login] & 0xff);
        assertEquals(2 + login + 4 + length + 2, taken, "what follows the answer is the host's");
        assertTrue(taken <= LONGEST_ANSWER);
        assertTrue(answer[1] == 0 || answer[1] == 2);
        assertEquals(0, answer[3 + login], "only an answer without an error is a connection");
        assertEquals(
                login != 0,
                out.toString(java.nio.charset.StandardCharsets.US_ASCII).contains(PROXY.password()));
    }

    private static Socket socket(InputStream in, OutputStream out) {
        return new Socket() {
            @Override
            public InputStream getInputStream() {
                return in;
            }

            @Override
            public OutputStream getOutputStream() {
                return out;
            }

            @Override
            public void setSoTimeout(int timeout) {
                // Nothing takes time here.
            }
        };
    }
}
