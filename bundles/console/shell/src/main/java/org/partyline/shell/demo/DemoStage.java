package org.partyline.shell.demo;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.api.transport.NodeStatus;
import org.partyline.shell.command.Context;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Units;

/** Prepares a demo: a store, a node, two personas with coins, and a channel that both join. */
final class DemoStage {
    private static final String EMBEDDED = "embedded";
    private static final String BLOCK_INTERVAL = "5s";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final int PASSPHRASE_LENGTH = 32;

    private final Context context;
    private final Cast cast;
    private final BiConsumer<String, String> progress;
    /** The node that was created for a demo in a user's store; empty if there was one. */
    private Optional<String> made = Optional.empty();

    /** @param progress receives each step that is ready */
    DemoStage(Context context, Cast cast, BiConsumer<String, String> progress) {
        this.context = context;
        this.cast = cast;
        this.progress = progress;
    }

    /** Prepares the demo in a separate store. */
    void prepare() throws CommandError, PartylineException, InterruptedException {
        store();
        network(EMBEDDED);
        personas();
        channel(cast.channel());
        coins();
    }

    /** Prepares the demo in a user's store, beside its content. Whatever the result, call {@link #clear} afterwards. */
    void prepareBeside() throws CommandError, PartylineException, InterruptedException {
        // Left over from an interrupted demo.
        deletePersonas();
        network(cast.channel());
        Personas personas = context.engine().personas();
        personas.create(cast.one());
        personas.create(cast.other());
        channel(cast.channel());
        coins();
    }

    /** Removes what {@link #prepareBeside} created. */
    void clear() throws CommandError, PartylineException {
        deletePersonas();
        if (made.isPresent()) {
            context.engine().nodes().remove(made.get());
        }
    }

    private void deletePersonas() throws CommandError, PartylineException {
        Personas personas = context.engine().personas();
        for (Personas.Persona persona : personas.list()) {
            if (persona.name().equals(cast.one()) || persona.name().equals(cast.other())) {
                personas.delete(persona.name());
            }
        }
    }

    private void store() throws CommandError, PartylineException {
        char[] passphrase = randomPassphrase(context.random());
        try {
            context.engine().vault().create(passphrase);
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        progress.accept("Store", "encrypted, under a random passphrase that is not shown");
    }

    private void network(String name) throws CommandError, PartylineException, InterruptedException {
        if (embedded().isEmpty()) {
            context.engine().nodes().add(name, EMBEDDED, Map.of("block-interval", BLOCK_INTERVAL));
            made = Optional.of(name);
        }
        await(
                "the embedded node is not ready: see partyline:node-status",
                () -> embedded()
                        .filter(node -> node.status().state() == NodeStatus.State.READY)
                        .isPresent());
        progress.accept(
                "Network",
                "embedded: real transactions, play money"
                        + (made.isPresent() ? ", a block every " + BLOCK_INTERVAL : ""));
    }

    private Optional<Node> embedded() throws CommandError {
        return context.engine().nodes().list().stream()
                .filter(node -> node.network() == Network.EMBEDDED)
                .findFirst();
    }

    private void personas() throws CommandError, PartylineException {
        Personas personas = context.engine().personas();
        Personas.Persona first = personas.current();
        if (!first.name().equals(cast.one())) {
            personas.rename(first.name(), cast.one());
        }
        personas.create(cast.other());
    }

    /** Adds another channel that both join. */
    void channel(String name) throws CommandError, PartylineException {
        char[] passphrase = randomPassphrase(context.random());
        try {
            Channels channels = context.engine().channels();
            channels.create(
                    new Channels.Create(
                            Optional.of(cast.one()),
                            name,
                            Channels.Mode.RATCHET,
                            KdfParameters.ARGON2ID_DEFAULT,
                            Optional.of(Network.EMBEDDED)),
                    passphrase);
            String invite = channels.invite(Optional.of(cast.one()), name);
            channels.join(
                    new Channels.Join(
                            Optional.of(cast.other()),
                            invite,
                            Channels.Mode.RATCHET,
                            Optional.empty(),
                            Optional.empty()),
                    passphrase);
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        progress.accept(
                "Channel", name + ": created by " + cast.one() + ", joined by " + cast.other() + " with her invite");
    }

    /** Makes both leave the channel, if they are in it. */
    void leave(String name) throws CommandError, PartylineException {
        Channels channels = context.engine().channels();
        for (String persona : List.of(cast.one(), cast.other())) {
            for (Channels.Channel channel : channels.list(Optional.of(persona))) {
                if (channel.name().equals(name)) {
                    channels.leave(Optional.of(persona), name);
                }
            }
        }
    }

    private void coins() throws CommandError, PartylineException, InterruptedException {
        String one = cast.one();
        String other = cast.other();
        await(
                one + " and " + other + " have no coins: see partyline:wallet-status",
                () -> balance(one) > 0 && balance(other) > 0);
        progress.accept(
                "Personas",
                one + " with " + Units.sat(balance(one)) + ", " + other + " with " + Units.sat(balance(other))
                        + ", unlinked");
    }

    private long balance(String persona) throws CommandError, PartylineException {
        List<Holding> holdings = context.engine().wallets().list();
        return holdings.stream()
                .filter(holding -> holding.persona().equals(persona) && holding.network() == Network.EMBEDDED)
                .flatMap(holding -> holding.status().stream())
                .mapToLong(status -> status.confirmed())
                .sum();
    }

    private void await(String otherwise, Condition condition)
            throws CommandError, PartylineException, InterruptedException {
        Instant end = context.clock().instant().plus(PATIENCE);
        while (!condition.holds()) {
            if (context.clock().instant().isAfter(end)) {
                throw new CommandError(otherwise);
            }
            context.pause().forA(LOOK_EVERY);
        }
    }

    /** Printable ASCII, with more than six bits per character. */
    private static char[] randomPassphrase(SecureRandom random) {
        char[] passphrase = new char[PASSPHRASE_LENGTH];
        for (int i = 0; i < passphrase.length; i++) {
            passphrase[i] = (char) ('!' + random.nextInt('~' - '!' + 1));
        }
        return passphrase;
    }

    /** A condition to wait for. */
    private interface Condition {
        boolean holds() throws CommandError, PartylineException;
    }
}
