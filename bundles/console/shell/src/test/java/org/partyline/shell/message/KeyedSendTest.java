package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.sending.SendOnce;
import org.partyline.api.store.StoreException;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.Runner;

class KeyedSendTest {
    private static final String USED = "Error: this idempotency key was used for another message: use a new key";

    private final Runner runner = Runner.plain();
    private final FakeEngine fake = runner.fake;

    @Test
    void aRepeatedCommandSendsNothingAndShowsTheFirstAnswer() throws Exception {
        String first = runner.run("send", "--json", "--idempotency-key", "k1", "The backup is done");
        fake.waits = "something else";

        assertEquals(first, runner.run("send", "--json", "--idempotency-key", "k1", "The backup is done"));
        assertEquals(first, runner.run("say", "--json", "--idempotency-key", "k1", "The backup is done"));
        assertEquals(
                "Message 101 was sent with this key before. Nothing is sent again: see partyline:outbox --all.\n",
                runner.run("say", "--idempotency-key", "k1", "The backup is done"));
        String waited = runner.run("say", "--json", "--wait", "--idempotency-key", "k1", "The backup is done");
        assertTrue(waited.startsWith("{\"id\":101,") && waited.contains("\"state\":\"sent\""), waited);
        assertEquals(1, fake.sent.size());
    }

    @Test
    void anotherTextReceiverOrOptionIsRefused() throws Exception {
        runner.run("say", "--idempotency-key", "k1", "The backup is done");

        assertEquals(USED, runner.refusal("say", "--idempotency-key", "k1", "The backup failed"));
        assertEquals(USED, runner.refusal("say", "--burn", "--idempotency-key", "k1", "The backup is done"));
        assertEquals(USED, runner.refusal("say", "--ttl", "1h", "--idempotency-key", "k1", "The backup is done"));
        assertEquals(USED, runner.refusal("say", "--to", "bob", "--idempotency-key", "k1", "The backup is done"));
        assertEquals(1, fake.sent.size());
    }

    @Test
    void aMessageThatIsNotStoredLeavesItsKeyUnused() throws Exception {
        fake.store.failCommitsAfter(0);
        runner.refusal("say", "--idempotency-key", "k1", "one");
        fake.store.failCommits(0);

        assertTrue(runner.run("say", "--idempotency-key", "k1", "two").contains("Message 102"));
    }

    @Test
    void aRepeatedEditReactionOrRecallIsDoneOnce() throws Exception {
        String edited = runner.run("edit", "--json", "--idempotency-key", "e1", "1", "See you at ten");
        assertEquals(edited, runner.run("edit", "--json", "--idempotency-key", "e1", "1", "See you at ten"));
        String reacted = runner.run("react", "--json", "--idempotency-key", "r1", "1", "+");
        assertEquals(reacted, runner.run("react", "--json", "--idempotency-key", "r1", "1", "+"));
        assertTrue(runner.run("react", "--idempotency-key", "r1", "1", "+").contains("was sent with this key before"));
        assertEquals(List.of("edit 1 See you at ten", "reaction 1 +"), fake.conversations.said);
        assertEquals(USED, runner.refusal("react", "--idempotency-key", "r1", "--back", "1"));
        assertEquals(USED, runner.refusal("edit", "--idempotency-key", "e1", "2", "See you at ten"));
        runner.run("say", "Not for you");
        String recalled = runner.run("recall", "--json", "--idempotency-key", "k1", "101");
        assertEquals(recalled, runner.run("recall", "--json", "--idempotency-key", "k1", "101"));
        assertTrue(
                runner.run("recall", "--idempotency-key", "k1", "101").contains("was recalled with this key before"));
        assertEquals(USED, runner.refusal("recall", "--idempotency-key", "e1", "101"));
        assertEquals(
                "Error: --idempotency-key must be 1 to 255 printable ASCII characters without spaces",
                runner.refusal("recall", "--idempotency-key", "a b", "101"));
    }

    @Test
    void theStoreHasTheKeyAndNothingOfTheText() throws Exception {
        runner.run("say", "--idempotency-key", "k1", "The backup is done");

        String record = fake.store.<String, StoreException>transact(
                tx -> new String(tx.list(SendOnce.TABLE).get(0).value(), StandardCharsets.UTF_8));
        assertTrue(!record.contains("backup"), record);
    }

    @Test
    void aKeyThatIsNoneAndSeveralMessagesUnderOneAreRefused() {
        assertEquals(
                "Error: --idempotency-key must be 1 to 255 printable ASCII characters without spaces",
                runner.refusal("say", "--idempotency-key", "a b", "x"));
        assertEquals(
                "Error: --split and --idempotency-key exclude each other: one key is for one message",
                runner.refusal("say", "--split", "--idempotency-key", "k1", "x"));
        assertEquals(0, fake.sent.size());
    }
}
