package org.partyline.itests.privacy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionOutput;
import org.bitcoinj.crypto.ECKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.cover.PoissonTiming;
import org.partyline.itests.messaging.Station;
import org.partyline.transportembedded.PlayChain;

/**
 * Checks that the transactions of two personas of one server cannot be linked: they share no coin, no address, no key.
 */
class PersonaGraphsIT {
    private static final int PERSONAS = 10;
    private static final int ROUNDS = Integer.getInteger("privacy.rounds", 40);

    @TempDir
    static Path home;

    /** Transactions, and the account that signed each. */
    private static final List<Signed> SENT = new ArrayList<>();

    private record Signed(String account, byte[] raw) {
        Transaction transaction() {
            return Transaction.read(ByteBuffer.wrap(raw));
        }
    }

    @BeforeAll
    static void talk() throws Exception {
        Clock clock = Station.clock();
        SecureRandom random = Seeds.random("personas");
        Map<String, String> accounts = new HashMap<>();
        List<byte[]> out = new ArrayList<>();
        try (PlayChain chain = new PlayChain(home, clock, Seeds.random("persona chain"));
                Station station = Station.start(
                        clock,
                        new PoissonTiming(),
                        Seeds.random("persona server"),
                        Ears.on(chain.transport(), raw -> {
                            synchronized (out) {
                                out.add(raw);
                            }
                        }),
                        Ears.on(chain.wallet(), "", (account, paid) -> accounts.put(hex(paid.raw()), account)))) {
            chain.mine();
            List<String> names = new ArrayList<>();
            for (int i = 0; i < PERSONAS; i++) {
                names.add("persona" + i);
                station.personas().create(names.get(i));
                station.join(Optional.of(names.get(i)), "lobby", Mode.RATCHET);
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (String name : names) {
                    // Some use only the rolling carrier, some the other, some both.
                    int who = names.indexOf(name) % 3;
                    boolean rolling = who == 0 || who == 1 && random.nextBoolean();
                    station.send(
                            Optional.of(name),
                            false,
                            "lobby",
                            "message " + round,
                            Duration.ofHours(1),
                            rolling ? Carrier.ROLLING : Carrier.CONFIRM);
                }
                for (int i = 0; i < 2; i++) {
                    Station.set(clock, clock.instant().plus(Duration.ofSeconds(31)));
                    station.round();
                }
                if (random.nextInt(4) == 0) {
                    chain.mine();
                    station.keep();
                }
            }
        }
        synchronized (out) {
            out.stream()
                    .map(PersonaGraphsIT::hex)
                    .distinct()
                    .forEach(raw -> SENT.add(
                            new Signed(accounts.get(raw), HexFormat.of().parseHex(raw))));
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** Linked transactions, found as an observer would: by coins, addresses and keys. */
    private static final class Graph {
        private final Map<String, String> parent = new HashMap<>();
        private final Map<String, String> accounts = new HashMap<>();

        Graph(List<Signed> sent) {
            for (Signed signed : sent) {
                Transaction transaction = signed.transaction();
                String id = transaction.getTxId().toString();
                accounts.put(id, signed.account());
                for (TransactionInput input : transaction.getInputs()) {
                    join(id, "coin " + input.getOutpoint());
                    join(
                            id,
                            "address 0014"
                                    + hex(ECKey.fromPublicOnly(
                                                    input.getWitness().getPush(1))
                                            .getPubKeyHash()));
                }
                for (TransactionOutput output : transaction.getOutputs()) {
                    if (!output.getValue().isZero()) {
                        join(id, "coin " + id + ":" + output.getIndex());
                        join(id, "address " + hex(output.getScriptBytes()));
                    }
                }
            }
        }

        private String find(String node) {
            String at = node;
            while (parent.containsKey(at)) {
                at = parent.get(at);
            }
            return at;
        }

        private void join(String one, String other) {
            String a = find(one);
            String b = find(other);
            if (!a.equals(b)) {
                parent.put(a, b);
            }
        }

        /** Returns the number of components that link transactions of several accounts. */
        long mixed() {
            Map<String, Set<String>> pieces = new HashMap<>();
            accounts.forEach((id, account) ->
                    pieces.computeIfAbsent(find(id), root -> new HashSet<>()).add(account));
            return pieces.values().stream().filter(of -> of.size() > 1).count();
        }
    }

    @Test
    void theGraphsOfTwoPersonasDoNotTouch() {
        Figures.note(
                "(e)", "personas", SENT.stream().map(Signed::account).distinct().count(), "");
        Figures.note("(e)", "transactions, versions of rolling ones among them", SENT.size(), "");
        Figures.over(
                "(e)",
                "transactions of each persona, at least",
                SENT.stream()
                        .map(Signed::account)
                        .distinct()
                        .mapToLong(account -> SENT.stream()
                                .filter(s -> s.account().equals(account))
                                .count())
                        .min()
                        .orElse(0),
                ROUNDS / 2.0);
        Figures.holds(
                "(e)",
                "all personas sent",
                SENT.stream().map(Signed::account).distinct().count() == PERSONAS);
        Figures.atMost("(e)", "pieces of the graph that belong to several personas", new Graph(SENT).mixed(), 0);
    }

    @Test
    void oneTransactionWithCoinsOfTwoPersonasIsCaught() {
        Signed first = SENT.get(0);
        Signed other = SENT.stream()
                .filter(signed -> !signed.account().equals(first.account()))
                .findFirst()
                .orElseThrow();
        Transaction both = first.transaction();
        both.addInput(other.transaction().getInput(0));
        List<Signed> weak = new ArrayList<>(SENT);
        weak.add(new Signed(first.account(), both.serialize()));
        Figures.over(
                "(e)", "planted, one transaction with coins of two personas: mixed pieces", new Graph(weak).mixed(), 0);
    }

    @Test
    void changeToAnotherPersonasAddressIsCaught() {
        Signed first = SENT.get(0);
        Signed other = SENT.stream()
                .filter(signed -> !signed.account().equals(first.account()))
                .findFirst()
                .orElseThrow();
        Transaction mixed = first.transaction();
        mixed.addOutput(other.transaction().getOutput(Sent.changeAt(other.transaction())));
        List<Signed> weak = new ArrayList<>(SENT);
        weak.add(new Signed(first.account(), mixed.serialize()));
        Figures.over("(e)", "planted, change to another persona's address: mixed pieces", new Graph(weak).mixed(), 0);
    }
}
