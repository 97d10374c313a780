package org.partyline.hooks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Events.Event;
import org.partyline.api.json.EventView;
import org.partyline.api.json.Json;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NetworkTarget;
import org.partyline.api.transport.ProxyChoice;

/**
 * Posts an event, without texts and names, to exactly the address that the operator configured: as the network policy
 * allows, without following redirects. Only the status of the response is read.
 */
final class WebDelivery implements HookDelivery {
    /** The time limit for the whole delivery. */
    static final Duration LONGEST = Duration.ofSeconds(20);

    private static final int LONGEST_LINE = 8192;
    private static final int MOST_LINES = 100;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");

    private final Supplier<NetworkPolicy> policy;
    private final SSLSocketFactory tls;
    private final ScheduledExecutorService thread;
    private final Duration longest;
    private final Clock clock;

    /**
     * @param policy returns null while it is unavailable
     * @param tls decides which certificates are accepted
     * @param thread ends deliveries that take too long
     * @param longest how long a delivery may take
     */
    WebDelivery(
            Supplier<NetworkPolicy> policy,
            SSLSocketFactory tls,
            ScheduledExecutorService thread,
            Duration longest,
            Clock clock) {
        this.policy = policy;
        this.tls = tls;
        this.thread = thread;
        this.longest = longest;
        this.clock = clock;
    }

    @Override
    public Optional<String> deliver(HookRecord hook, Event event) {
        NetworkPolicy way = policy.get();
        if (way == null) {
            return Optional.of("the network service is not running");
        }
        try {
            WebAddress address = WebAddress.of(URI.create(hook.target()), hook.privately());
            NetworkTarget target = new NetworkTarget(
                    hook.name(), "hook " + hook.id(), address.host(), address.port(), ProxyChoice.SERVER);
            int status = post(way, target, address, hook, event);
            return status / 100 == 2
                    ? Optional.empty()
                    : Optional.of("the address answered with status " + status
                            + (status / 100 == 3 ? "; redirects are not followed" : ""));
        } catch (NetworkException e) {
            return Optional.of("no connection: " + e.getMessage());
        } catch (SSLException e) {
            return Optional.of("the address has no certificate that this machine accepts, or does not speak TLS");
        } catch (PartylineException e) {
            return Optional.of(e.getMessage());
        } catch (IOException e) {
            return Optional.of("the address does not answer, or not as a web server does");
        }
    }

    private int post(NetworkPolicy way, NetworkTarget target, WebAddress address, HookRecord hook, Event event)
            throws PartylineException, IOException {
        try (Socket plain = way.connect(target, longest)) {
            // Only now is the name's address known; nothing was sent yet.
            boolean direct = way.route(target).kind() == NetworkRoute.Kind.DIRECT;
            if (direct && !hook.privately() && Addresses.isPrivate(plain.getInetAddress())) {
                throw new PartylineException("the name of the address leads to this machine or a private network");
            }
            Future<?> limit = thread.schedule(() -> close(plain), longest.toMillis(), TimeUnit.MILLISECONDS);
            try (Socket socket = address.tls() ? encrypted(plain, address) : plain) {
                byte[] body = Json.write(view(event)).getBytes(StandardCharsets.US_ASCII);
                OutputStream out = socket.getOutputStream();
                out.write(head(address, hook, event, body).getBytes(StandardCharsets.US_ASCII));
                out.write(body);
                out.flush();
                return status(socket.getInputStream());
            } finally {
                limit.cancel(false);
            }
        }
    }

    private Socket encrypted(Socket plain, WebAddress address) throws IOException {
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, address.host(), address.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        // The certificate must be for that name (RFC 9110, 4.3.4).
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    /** Neither the message nor a name, such as in the id of its conversation, leaves this machine. */
    private static EventView view(Event event) {
        EventView all = EventView.of(event);
        return new EventView(
                all.cursor(),
                all.type(),
                all.time(),
                null,
                all.messageId(),
                null,
                all.state(),
                null,
                all.from(),
                all.to());
    }

    private String head(WebAddress address, HookRecord hook, Event event, byte[] body) {
        // The same for each attempt, so that the receiver recognises repetitions.
        String id = "evt_" + hook.id() + "_" + event.cursor();
        long timestamp = clock.instant().getEpochSecond();
        return "POST " + address.path() + " HTTP/1.1\r\nHost: " + address.authority()
                + "\r\nUser-Agent: partyline\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length + "\r\nwebhook-id: " + id + "\r\nwebhook-timestamp: " + timestamp
                + "\r\nwebhook-signature: "
                + Signature.of(Objects.requireNonNull(hook.secret(), "it has one"), id, timestamp, body) + "\r\n\r\n";
    }

    /** Returns the status of the response, after any interim ones, such as 103 (RFC 9110, 15.2). */
    private static int status(InputStream in) throws IOException {
        boolean interim = false;
        for (int lines = 0; lines < MOST_LINES; lines++) {
            String line = line(in);
            if (interim) {
                interim = !line.isEmpty();
                continue;
            }
            Matcher matcher = STATUS.matcher(line);
            if (!matcher.matches()) {
                throw new IOException("no status line");
            }
            int status = Integer.parseInt(matcher.group(1));
            if (status / 100 != 1) {
                return status;
            }
            interim = true;
        }
        throw new IOException("too many interim responses");
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.length() == LONGEST_LINE) {
                throw new IOException("no line");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }
}
