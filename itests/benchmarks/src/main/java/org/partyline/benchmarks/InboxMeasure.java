package org.partyline.benchmarks;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Vault;
import org.partyline.itests.harness.RegtestNode;

/**
 * Measures the time from the node's announcement of a transaction, by ZMQ, to the message's event: stored in the inbox
 * and reported. Two servers run in this process, complete except for a console; the node is a separate process.
 */
final class InboxMeasure {
    /** Messages that may leave before our own subscription receives any announcement. */
    private static final int MOST_UNHEARD = 20;

    /** Messages between two attempts at a subscription. */
    private static final int PATIENCE = 5;

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int COINS = 40;
    private static final long COIN = 1_000_000;
    private static final String WALLET = "sender";

    private final Effort effort;
    private final RegtestNode node;
    private final Path distribution;
    private final Work work;
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    InboxMeasure(Effort effort, RegtestNode node, Path distribution, Work work) {
        this.effort = effort;
        this.node = node;
        this.distribution = distribution;
        this.work = work;
    }

    List<Figure> run() throws Exception {
        node.createWallet(WALLET, COINS, COIN);
        try (Framework sender = server("sender", WALLET);
                Framework receiver = server("receiver", "");
                Announcements announcements = new Announcements(node.zmq());
                AutoCloseable following = receiver.service(Messages.class)
                        .follow(
                                Messages.Query.ALL,
                                event -> event.message()
                                        .ifPresent(message -> message.transactions()
                                                .forEach(each ->
                                                        told.putIfAbsent(each.toString(), System.nanoTime()))))) {
            double[] ratchet = run(sender, receiver, announcements, Channels.Mode.RATCHET, effort.ratchet(), () -> {});
            // One after each message, so that a busy machine affects both.
            List<Double> derivations = new ArrayList<>();
            KeyDerivation argon2id = argon2id(receiver);
            double[] sealed = run(
                    sender,
                    receiver,
                    announcements,
                    Channels.Mode.OPEN,
                    effort.sealed(),
                    () -> derivations.add(derive(argon2id)));
            double kdf = Samples.median(derivations.stream()
                    .skip(effort.warmups())
                    .mapToDouble(Double::doubleValue)
                    .toArray());
            return List.of(
                    figure(
                            "announcement to inbox, ratchet packet (no KDF)",
                            Samples.median(ratchet),
                            "the same with a sealed packet (Argon2id)",
                            Samples.median(sealed)),
                    figure(
                            "announcement to inbox, ratchet packet, the slowest tenth",
                            Samples.quantile(0.9, ratchet),
                            "the median one",
                            Samples.median(ratchet)),
                    figure(
                            "announcement to inbox, sealed packet (Argon2id)",
                            Samples.median(sealed),
                            "the bare Argon2id, 64 MiB",
                            kdf));
        }
    }

    private static Figure figure(String what, double nanoseconds, String baseline, double baselineNanoseconds) {
        return Figure.of(
                what,
                Cost.milliseconds(nanoseconds),
                baseline,
                Cost.milliseconds(baselineNanoseconds),
                Figure.Direction.OF_THE_BASELINE,
                Goal.NONE);
    }

    private Framework server(String name, String wallet) throws PartylineException {
        Framework server = Framework.start(distribution, work.newDirectory(name));
        server.configure(NodeMeasure.TRANSPORT, NodeMeasure.settings(node, wallet));
        Vault vault = server.service(Vault.class);
        char[] passphrase = "store passphrase".toCharArray();
        vault.create(passphrase);
        return server;
    }

    /** Returns the nanoseconds of each message. */
    private double[] run(
            Framework sender,
            Framework receiver,
            Announcements announcements,
            Channels.Mode mode,
            int count,
            Runnable behind)
            throws Exception {
        String channel = "benchmark-" + mode;
        for (Framework server : List.of(sender, receiver)) {
            server.service(Channels.class)
                    .join(
                            new Channels.Join(
                                    Optional.empty(), channel, mode, Optional.empty(), Optional.of(Network.REGTEST)),
                            "channel passphrase".toCharArray());
        }
        double[] nanoseconds = new double[count];
        int taken = -effort.warmups();
        for (int sent = 0; taken < count; sent++) {
            if (sent % 10 == 9) {
                node.mine(1);
            }
            Messages.Outgoing message = send(sender.service(Messages.class), channel, sent);
            String txid = message.parts().get(0).transaction().orElseThrow().toString();
            Poll.until("message " + sent + " arrives", LIMIT, () -> told.containsKey(txid));
            if (announcements.isSilent() && sent < MOST_UNHEARD) {
                // Our own subscription started after it, or does not work at all.
                if (sent % PATIENCE == PATIENCE / 2) {
                    announcements.connectAnew();
                }
                continue;
            }
            Poll.until("message " + sent + " is announced", LIMIT, () -> announcements.nanoTime(txid) != null);
            // The packet that begins a chain is sealed: it counts among the sealed ones, not here.
            boolean counts =
                    message.parts().size() == 1 && isSealed(receiver, channel, txid) == (mode == Channels.Mode.OPEN);
            if (counts) {
                if (taken >= 0) {
                    nanoseconds[taken] = told.get(txid) - announcements.nanoTime(txid);
                }
                taken++;
                behind.run();
            }
        }
        return nanoseconds;
    }

    private static Messages.Outgoing send(Messages messages, String channel, int number) throws PartylineException {
        long id = messages.send(
                        new Messages.Send(Optional.empty(), channel, "message " + number, Optional.empty(), false))
                .id();
        Poll.until("message " + number + " leaves", LIMIT, () -> {
            try {
                return messages.outgoing(id).state().compareTo(Messages.State.SENT) >= 0;
            } catch (PartylineException e) {
                throw new IllegalStateException(e);
            }
        });
        return messages.outgoing(id);
    }

    private static boolean isSealed(Framework receiver, String channel, String txid) throws PartylineException {
        Messages.Query all =
                new Messages.Query(Optional.empty(), Optional.of(channel), Optional.empty(), Optional.empty());
        return receiver.service(Messages.class).messages(all).stream()
                .filter(message -> message.transactions().stream()
                        .anyMatch(each -> each.toString().equals(txid)))
                .findFirst()
                .orElseThrow()
                .sequence()
                .isEmpty();
    }

    private static KeyDerivation argon2id(Framework server) {
        return server.services(KeyDerivation.class).stream()
                .filter(each -> each.id().equals(KdfId.ARGON2ID))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the nanoseconds of a derivation alone. */
    private static double derive(KeyDerivation argon2id) {
        byte[] salt = "sixteen bytes ..".getBytes(StandardCharsets.US_ASCII);
        long begin = System.nanoTime();
        try (SecretBytes key = argon2id.derive(new byte[32], salt, KdfParameters.defaults(KdfId.ARGON2ID), 32)) {
            return System.nanoTime() - begin;
        }
    }
}
