package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.itests.network.Stage.PASSPHRASE;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/** Two servers in two processes talk over one node. */
@ExtendWith({NeedsNode.class, ShowLogs.class, Stage.Resolver.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TalkIT {
    private static final String FLEETING = "fleeting";
    /** The minimum cost of each derivation. */
    private static final Map<String, List<String>> CHEAP = Map.of(
            "ARGON2ID", List.of("--time-cost", "5", "--memory", "8192", "--parallelism", "1"),
            "PBKDF2_SHA256", List.of("--memory", "100000"),
            "SCRYPT", List.of("--memory", "8192", "--time-cost", "8", "--parallelism", "4"));

    private final RegtestNode node;
    private final Operator alice;
    private final Operator bob;

    TalkIT(Stage stage) {
        node = stage.node();
        alice = stage.alice();
        bob = stage.bob();
    }

    /** They are checked again in the last test, so that no test has to wait for their minute to pass. */
    @Test
    @Order(1)
    void messagesWithATimeToLiveArriveBothWays() {
        open(FLEETING, "PBKDF2_SHA256");
        alice.send(FLEETING, "gone in a minute", "--ttl", "1m");
        bob.awaitText(FLEETING, "gone in a minute");
        bob.send(FLEETING, "so is this", "--ttl", "1m");
        alice.awaitText(FLEETING, "so is this");
    }

    @Test
    @Order(2)
    void theyTalkInAChannelJoinedByInvite() {
        String words = "Hello Bob, it's $5 \"a month\" \\ é ☕";
        String invite = alice.createChannel("lobby", PASSPHRASE);
        JsonNode joined = bob.join(invite, PASSPHRASE);
        assertEquals("lobby", joined.get("name").asText());
        assertEquals("regtest", joined.get("network").asText());

        alice.send("lobby", words);
        JsonNode seen = bob.awaitText("lobby", words);
        assertEquals("Alice", seen.get("sender").asText());
        bob.send("lobby", "Hello Alice");
        assertEquals(
                "Bob", alice.awaitText("lobby", "Hello Alice").get("sender").asText());
    }

    @Test
    @Order(3)
    void theyTalkInAChannelJoinedByPassphraseAlone() {
        alice.join("attic", PASSPHRASE);
        bob.join("attic", PASSPHRASE);
        bob.send("attic", "Who is here?");
        alice.awaitText("attic", "Who is here?");
        alice.send("attic", "I am.");
        bob.awaitText("attic", "I am.");
    }

    @Test
    @Order(4)
    void aTextInDoubleQuotesArrivesAsItWasTyped() {
        Reply reply = alice.server().type("partyline:send --channel attic \"it's {$5}; or (so) they \\\"say\\\"\"");
        assertEquals(0, reply.status(), reply::text);
        bob.awaitText("attic", "it's {$5}; or (so) they \"say\"");
    }

    @Test
    @Order(4)
    void whoHasAnotherPassphraseReadsNothing() {
        alice.join("cellar", PASSPHRASE);
        bob.join("cellar", "another passphrase than hers");
        long unread = alice.send("cellar", "not for you");
        alice.awaitState(unread, "relayed");
        // A later message in the same channel is read, so it was examined and skipped.
        alice.send("attic", "Did you read that?");
        bob.awaitText("attic", "Did you read that?");
        assertEquals(List.of(), bob.messages("cellar"));
    }

    @Test
    @Order(5)
    void theServersHearOfTransactionsInDifferentWays() {
        assertEquals("zmq", alice.nodeStatus().get("notifications").asText());
        assertEquals("polling 200ms", bob.nodeStatus().get("notifications").asText());
    }

    @Test
    @Order(6)
    void longMessagesGoOutInPiecesAndArriveWhole() {
        open("long", "PBKDF2_SHA256");
        String words = "0123456789 and so on, ".repeat(20);
        long id = alice.send("long", words);
        bob.awaitText("long", words);
        assertTrue(alice.transactions(id).size() > 5, () -> alice.outgoing(id).toString());
        String answer = "one piece is never enough; ".repeat(15);
        bob.send("long", answer);
        alice.awaitText("long", answer);
    }

    @Test
    @Order(7)
    void aMessageThatIsTooLongIsRefusedWithTheLimitInBytes() {
        open("limit", "PBKDF2_SHA256");
        String refusal = alice.server().refusal("send", "--channel", "limit", "x".repeat(4_097));
        Matcher named = Pattern.compile("limit is ([0-9]+) bytes").matcher(refusal);
        assertTrue(named.find(), refusal);
        assertEquals(List.of(), alice.messages("limit"));
        int limit = Integer.parseInt(named.group(1));
        // The limit is exact: one byte more is rejected, this many are not.
        alice.server().refusal("send", "--channel", "limit", "x".repeat(limit + 1));
        String longest = "x".repeat(limit);
        alice.send("limit", longest);
        bob.awaitText("limit", longest);
    }

    @Test
    @Order(8)
    void burnMessagesAreShownOnceBothWays() {
        open("burn", "PBKDF2_SHA256");
        alice.send("burn", "the door code is 4711", "--burn");
        readOnce(bob, "the door code is 4711");
        bob.send("burn", "forget it", "--burn");
        readOnce(alice, "forget it");
    }

    private static void readOnce(Operator reader, String words) {
        JsonNode listed = reader.awaitMessage(
                "burn", "a burn message", message -> message.get("burn").asBoolean());
        String id = listed.get("id").asText();
        assertTrue(listed.get("text").isNull(), listed::toString);
        assertEquals(words, reader.server().json("read", id).get("text").asText());
        String refusal = reader.server().refusal("read", id);
        assertFalse(refusal.contains(words), refusal);
        assertEquals(List.of(), reader.received("burn"));
    }

    @Test
    @Order(9)
    void theyTalkInOpenMode() {
        String invite = alice.createChannel("square", PASSPHRASE, "--mode", "open", "--kdf", "PBKDF2_SHA256");
        bob.join(invite, PASSPHRASE, "--mode", "open");
        for (String words : List.of("first", "second")) {
            long id = alice.send("square", words);
            bob.awaitText("square", words);
            assertEquals(1, alice.transactions(id).size());
            bob.send("square", "I read the " + words);
            alice.awaitText("square", "I read the " + words);
        }
    }

    @Test
    @Order(10)
    void whoSendsInOpenModeIsReadByWhoSendsOnAChain() {
        String invite = alice.createChannel("mixed", PASSPHRASE, "--mode", "open", "--kdf", "PBKDF2_SHA256");
        bob.join(invite, PASSPHRASE, "--mode", "ratchet");
        alice.send("mixed", "in the open");
        bob.awaitText("mixed", "in the open");
        bob.send("mixed", "on a chain");
        alice.awaitText("mixed", "on a chain");
    }

    @ParameterizedTest(name = "{0} with {1}, {2}")
    @Order(11)
    @CsvSource({
        "XCHACHA20_POLY1305, ARGON2ID, ratchet",
        "XCHACHA20_POLY1305, PBKDF2_SHA256, open",
        "XCHACHA20_POLY1305, SCRYPT, ratchet",
        "AES_256_GCM, ARGON2ID, open",
        "AES_256_GCM, PBKDF2_SHA256, ratchet",
        "AES_256_GCM, SCRYPT, open",
        "CHACHA20_POLY1305, ARGON2ID, ratchet",
        "CHACHA20_POLY1305, PBKDF2_SHA256, open",
        "CHACHA20_POLY1305, SCRYPT, ratchet",
    })
    void theyTalkWithEachCipherAndEachKeyDerivation(String aead, String kdf, String mode) {
        String channel = aead.toLowerCase(java.util.Locale.ROOT) + " " + kdf.toLowerCase(java.util.Locale.ROOT);
        List<String> options = new ArrayList<>(CHEAP.get(kdf));
        options.addAll(List.of("--kdf", kdf, "--mode", mode));
        alice.server().json("suite-prefer", aead);
        bob.server().json("suite-prefer", aead);
        String invite = alice.createChannel(channel, PASSPHRASE, options.toArray(String[]::new));
        bob.join(invite, PASSPHRASE, "--mode", mode);

        long question = alice.send(channel, "Can you read this?");
        JsonNode read = bob.awaitText(channel, "Can you read this?");
        long answer = bob.send(channel, "I can.");
        alice.awaitText(channel, "I can.");

        String carrier = read.get("transactions").get(0).asText();
        assertTrue(alice.transactions(question).contains(carrier), carrier);
        assertPacket(bob, carrier, aead, kdf);
        assertPacket(alice, bob.transactions(answer).get(0), aead, kdf);
    }

    private static void assertPacket(Operator reader, String transaction, String aead, String kdf) {
        JsonNode inspection =
                reader.server().json("inspect", transaction).get("outputs").get(0);
        JsonNode packet = inspection.get("packet");
        assertEquals(aead, packet.path("cipher_suite").asText(), inspection::toString);
        assertEquals(kdf, packet.path("kdf_suite").asText(), inspection::toString);
    }

    @Test
    @Order(12)
    void whatTheyPayIsWhatTheNodeSaysAndEachStateIsReached() {
        open("paid", "PBKDF2_SHA256");
        long confirmedBefore = spendable(alice);
        long id = alice.send("paid", "What did this cost?");
        bob.awaitText("paid", "What did this cost?");
        JsonNode seen = alice.awaitState(id, "relayed");
        long fees = 0;
        List<String> transactions = alice.transactions(id);
        for (JsonNode part : seen.get("parts")) {
            String transaction = part.get("transaction").asText();
            RegtestNode.Paid paid = node.waiting(transaction).orElseThrow();
            assertEquals(paid.fee(), part.get("fee_sat").asLong(), part::toString);
            assertEquals(paid.vsize(), part.get("vsize").asInt(), part::toString);
            assertEquals(Operator.NODE, part.get("node").asText());
            assertOneSmallDataOutput(node.transaction(transaction));
            fees += paid.fee();
        }
        assertEquals(fees, seen.get("fee_sat").asLong(), seen::toString);
        assertEquals(confirmedBefore - fees, spendable(alice));

        node.mine(1);
        alice.awaitState(id, "in a block");
        for (String transaction : transactions) {
            assertEquals(1, node.transaction(transaction).get("confirmations").asInt());
        }
        JsonNode kept = Wait.forAnswer(
                "the block of Bob's copy",
                () -> bob.received("paid").stream()
                        .filter(message -> !message.get("block").isNull())
                        .findFirst());
        assertEquals(node.call("getblockcount").asInt(), kept.get("block").asInt());
    }

    private static long spendable(Operator operator) {
        JsonNode holding =
                operator.server().json("wallet-status").get("holdings").get(0);
        return holding.get("confirmed_sat").asLong()
                + holding.get("unconfirmed_sat").asLong();
    }

    private static void assertOneSmallDataOutput(JsonNode transaction) {
        List<String> data = Operator.elements(transaction.get("vout"))
                .map(output -> output.get("scriptPubKey").get("hex").asText())
                .filter(script -> script.startsWith("6a"))
                .toList();
        assertEquals(1, data.size(), transaction::toString);
        assertTrue(data.get(0).length() <= 2 * 83, () -> data.get(0));
    }

    /** The harness checks each document against its schema. */
    @Test
    @Order(13)
    void whatTheCommandsPrintForProgramsIsAsTheirSchemasSay() {
        for (String words : List.of(
                "status",
                "persona-list",
                "persona-card",
                "contact-list",
                "session-list",
                "channel-list",
                "channel-invite lobby",
                "outbox --all",
                "messages",
                "suite-list",
                "node-list",
                "node-status",
                "wallet-status --coins",
                "wallet-address",
                "wallet-label",
                "fee-status",
                "fee-limit",
                "decoy-status",
                "privacy",
                "secrets-status",
                "audit --last 1000")) {
            for (Operator each : List.of(alice, bob)) {
                assertTrue(each.server().json(words.split(" ")).size() > 0, words);
            }
        }
    }

    @Test
    @Order(13)
    void everyTransactionHasAChangeAddressOfItsOwn() {
        open("change", "PBKDF2_SHA256");
        Set<String> scripts = new LinkedHashSet<>();
        int transactions = 0;
        for (String words : List.of("one", "two", "three")) {
            long id = alice.send("change", words);
            alice.awaitState(id, "relayed");
            for (String transaction : alice.transactions(id)) {
                transactions++;
                Operator.elements(node.transaction(transaction).get("vout"))
                        .map(output -> output.get("scriptPubKey").get("hex").asText())
                        .filter(script -> !script.startsWith("6a"))
                        .forEach(scripts::add);
            }
        }
        assertEquals(transactions, scripts.size());
        assertNotEquals(0, transactions);
    }

    @Test
    @Order(14)
    void messagesOfOneSenderAreShownInTheirOrder() {
        open("order", "PBKDF2_SHA256");
        List<String> words = List.of("one", "two", "three", "four", "five", "six");
        words.forEach(each -> alice.send("order", each));
        bob.awaitText("order", "six");
        Wait.until("all of them", () -> bob.received("order").size() == words.size());
        assertEquals(words, bob.texts("order"));
    }

    @Test
    @Order(15)
    void messagesLeaveBothStoresWhenTheirTimeToLiveEnds() {
        for (Operator each : List.of(alice, bob)) {
            Wait.until(
                    "the messages with a time to live leave",
                    Duration.ofMinutes(4),
                    () -> each.messages(FLEETING).isEmpty());
        }
    }

    private void open(String channel, String kdf) {
        String invite = alice.createChannel(channel, PASSPHRASE, "--kdf", kdf);
        bob.join(invite, PASSPHRASE);
    }
}
