package org.partyline.webapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.web.WebProblem;

class ReadingTest {
    static final String MARK = "/v1/conversations/{id}/read";
    static final String CONTACT = "/v1/conversations/{id}/contact";
    static final String SHOW = "/v1/messages/{id}/read";
    static final String REACT = "/v1/messages/{id}/reaction";
    static final String SEARCH = "/v1/search";
    static final String EDIT = "/v1/messages/{id}/edit";
    static final String RECALL = "/v1/messages/{id}/recall";
    static final String OUTGOING = "/v1/outbox/{id}";
    static final String JOIN = "/v1/channels";
    static final String WISH = "{\"invite\":\" plchan1q \",\"passphrase\":\"correct horse\"}";

    private final FakeServer server = new FakeServer();
    private final Caller caller = new Caller(server);

    private static void refused(int status, Executable call) {
        assertEquals(status, assertThrows(WebProblem.class, call).status());
    }

    @Test
    void aConversationIsMarkedAsReadUpToAMessage() throws Exception {
        assertTrue(Caller.text(caller.postTo(MARK, "lobby", "{\"up_to\":12}")).contains("\"channel\":\"lobby\""));
        assertEquals(List.of("lobby 12"), server.marked);
        for (String wrong : List.of("{}", "{\"up_to\":-1}", "{\"up_to\":\"12\"}", "[]", "null", "")) {
            refused(400, () -> caller.postTo(MARK, "lobby", wrong));
        }
    }

    @Test
    void aBurnMessageIsShownWhenItIsAskedForByItself() throws Exception {
        assertTrue(Caller.text(caller.postTo(SHOW, "7", "")).contains("burned by this"));
        assertEquals(List.of(7L), server.shown);
        assertThrows(NoSuchThingException.class, () -> caller.postTo(SHOW, "8", ""));
        refused(404, () -> caller.postTo(SHOW, "x", ""));
    }

    /** What a receipt costs is in the price of no message. */
    @Test
    void aTokenWithASpendingLimitReadsNothingForWhichTheServerPays() throws Exception {
        server.paysForReading = true;
        caller.postTo(MARK, "me/contact:bob", "{\"up_to\":12}");
        caller.spendingUpTo(1_000);
        refused(403, () -> caller.postTo(MARK, "me/contact:bob", "{\"up_to\":12}"));
        refused(403, () -> caller.postTo(SHOW, "7", ""));
        caller.postTo(MARK, "lobby", "{\"up_to\":12}");
        assertEquals(List.of("bob 12", "lobby 12"), server.marked);
        assertEquals(List.of(), server.shown);
        server.paysForReading = false;
        caller.postTo(MARK, "me/contact:bob", "{\"up_to\":12}");
        caller.postTo(SHOW, "7", "");
        assertEquals(List.of(7L), server.shown);
    }

    @Test
    void aReactionIsSentAndTakenBack() throws Exception {
        assertEquals(202, caller.postTo(REACT, "7", "{\"reaction\":\"+\"}").status());
        caller.postTo(REACT, "7", "{\"reaction\":\"\"}");
        assertEquals(List.of("7 +", "7 "), server.reactions);
        refused(400, () -> caller.postTo(REACT, "7", "{}"));
    }

    @Test
    void messagesAreFoundByTheirWordsInTheConversationsOfTheToken() throws Exception {
        String found = Caller.text(caller.postTo(SEARCH, "", "{\"words\":\"big tent\"}"));
        assertTrue(found.startsWith("{\"messages\":[{\"id\":7,") && found.contains("big tent"), found);
        refused(400, () -> caller.postTo(SEARCH, "", "{\"words\":\" \"}"));
        refused(400, () -> caller.postTo(SEARCH, "", "{}"));
        caller.limitedTo("me/channel:lobby");
        assertEquals("{\"messages\":[]}", Caller.text(caller.postTo(SEARCH, "", "{\"words\":\"big tent\"}")));
    }

    @Test
    void anOwnMessageIsEdited() throws Exception {
        assertEquals(202, caller.postTo(EDIT, "7", "{\"text\":\"better\"}").status());
        assertEquals(List.of("edit 7 better"), server.reactions);
        for (String wrong : List.of("{}", "{\"text\":\"\"}", "{\"text\":7}", "")) {
            refused(400, () -> caller.postTo(EDIT, "7", wrong));
        }
    }

    @Test
    void aMessageIsRecalledOrCancelledIfItHasNotLeft() throws Exception {
        assertTrue(Caller.text(caller.postTo(RECALL, "7", "")).endsWith("\"replaced\":1,\"mined\":0,\"fee_sat\":21}"));
        assertThrows(NoSuchThingException.class, () -> caller.postTo(RECALL, "7", ""));
        server.state = State.QUEUED;
        caller.postTo(RECALL, "7", "");
        assertEquals(List.of("recall 7", "cancel 7"), server.reactions);
    }

