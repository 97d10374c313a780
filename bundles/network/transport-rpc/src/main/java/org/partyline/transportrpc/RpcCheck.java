package org.partyline.transportrpc;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** One node's RPC: whether its password crosses a network in clear, and who can read the file that it is in. */
final class RpcCheck implements HealthCheck {
    private static final Set<PosixFilePermission> OF_OTHERS =
            Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);
    private static final Set<PosixFilePermission> OF_THE_GROUP =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE);

    private final RpcSettings settings;

    RpcCheck(RpcSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "rpc";
    }

    @Override
    public List<Finding> examine() {
        List<Finding> all = new ArrayList<>();
        inClear().ifPresent(all::add);
        settings.credentials().file().flatMap(this::open).ifPresent(all::add);
        return all.isEmpty()
                ? List.of(Finding.ok(name(), named() + ": its password is read by nobody on the way"))
                : all;
    }

    private String named() {
        return "node " + settings.name();
    }

    private Optional<Finding> inClear() {
        if (!settings.refusal().isEmpty()) {
            // It is not asked, which is said with the state of the nodes.
            return Optional.empty();
        }
        URI url = settings.url();
        if (url.getScheme().equals("http") && RpcSettings.isInClear(url.getHost())) {
            return Optional.of(
                    Finding.unsafe(
                            name(),
                            named() + " is asked by http at " + url.getHost()
                                    + ": who is on the way reads its password, and has its wallet",
                            "partyline:node-remove " + settings.name()
                                    + ", and partyline:node-add it by an SSH or WireGuard tunnel to 127.0.0.1, or its onion address"));
        }
        return Stream.of(settings.zmqRawtx(), settings.zmqSequence())
                .filter(endpoint -> !endpoint.isEmpty())
                .map(endpoint -> URI.create(endpoint).getHost())
                .filter(host -> host == null || RpcSettings.isInClear(host))
                .findFirst()
                .map(host -> Finding.warning(
                        name(),
                        named()
                                + " tells of transactions by ZMQ from another machine: who is on the way can change them, and keep them back",
                        "partyline:node-remove " + settings.name()
                                + ", and partyline:node-add it with --zmq by a tunnel to 127.0.0.1"));
    }

    /** Whether others than the node's user and this one can read the cookie. */
    private Optional<Finding> open(Path cookie) {
        PosixFileAttributes attributes;
        try {
            attributes = Files.readAttributes(cookie, PosixFileAttributes.class);
        } catch (IOException | UnsupportedOperationException e) {
            // The node is down, or was never up: that it does not answer is said elsewhere.
            return Optional.empty();
        }
        Set<PosixFilePermission> permissions = attributes.permissions();
        if (permissions.stream().anyMatch(OF_OTHERS::contains)) {
            return Optional.of(Finding.unsafe(
                    name(),
                    named() + ": every user of this machine can read its cookie " + cookie
                            + ", and has its wallet with it",
                    "chmod o-rwx '" + cookie + "', and rpccookieperms=owner in its bitcoin.conf"));
        }
        if (permissions.stream().anyMatch(OF_THE_GROUP::contains) && isOurs(attributes)) {
            return Optional.of(Finding.warning(
                    name(),
                    named() + ": the group " + attributes.group().getName() + " can read its cookie " + cookie
                            + ", which this user can without",
                    "chmod g-rwx '" + cookie + "', and rpccookieperms=owner in its bitcoin.conf"));
        }
        return Optional.empty();
    }

    /** A node of another user's has to let this one in by a group. */
    private static boolean isOurs(PosixFileAttributes cookie) {
        return cookie.owner().getName().equals(System.getProperty("user.name"));
    }
}
