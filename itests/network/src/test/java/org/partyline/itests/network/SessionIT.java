package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.itests.network.Pair.ANSWER;
import static org.partyline.itests.network.Pair.CLOSED;
import static org.partyline.itests.network.Pair.HANDSHAKE;
import static org.partyline.itests.network.Pair.KEY_UPDATE;
import static org.partyline.itests.network.Pair.OPEN;
import static org.partyline.itests.network.Pair.REKEY_MESSAGES;
import static org.partyline.itests.network.Pair.only;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Person;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/** Two people on two servers have sessions over one node. Every test has its own personas. */
@ExtendWith({NeedsNode.class, ShowLogs.class, Stage.Resolver.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SessionIT {
    private static final String FLEETING = "gone in a minute";

    private final Stage stage;
    private final RegtestNode node;

    SessionIT(Stage stage) {
        this.stage = stage;
        node = stage.node();
    }

    // ---- cards and safety numbers

    /** They are checked again in the last test, so that no test has to wait for their minute to pass. */
    @Test
    @Order(1)
    void messagesWithATimeToLiveArriveBothWays() {
        Pair pair = stage.pair("fleeting").meet();
        Person alice = pair.alice();
        Person bob = pair.bob();
        alice.write(bob.name(), FLEETING, "--ttl", "1m");
        JsonNode read = bob.awaitText(alice.name(), FLEETING);
        assertEquals(
                Duration.ofMinutes(1),
                Duration.between(
                        Instant.parse(read.get("sent").asText()),
                        Instant.parse(read.get("expires").asText())));
        bob.write(alice.name(), FLEETING, "--ttl", "1m");
        alice.awaitText(bob.name(), FLEETING);
    }

    @Test
    @Order(2)
    void bothSidesShowTheSameSafetyNumberAndRecordThatTheyCompared() {
        Pair pair = stage.pair("numbers");
        Person alice = pair.alice();
        Person bob = pair.bob();
        JsonNode known = alice.know(bob);
        assertEquals("b numbers", known.get("name").asText());
        assertEquals("regtest", known.get("network").asText());
        assertEquals("unverified", known.get("trust").asText());
        bob.know(alice);

        JsonNode shown = alice.json("contact-verify", bob.name());
        String number = shown.get("safety_number").asText();
        assertTrue(number.matches("([0-9]{5} ){11}[0-9]{5}"), number);
        assertTrue(shown.get("same").isNull(), shown::toString);
        assertEquals("unverified", alice.contact(bob.name()).get("trust").asText());
        assertEquals(
                number,
                bob.json("contact-verify", alice.name()).get("safety_number").asText());

        JsonNode recorded = alice.json("contact-verify", bob.name(), "--same");
        assertEquals("verified", recorded.get("contact").get("trust").asText());
        assertEquals("verified", alice.contact(bob.name()).get("trust").asText());
        assertEquals("unverified", bob.contact(alice.name()).get("trust").asText());
        assertTrue(audited(alice, "contact-verified"));
        bob.json("contact-verify", alice.name(), "--different");
        assertEquals("unverified", bob.contact(alice.name()).get("trust").asText());
        assertTrue(audited(bob, "contact-differs"));

        Person other = Person.create(stage.bob(), "somebody else");
        alice.know(other);
        assertNotEquals(
                number,
                alice.json("contact-verify", other.name()).get("safety_number").asText());
        assertTrue(alice.refusal("contact-add", bob.card()).contains("already known"));
        assertTrue(alice.refusal("contact-add", alice.card()).contains("own card"));
    }

    private static boolean audited(Person person, String event) {
        return audits(person, event) > 0;
    }

    private static long audits(Person person, String event) {
        return Operator.elements(person.operator()
                        .server()
                        .json("audit", "--last", "1000")
                        .get("events"))
                .filter(each -> each.get("event").asText().equals(event))
                .count();
    }

    // ---- messages

    @Test
    @Order(3)
    void theFirstMessageOpensASessionByAHandshakeInPiecesOf80Bytes() {
        Pair pair = stage.pair("first").meet();
        Person alice = pair.alice();
        Person bob = pair.bob();
        long id = alice.write(bob.name(), "Hello Bob, it's $5 \"a month\" \\ é ☕");
        JsonNode read = bob.awaitText(alice.name(), "Hello Bob, it's $5 \"a month\" \\ é ☕");
        assertEquals(alice.name(), read.get("sender").asText());
        assertTrue(read.get("direct").asBoolean(), read::toString);
        assertTrue(read.get("signed_by").isNull(), read::toString);
        bob.write(alice.name(), "Hello Alice");
        alice.awaitText(bob.name(), "Hello Alice");

        JsonNode handshake = only(alice.outgoing(bob.name(), HANDSHAKE));
        assertEquals(3, handshake.get("parts").size(), handshake::toString);
        Operator.elements(handshake.get("parts"))
                .forEach(part -> assertTrue(part.get("bytes").asInt() <= 80, handshake::toString));
        JsonNode answer = only(bob.outgoing(alice.name(), ANSWER));
        assertEquals(1, answer.get("parts").size(), answer::toString);
        assertEquals(80, answer.get("parts").get(0).get("bytes").asInt());
        assertEquals(1, alice.operator().transactions(id).size());

        JsonNode ofAlice = alice.awaitSession(bob.name(), OPEN);
        JsonNode ofBob = bob.awaitSession(alice.name(), OPEN);
        assertTrue(ofAlice.get("initiator").asBoolean());
        assertFalse(ofBob.get("initiator").asBoolean());
        assertEquals("XCHACHA20_POLY1305", ofAlice.get("suite").asText());
        assertEquals("XCHACHA20_POLY1305", ofBob.get("suite").asText());
        for (JsonNode session : List.of(ofAlice, ofBob)) {
            assertEquals(1, session.get("sent").asInt());
            assertEquals(1, session.get("received").asInt());
        }
    }

    @Test
    @Order(4)
    void longMessagesGoOutInPiecesBothWays() {
        Pair pair = stage.pair("long").meet();
        String words = "0123456789 and so on, ".repeat(20);
        long id = pair.alice().write(pair.bob().name(), words);
        pair.bob().awaitText(pair.alice().name(), words);
        assertTrue(pair.alice().operator().transactions(id).size() > 5);
        String answer = "one piece is never enough; ".repeat(15);
        pair.bob().write(pair.alice().name(), answer);
        pair.alice().awaitText(pair.bob().name(), answer);
    }

    @Test
    @Order(5)
    void burnMessagesAreShownOnceBothWays() {
        Pair pair = stage.pair("burn").meet();
        pair.alice().write(pair.bob().name(), "the door code is 4711", "--burn");
        readOnce(pair.bob(), pair.alice().name(), "the door code is 4711");
        pair.bob().write(pair.alice().name(), "forget it", "--burn");
        readOnce(pair.alice(), pair.bob().name(), "forget it");
    }

    private static void readOnce(Person reader, String from, String words) {
        JsonNode listed = reader.awaitMessage(
                from, "a burn message", message -> message.get("burn").asBoolean());
        String id = listed.get("id").asText();
        assertTrue(listed.get("text").isNull(), listed::toString);
        PartylineServer server = reader.operator().server();
        assertEquals(words, server.json("read", id).get("text").asText());
        String refusal = server.refusal("read", id);
        assertFalse(refusal.contains(words), refusal);
        assertEquals(List.of(), reader.received(from));
    }

    /** A signature needs a packet of 128 bytes: this node relays it, and unsigned messages still use 80. */
    @Test
    @Order(6)
    void aSignedMessageIsShownAsSignedAndNoOther() {
        Pair pair = stage.pair("signed").meet().talk();
        Person alice = pair.alice();
        Person bob = pair.bob();
        long signed = alice.write(bob.name(), "I am bound by this", "--sign");
        JsonNode read = bob.awaitText(alice.name(), "I am bound by this");
        assertEquals(alice.name(), read.get("signed_by").asText());
        assertEquals(128, firstPacket(alice, signed));
        long plain = alice.write(bob.name(), "but not by this");
        assertTrue(
                bob.awaitText(alice.name(), "but not by this").get("signed_by").isNull());
        assertTrue(firstPacket(alice, plain) <= 80);
    }

    private static int firstPacket(Person from, long id) {
        return from.operator().outgoing(id).get("parts").get(0).get("bytes").asInt();
    }

    // ---- opening

    @Test
    @Order(7)
    void twoWhoOpenAtTheSameMomentKeepOneSessionAndLoseNothing() {
        Pair pair = stage.pair("at once").meet();
        Person alice = pair.alice();
        Person bob = pair.bob();
        // Neither receives the other's handshake before both have begun.
        stage.alice().server().json("node-pause", Operator.NODE);
        stage.bob().server().json("node-pause", Operator.NODE);
        alice.json("session-open", bob.name());
        bob.json("session-open", alice.name());
        alice.write(bob.name(), "I was first");
        bob.write(alice.name(), "no, I was");
        stage.alice().server().json("node-resume", Operator.NODE);
        stage.bob().server().json("node-resume", Operator.NODE);
        bob.awaitText(alice.name(), "I was first");
        alice.awaitText(bob.name(), "no, I was");
        pair.awaitSession();

        boolean alicesStands = alice.senderId()
                                .compareTo(bob.contact(alice.name())
                                        .get("sender_id")
                                        .asText())
                        == 0
                && alice.senderId().compareTo(bob.senderId()) < 0;
        // A server whose handshake had not left when the other's arrived withdraws it, and answers.
        boolean bothLeft = left(alice, bob) && left(bob, alice);
        assertNotEquals(initiated(alice, bob), initiated(bob, alice));
        if (bothLeft) {
            assertEquals(alicesStands, initiated(alice, bob));
        }
        pair.assertTalks("after the quarrel");
        assertEquals(List.of("I was first", "from alice, after the quarrel"), bob.texts(alice.name()));
        assertEquals(List.of("no, I was", "from bob, after the quarrel"), alice.texts(bob.name()));
    }

    private static boolean left(Person from, Person to) {
        return from.outgoing(to.name(), HANDSHAKE).stream()
                .noneMatch(each -> each.get("state").asText().equals("recalled"));
    }

    private static boolean initiated(Person one, Person other) {
        return one.session(other.name()).orElseThrow().get("initiator").asBoolean();
    }

    @Test
    @Order(8)
    void aStrangerWithMyCardCostsNothingUntilTheirCardIsKnown() {
        Pair pair = stage.pair("strange");
        Person alice = pair.alice();
        Person bob = pair.bob();
        long before = audits(bob, "stranger-waits");
        alice.know(bob);
        alice.write(bob.name(), "you do not know me");
        JsonNode waiting = Wait.forAnswer("a stranger", () -> waiting(bob).findFirst());
        assertEquals(64, waiting.get("key").asText().length());
        assertEquals(before + 1, audits(bob, "stranger-waits"));
        assertEquals(0, bob.contacts().count());
        assertEquals(
                0,
                Operator.elements(
                                bob.operator().server().json("outbox", "--all").get("outbox"))
                        .filter(each -> each.get("persona").asText().equals(bob.name()))
                        .count());

        bob.know(alice);
        bob.awaitText(alice.name(), "you do not know me");
        assertEquals(0, waiting(bob).count());
        assertTrue(bob.contact(alice.name()).get("card").asBoolean());
        alice.write(bob.name(), "now you do");
        bob.awaitText(alice.name(), "now you do");
        assertEquals(
                alice.json("contact-verify", bob.name()).get("safety_number"),
                bob.json("contact-verify", alice.name()).get("safety_number"));
    }

    /** Returns the unknown senders that have requested a session with a person. */
    private static Stream<JsonNode> waiting(Person person) {
        return Operator.elements(person.json("contact-list").get("waiting"));
    }

    @Test
    @Order(9)
    void whoAnswersAnybodyReadsAStrangerOnceTheirCardIsKnown() {
        Pair pair = stage.pair("anybody");
        Person alice = pair.alice();
        Person bob = pair.bob();
        stage.bob().set("allow-strangers", "true");
        try {
            alice.know(bob);
            alice.write(bob.name(), "you do not know me");
            JsonNode contact = Wait.forAnswer("a stranger", () -> bob.contacts().findFirst());
            String stranger = contact.get("name").asText();
            assertTrue(stranger.startsWith("stranger-"), stranger);
            assertEquals("unverified", contact.get("trust").asText());
            assertFalse(contact.get("card").asBoolean());
            assertEquals(1, bob.notices(stranger).size());
            assertTrue(bob.refusal("contact-verify", stranger).contains("contact-add"));
            Wait.until(
                    "alice has her session",
                    () -> alice.session(bob.name())
                            .filter(session -> session.get("state").asText().equals("open"))
                            .isPresent());
            bob.know(alice);
            bob.awaitText(alice.name(), "you do not know me");
            assertEquals(1, bob.contacts().count());
        } finally {
            stage.bob().set("allow-strangers", "false");
        }
    }

    @Test
    @Order(10)
    void aHandshakeThatOffersOnlyWhatPolicyForbidsIsRefusedAndAudited() {
        Pair pair = stage.pair("denied").meet();
        Person alice = pair.alice();
        Person bob = pair.bob();
        long before = audits(bob, "handshake-refused");
        stage.alice().server().json("suite-deny", "XCHACHA20_POLY1305");
        stage.alice().server().json("suite-deny", "AES_256_GCM");
        stage.bob().server().json("suite-deny", "CHACHA20_POLY1305");
        try {
            alice.write(bob.name(), "with the one suite that you do not like");
            Wait.until("the refusal is audited", () -> audits(bob, "handshake-refused") > before);
            assertTrue(bob.session(alice.name()).isEmpty());
            assertEquals(List.of(), bob.outgoing(alice.name(), ANSWER));
            assertEquals(
                    "opening",
                    alice.session(bob.name()).orElseThrow().get("state").asText());
        } finally {
            stage.alice().server().json("suite-allow", "XCHACHA20_POLY1305");
            stage.alice().server().json("suite-allow", "AES_256_GCM");
            stage.bob().server().json("suite-allow", "CHACHA20_POLY1305");
        }
    }

    @Test
    @Order(11)
    void aSessionThatWasClosedOpensAgainWithTheNextMessage() {
        Pair pair = stage.pair("closing").meet().talk();
        Person alice = pair.alice();
        Person bob = pair.bob();
        bob.json("session-close", alice.name());
        bob.awaitSession(alice.name(), CLOSED);
        alice.awaitSession(bob.name(), CLOSED);
        assertEquals(List.of(bob.name() + " has closed the session"), alice.notices(bob.name()));
        bob.write(alice.name(), "one thing more");
        alice.awaitText(bob.name(), "one thing more");
        pair.awaitSession();
        assertTrue(initiated(bob, alice));
        pair.assertTalks("again");
    }

    // ---- key updates

    @Test
    @Order(12)
    void keysAreRenewedAfterAFewMessagesAndWordsGoOn() {
        Pair pair = stage.pair("renewed").meet().talk();
        Person alice = pair.alice();
        Person bob = pair.bob();
        renewAfter("2");
        try {
            for (int i = 0; i < 6; i++) {
                alice.write(bob.name(), "to bob " + i);
                bob.write(alice.name(), "to alice " + i);
                if (i == 2) {
                    // While one renewal waits for its answer, there is no other.
                    pair.awaitRenewed();
                }
            }
            bob.awaitText(alice.name(), "to bob 5");
            alice.awaitText(bob.name(), "to alice 5");
            pair.awaitRenewed();
            assertTrue(alice.outgoing(bob.name(), KEY_UPDATE).size() >= 2);
            pair.assertTalks("under new keys");
        } finally {
            renewAfter("100");
        }
        assertEquals(
                List.of(
                        "the first words",
                        "to bob 0",
                        "to bob 1",
                        "to bob 2",
                        "to bob 3",
                        "to bob 4",
                        "to bob 5",
                        "from alice, under new keys"),
                bob.texts(alice.name()));
        assertEquals(
                List.of(
                        "to alice 0",
                        "to alice 1",
                        "to alice 2",
                        "to alice 3",
                        "to alice 4",
                        "to alice 5",
                        "from bob, under new keys"),
                alice.texts(bob.name()));
    }

    private void renewAfter(String messages) {
        stage.alice().set(REKEY_MESSAGES, messages);
        stage.bob().set(REKEY_MESSAGES, messages);
    }

    // ---- killed

    @Test
    @Order(13)
    void whoIsKilledBetweenHandshakeAndAnswerLosesNothingAndAnswersOnce() {
        // Without coins the answer cannot leave: that is when its server is killed.
        Pair pair = new Pair(stage.onAlices("a killed"), Person.create(stage.bob(), "b killed")).meet();
        Person alice = pair.alice();
        Person bob = pair.bob();
        alice.write(bob.name(), "said before");
        bob.awaitSession(alice.name(), OPEN);
        bob.awaitOutgoing(alice.name(), ANSWER, "queued");
        bob.write(alice.name(), "answered before");
        stage.bob().server().kill();
        stage.alice().server().kill();
        Stage.restart(stage.alice());
        Stage.restart(stage.bob());
        alice.awaitSession(bob.name(), "opening");
        bob.fund(node, "bob", Stage.PERSON_COINS, Stage.PERSON_SAT);
        bob.awaitText(alice.name(), "said before");
        alice.awaitText(bob.name(), "answered before");
        pair.awaitSession();
        pair.assertTalks("after");
        assertEquals(List.of("said before", "from alice, after"), bob.texts(alice.name()));
        assertEquals(List.of("answered before", "from bob, after"), alice.texts(bob.name()));
        assertOnce(alice.outgoing(bob.name(), HANDSHAKE));
        assertOnce(bob.outgoing(alice.name(), ANSWER));
    }

    private void assertOnce(List<JsonNode> outgoing) {
        JsonNode one = only(outgoing);
        List<String> transactions = Operator.elements(one.get("parts"))
                .map(part -> part.get("transaction").asText())
                .toList();
        Set<String> locators = transactions.stream()
                .flatMap(transaction ->
                        Operator.elements(node.transaction(transaction).get("vout")))
                .map(output -> output.get("scriptPubKey").get("hex").asText())
                .filter(script -> script.startsWith("6a"))
                .map(script ->
                        script.substring(script.startsWith("6a4c") ? 8 : 6).substring(0, 16))
                .collect(Collectors.toSet());
        assertEquals(transactions.size(), locators.size());
    }

    // ---- rotation

    @Test
    @Order(14)
    void contactsFollowARoutineRotationAndStayVerified() {
        Pair pair = stage.pair("rotating").meet().talk();
        Person alice = pair.alice();
        Person bob = pair.bob();
        bob.json("contact-verify", alice.name(), "--same");
        String oldId = alice.senderId();
        String oldCard = alice.card();
        JsonNode rotated = stage.alice().server().json("persona-rotate", alice.name(), "--yes");
        assertEquals(List.of(bob.name()), texts(rotated.get("told")));
        assertEquals(List.of(), texts(rotated.get("untold")));
        assertNotEquals(oldId, alice.senderId());
        assertNotEquals(oldCard, alice.card());
        awaitFollowed(pair);
        assertEquals("verified", bob.contact(alice.name()).get("trust").asText());
        assertEquals(List.of(alice.name() + " has new keys, signed with the old ones"), bob.notices(alice.name()));
        assertEquals(
                alice.json("contact-verify", bob.name()).get("safety_number"),
                bob.json("contact-verify", alice.name()).get("safety_number"));
        pair.assertTalks("as ever");
        bob.json("session-close", alice.name());
        bob.awaitSession(alice.name(), CLOSED);
        alice.awaitSession(bob.name(), CLOSED);
        bob.write(alice.name(), "opened with the new keys");
        alice.awaitText(bob.name(), "opened with the new keys");
    }

    @Test
    @Order(15)
    void afterACompromiseContactsFollowAndMustVerifyAgain() {
        Pair pair = stage.pair("compromised").meet().talk();
        Person alice = pair.alice();
        Person bob = pair.bob();
        pair.assertTalks("unsuspecting");
        bob.json("contact-verify", alice.name(), "--same");
        Person untold = stage.onBobs("b untold");
        alice.know(untold);
        JsonNode rotated = stage.alice().server().json("persona-rotate", alice.name(), "--compromised", "--yes");
        assertEquals(List.of(bob.name()), texts(rotated.get("told")));
        assertEquals(List.of(untold.name()), texts(rotated.get("untold")));
        awaitFollowed(pair);
        assertEquals("rotated", bob.contact(alice.name()).get("trust").asText());
        assertTrue(bob.notices(alice.name()).get(0).contains("verify again"));
        assertTrue(audited(bob, "contact-rotated"));
        pair.awaitRenewed();
        pair.assertTalks("warily");
        String number =
                alice.json("contact-verify", bob.name()).get("safety_number").asText();
        JsonNode verified = bob.json("contact-verify", alice.name(), "--same");
        assertEquals(number, verified.get("safety_number").asText());
        assertEquals("verified", verified.get("contact").get("trust").asText());
    }

    private static void awaitFollowed(Pair pair) {
        String newId = pair.alice().senderId();
        Wait.until(
                "the contact has the new keys",
                () -> pair.bob()
                        .contact(pair.alice().name())
                        .get("sender_id")
                        .asText()
                        .equals(newId));
    }

    private static List<String> texts(JsonNode array) {
        return Operator.elements(array).map(JsonNode::asText).toList();
    }

    // ---- time to live

    @Test
    @Order(16)
    void messagesLeaveBothStoresWhenTheirTimeToLiveEnds() {
        Person alice = Person.of(stage.alice(), "a fleeting");
        Person bob = Person.of(stage.bob(), "b fleeting");
        Wait.until(
                "the messages with a time to live leave",
                Duration.ofMinutes(4),
                () -> alice.messages(bob.name()).isEmpty()
                        && bob.messages(alice.name()).isEmpty());
    }
}