    @Test
    void aMessageThatLeavesWhileItIsCancelledIsRecalled() throws Exception {
        server.state = State.QUEUED;
        server.leaves = true;
        caller.postTo(RECALL, "7", "");
        assertEquals(List.of("recall 7"), server.reactions);
    }

    @Test
    void aMessageThatCannotBeCancelledAndStillWaitsIsNotRecalled() {
        server.state = State.QUEUED;
        server.holds = true;
        assertEquals(
                "message 7 opens a session",
                assertThrows(PartylineException.class, () -> caller.postTo(RECALL, "7", ""))
                        .getMessage());
        assertEquals(List.of(), server.reactions);
    }

    @Test
    void aTokenWithASpendingLimitDoesNotReact() {
        caller.spendingUpTo(1_000_000);
        refused(403, () -> caller.postTo(EDIT, "7", "{\"text\":\"better\"}"));
        refused(403, () -> caller.postTo(RECALL, "7", ""));
        refused(403, () -> caller.postTo(REACT, "7", "{\"reaction\":\"+\"}"));
        assertEquals(List.of(), server.reactions);
    }

    @Test
    void aLimitedTokenKnowsNoMessageOfAnotherConversation() {
        caller.limitedTo("me/channel:lobby");
        refused(404, () -> caller.postTo(SHOW, "7", ""));
        refused(404, () -> caller.postTo(REACT, "7", "{\"reaction\":\"+\"}"));
        refused(404, () -> caller.postTo(EDIT, "7", "{\"text\":\"better\"}"));
        refused(404, () -> caller.postTo(RECALL, "7", ""));
        refused(404, () -> caller.get(OUTGOING, Map.of("id", "7"), Map.of()));
        // Nor whether there is one.
        refused(404, () -> caller.postTo(SHOW, "99", ""));
        refused(404, () -> caller.get(OUTGOING, Map.of("id", "99"), Map.of()));
        refused(404, () -> caller.postTo(MARK, "me/contact:bob", "{\"up_to\":1}"));
        refused(404, () -> caller.get(CONTACT, Map.of("id", "me/contact:bob"), Map.of()));
        assertEquals(List.of(), server.shown);
        assertEquals(List.of(), server.reactions);
        assertEquals(List.of(), server.marked);
    }

    @Test
    void aChannelIsJoinedByItsInviteUnlessItsDerivationIsWeak() throws Exception {
        assertTrue(Caller.text(caller.postTo(JOIN, "", WISH)).contains("\"channel\":\"lobby\""));
        assertEquals(List.of("me plchan1q correct horse"), server.joined);
        for (String wrong : List.of(
                "{}",
                "{\"invite\":\"plchan1q\"}",
                "{\"invite\":\"plchan1q\",\"passphrase\":\"\"}",
                "{\"invite\":\"lobby\",\"passphrase\":\"correct horse\"}")) {
            refused(400, () -> caller.postTo(JOIN, "", wrong));
        }
        server.kdf = new KdfParameters(KdfId.ARGON2ID, 3, 8192, 4);
        refused(422, () -> caller.postTo(JOIN, "", WISH));
        assertEquals(1, server.joined.size());
    }

    @Test
    void aChannelsPassphraseIsWipedAlsoWhereTheBodyIsRefused() throws Exception {
        caller.postTo(JOIN, "", WISH);
        assertEquals("\0".repeat("correct horse".length()), new String(server.passphrase));
        assertEquals("\0".repeat(WISH.length()), new String(caller.sent, StandardCharsets.US_ASCII));
        String cut = WISH.substring(0, WISH.length() - 1);
        refused(400, () -> caller.postTo(JOIN, "", cut));
        assertEquals("\0".repeat(cut.length()), new String(caller.sent, StandardCharsets.US_ASCII));
    }

    @Test
    void aContactHasNoMembersAndNoInvite() {
        for (String path : List.of("/v1/conversations/{id}/members", "/v1/conversations/{id}/invite")) {
            refused(404, () -> caller.get(path, Map.of("id", "me/contact:bob"), Map.of()));
        }
    }

    @Test
    void whatAMessageCostIsToldOnceItHasLeft() throws Exception {
        assertTrue(
                Caller.text(caller.get(OUTGOING, Map.of("id", "7"), Map.of())).contains("\"fee_sat\":300"));
    }

    @Test
    void aContactIsShownWithItsSafetyNumber() throws Exception {
        String known = Caller.text(caller.get(CONTACT, Map.of("id", "me/contact:bob"), Map.of()));
        assertTrue(known.contains("\"safety_number\":\"12345 "), known);
        refused(404, () -> caller.get(CONTACT, Map.of("id", "lobby"), Map.of()));
    }
}
