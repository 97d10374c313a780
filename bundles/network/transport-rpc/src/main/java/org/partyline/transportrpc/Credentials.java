package org.partyline.transportrpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.transport.NodeStatus;

/** Creates the basic authentication header from user and password, or from the node's cookie file. */
abstract class Credentials {
    private static final int MAX_COOKIE = 1024;

    /**
     * The value of the {@code Authorization} header.
     *
     * @throws NodeProblem if the cookie file cannot be read
     */
    abstract String header() throws NodeProblem;

    /** Looks for newer credentials after a 401; returns whether there may be any. */
    abstract boolean renew();

    /** Returns the advice if the node rejects them. */
    abstract String hint();

    /** The setting that contains them. */
    String setting() {
        return "user";
    }

    /** The file that contains them; empty if none does. */
    Optional<Path> file() {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName();
    }

    /** @param password copied */
    static Credentials of(String user, char[] password) {
        return new Fixed(user, password);
    }

    /** @param file written by the node at each start: {@code user:password} */
    static Credentials cookie(String node, Path file) {
        return new Cookie(node, file);
    }

    /** None: the node is on another computer, and this computer's cookie must not be sent there. */
    static Credentials unknown(String node, String host) {
        return new Unknown(node, host);
    }

    private static String basic(byte[] pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static final class Fixed extends Credentials {
        private final String user;
        private final char[] password;

        Fixed(String user, char[] password) {
            this.user = user;
            this.password = password.clone();
        }

        @Override
        String header() {
            CharBuffer text = CharBuffer.allocate(user.length() + 1 + password.length);
            text.put(user).put(':').put(password).flip();
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            byte[] pair = new byte[bytes.remaining()];
            bytes.get(pair);
            try {
                return basic(pair);
            } finally {
                Arrays.fill(pair, (byte) 0);
                Arrays.fill(bytes.array(), (byte) 0);
                Arrays.fill(text.array(), '\0');
            }
        }

        @Override
        boolean renew() {
            return false;
        }

        @Override
        String hint() {
            return "check user and password-file";
        }
    }

    private static final class Unknown extends Credentials {
        private final String node;
        private final String host;

        Unknown(String node, String host) {
            this.node = node;
            this.host = host;
        }

        @Override
        String header() throws NodeProblem {
            throw new NodeProblem(
                            NodeStatus.State.REFUSED,
                            "node " + node + ": " + host
                                    + " is not this computer, whose cookie is not sent there; set user and "
                                    + "password-file, or cookie-file")
                    .about("user");
        }

        @Override
        boolean renew() {
            return false;
        }

        @Override
        String hint() {
            return "set user and password-file, or cookie-file";
        }
    }

    private static final class Cookie extends Credentials {
        private final String node;
        private final Path file;
        /** Null until the file was read. */
        private @Nullable String header;

        Cookie(String node, Path file) {
            this.node = node;
            this.file = file;
        }

        @Override
        synchronized String header() throws NodeProblem {
            if (header == null) {
                header = read();
            }
            return header;
        }

        private String read() throws NodeProblem {
            byte[] bytes;
            try {
                if (Files.size(file) > MAX_COOKIE) {
                    throw new NodeProblem(
                                    NodeStatus.State.REFUSED,
                                    "node " + node + ": " + file
                                            + " is too long for a cookie file; set cookie-file to the node's .cookie")
                            .about("cookie-file");
                }
                bytes = Files.readAllBytes(file);
            } catch (IOException e) {
                throw new NodeProblem(
                                NodeStatus.State.UNREACHABLE,
                                "node " + node + ": cannot read the cookie file " + file
                                        + "; start the node, let this user read the file, or set user and password-file",
                                e)
                        .about("cookie-file");
            }
            try {
                int end = bytes.length;
                while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
                    end--;
                }
                byte[] pair = Arrays.copyOf(bytes, end);
                try {
                    return basic(pair);
                } finally {
                    Arrays.fill(pair, (byte) 0);
                }
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        }

        @Override
        String setting() {
            return "cookie-file";
        }

        @Override
        Optional<Path> file() {
            return Optional.of(file);
        }

        @Override
        synchronized boolean renew() {
            header = null;
            return true;
        }

        @Override
        String hint() {
            return "check that " + file + " is this node's cookie file";
        }
    }
}
