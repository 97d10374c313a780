package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Person;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Two servers with cover traffic protect their session against quantum computers without sending anything beyond the
 * cover traffic: about half an hour at its fastest pace.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtectionIT {
    private static final String ALICE = "Alice";
    private static final String BOB = "Bob";

    /** Twice the average time of 54 packets and the waits between them. */
    private static final Duration LIMIT = Duration.ofMinutes(75);

    private RegtestNode node;
    private Person alice;
    private Person bob;

    @BeforeAll
    void startTheNodeAndTwoServers() {
        node = RegtestNode.start(true);
        alice = Person.of(server(ALICE), ALICE);
        bob = Person.of(server(BOB), BOB);
        alice.know(bob);
        bob.know(alice);
        alice.write(BOB, "hello");
        bob.awaitText(ALICE, "hello");
        alice.awaitSession(BOB, "open");
        bob.awaitSession(ALICE, "open");
        node.mine(1);
    }

    private Operator server(String nickname) {
        String wallet = nickname.toLowerCase(Locale.ROOT);
        node.createWallet(wallet, 60, 50_000);
        Operator operator = new Operator(PartylineServer.create(wallet).start());
        operator.setUp(nickname);
        operator.addNode(node, wallet, "zmq=" + node.zmq());
        return operator;
    }

    @AfterAll
    void endThem() {
        for (Person each : new Person[] {alice, bob}) {
            if (each != null) {
                each.operator().server().close();
            }
        }
        if (node != null) {
            node.close();
        }
    }

    private static JsonNode cover(Person person, String command, String... options) {
        String[] words = new String[options.length + 1];
        words[0] = command;
        System.arraycopy(options, 0, words, 1, options.length);
        JsonNode cover = person.operator().server().json(words);
        return cover.has("cover") ? cover.get("cover").get(0) : cover;
    }

    private static long spent(Person person) {
        return person.operator().server().json("status").get("spent_sat").asLong();
    }

    @Test
    void anExchangeIsCompleteAtTheCostOfTheCoverAlone() {
        Wait.until("the block took all", () -> node.mempool().isEmpty());
        long before = spent(alice) + spent(bob);
        cover(alice, "decoy-start", "--every", "30s");
        cover(bob, "decoy-start", "--every", "30s");
        Predicate<JsonNode> isProtected = session -> session.hasNonNull("protected_since");
        Wait.until(
                "both sides are protected",
                LIMIT,
                () -> alice.session(BOB).filter(isProtected).isPresent()
                        && bob.session(ALICE).filter(isProtected).isPresent());
        JsonNode hers = cover(alice, "decoy-stop");
        JsonNode his = cover(bob, "decoy-stop");

        Set<String> transactions = new HashSet<>(node.mempool());
        long slots = 0;
        for (JsonNode cover : List.of(hers, his)) {
            slots += cover.get("messages").asLong() + cover.get("decoys").asLong();
        }
        long paid = spent(alice) + spent(bob) - before;
        System.out.println("An exchange under cover traffic: " + transactions.size() + " packets of two servers, "
                + paid + " sat; cover traffic: " + hers + ", " + his);
        assertEquals(slots, transactions.size(), "packets that cover traffic knows nothing of");
        assertEquals(hers.get("spent_sat").asLong() + his.get("spent_sat").asLong(), paid);
        assertEquals(List.of(), alice.outgoing(BOB, "control"), "the exchange has no packets of its own");
        assertTrue(bob.outgoing(ALICE, "control").isEmpty());

        alice.write(BOB, "these words are protected");
        bob.awaitText(ALICE, "these words are protected");
    }
}
