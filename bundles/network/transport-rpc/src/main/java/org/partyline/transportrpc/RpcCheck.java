package org.partyline.transportrpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/**
 * Checks whether the password of a node's RPC crosses a network unencrypted, who can read its file, and whether private
 * broadcasts stay private.
 */
final class RpcCheck implements HealthCheck {
    private static final Set<PosixFilePermission> OF_OTHERS =
            Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);
    private static final Set<PosixFilePermission> OF_THE_GROUP =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE);

    /** The Bitcoin Core whose private broadcast can reveal the node's address. */
    private static final int LEAKING = 310_000;

    private static final int REPAIRED = 310_100;
    private static final Pattern NO_WALLET_BROADCAST =
            Pattern.compile("\\s*(walletbroadcast\\s*=\\s*0|nowalletbroadcast\\s*=\\s*1)\\s*");

    private final RpcSettings settings;
    private final IntSupplier version;
    private final BooleanSupplier isPrivate;

    /**
     * @param version the node's version in its own numbering; 0 if unknown
     * @param isPrivate whether it was seen to send transactions privately
     */
    RpcCheck(RpcSettings settings, IntSupplier version, BooleanSupplier isPrivate) {
        this.settings = settings;
        this.version = version;
        this.isPrivate = isPrivate;
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
        if (isPrivate.getAsBoolean()) {
            leak().ifPresent(all::add);
            announcements().ifPresent(all::add);
        }
        return all.isEmpty() ? List.of(Finding.ok(name(), named() + ": its password cannot be read in transit")) : all;
    }

    private String named() {
        return "node " + settings.name();
    }

    private Optional<Finding> inClear() {
        if (!settings.refusal().isEmpty()) {
            // It was not asked; the state of the nodes shows that.
            return Optional.empty();
        }
        URI url = settings.url();
        if (url.getScheme().equals("http") && RpcSettings.isInClear(url.getHost())) {
            return Optional.of(
                    Finding.unsafe(
                            name(),
                            named() + " is reached by unencrypted http at " + url.getHost()
                                    + ": an observer on the network can read its password and use its wallet",
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
                                + " reports transactions by ZMQ from another machine: an observer on the network can change or "
                                + "withhold them",
                        "partyline:node-remove " + settings.name()
                                + ", and partyline:node-add it with --zmq by a tunnel to 127.0.0.1"));
    }

    private Optional<Finding> leak() {
        int runs = version.getAsInt();
        return runs < LEAKING || runs >= REPAIRED
                ? Optional.empty()
                : Optional.of(Finding.warning(
                        name(),
                        named()
                                + " broadcasts transactions privately with Bitcoin Core 31.0, which can reveal its address",
                        "update it to Bitcoin Core 31.1 or later"));
    }

    /** Whether the node's wallet may announce private transactions to all peers. */
    private Optional<Finding> announcements() {
        return settings.wallet().isEmpty() || configured().anyMatch(NO_WALLET_BROADCAST.asMatchPredicate())
                ? Optional.empty()
                : Optional.of(
                        Finding.warning(
                                name(),
                                named()
                                        + " broadcasts transactions privately, but no walletbroadcast=0 was found in its bitcoin.conf: "
                                        + "after a day, its wallet announces unconfirmed transactions to all peers",
                                "add walletbroadcast=0 to its bitcoin.conf and restart it, or pay from a local wallet (wallet-create)"));
    }

    /** The lines of the node's configuration, if it is on this machine and readable. */
    private Stream<String> configured() {
        Optional<Path> directory = settings.credentials().file().map(Path::getParent);
        return directory.stream()
                // Networks other than mainnet have their own subdirectory.
                .flatMap(at -> Stream.of(at, at.resolve("..")))
                .flatMap(at -> {
                    try {
                        return Files.readAllLines(at.resolve("bitcoin.conf")).stream();
                    } catch (IOException | UncheckedIOException e) {
                        return Stream.empty();
                    }
                });
    }

    /** Whether users other than the node's and this one can read the cookie. */
    private Optional<Finding> open(Path cookie) {
        PosixFileAttributes attributes;
        try {
            attributes = Files.readAttributes(cookie, PosixFileAttributes.class);
        } catch (IOException | UnsupportedOperationException e) {
            // The node is down, or was never up: another check reports that it does not answer.
            return Optional.empty();
        }
        Set<PosixFilePermission> permissions = attributes.permissions();
        if (permissions.stream().anyMatch(OF_OTHERS::contains)) {
            return Optional.of(Finding.unsafe(
                    name(),
                    named() + ": every user of this machine can read its cookie " + cookie + " and use its wallet",
                    "chmod o-rwx '" + cookie + "', and rpccookieperms=owner in its bitcoin.conf"));
        }
        if (permissions.stream().anyMatch(OF_THE_GROUP::contains) && isOurs(attributes)) {
            return Optional.of(Finding.warning(
                    name(),
                    named() + ": the group " + attributes.group().getName() + " can read its cookie " + cookie
                            + ", although this server does not need the group's access",
                    "chmod g-rwx '" + cookie + "', and rpccookieperms=owner in its bitcoin.conf"));
        }
        return Optional.empty();
    }

    /** A node of another user must give access through a group. */
    private static boolean isOurs(PosixFileAttributes cookie) {
        return cookie.owner().getName().equals(System.getProperty("user.name"));
    }
}
