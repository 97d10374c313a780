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

/** Makes what the demo needs: a store, a node, two personas with coins, a channel that both are in. */
final class DemoStage {
    static final String ALICE = "alice";
    static final String BOB = "bob";
    static final String CHANNEL = "lobby";

    private static final String BLOCK_INTERVAL = "5s";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final int PASSPHRASE_LENGTH = 32;

    private final Context context;
    private final BiConsumer<String, String> progress;

    /** @param progress is told what is ready, and how */
    DemoStage(Context context, BiConsumer<String, String> progress) {
        this.context = context;
        this.progress = progress;
    }

    void prepare() throws CommandError, PartylineException, InterruptedException {
        store();
        network();
        personas();
        channel();
        coins();
    }

    private void store() throws CommandError, PartylineException {
        char[] passphrase = randomPassphrase(context.random());
        try {
            context.engine().vault().create(passphrase);
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        progress.accept("Store", "encrypted, under a random passphrase that nobody sees");
    }

    private void network() throws CommandError, PartylineException, InterruptedException {
        boolean made = embedded().isEmpty();
        if (made) {
            context.engine().nodes().add("embedded", "embedded", Map.of("block-interval", BLOCK_INTERVAL));
        }
        await(
                "the embedded node is not ready: see partyline:node-status",
                () -> embedded()
                        .filter(node -> node.status().state() == NodeStatus.State.READY)
                        .isPresent());
        progress.accept(
                "Network",
                "embedded: real transactions, play money" + (made ? ", a block every " + BLOCK_INTERVAL : ""));
    }

    private Optional<Node> embedded() throws CommandError {
        return context.engine().nodes().list().stream()
                .filter(node -> node.network() == Network.EMBEDDED)
                .findFirst();
    }

    private void personas() throws CommandError, PartylineException {
        Personas personas = context.engine().personas();
        Personas.Persona first = personas.current();
        if (!first.name().equals(ALICE)) {
            personas.rename(first.name(), ALICE);
        }
        personas.create(BOB);
    }

    private void channel() throws CommandError, PartylineException {
        char[] passphrase = randomPassphrase(context.random());
        try {
            Channels channels = context.engine().channels();
            channels.create(
                    new Channels.Create(
                            Optional.of(ALICE),
                            CHANNEL,
                            Channels.Mode.RATCHET,
                            KdfParameters.ARGON2ID_DEFAULT,
                            Optional.of(Network.EMBEDDED)),
                    passphrase);
            String invite = channels.invite(Optional.of(ALICE), CHANNEL);
            channels.join(
                    new Channels.Join(
                            Optional.of(BOB), invite, Channels.Mode.RATCHET, Optional.empty(), Optional.empty()),
                    passphrase);
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        progress.accept("Channel", CHANNEL + ": alice made it, bob joined by her invite");
    }

    private void coins() throws CommandError, PartylineException, InterruptedException {
        await("alice and bob have no coins: see partyline:wallet-status", () -> balance(ALICE) > 0 && balance(BOB) > 0);
        progress.accept(
                "Personas",
                "alice with " + Units.sat(balance(ALICE)) + ", bob with " + Units.sat(balance(BOB)) + ", unlinked");
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

    /** Printable ASCII, six bits a character and more. */
    private static char[] randomPassphrase(SecureRandom random) {
        char[] passphrase = new char[PASSPHRASE_LENGTH];
        for (int i = 0; i < passphrase.length; i++) {
            passphrase[i] = (char) ('!' + random.nextInt('~' - '!' + 1));
        }
        return passphrase;
    }

    /** Something to wait for. */
    private interface Condition {
        boolean holds() throws CommandError, PartylineException;
    }
}
