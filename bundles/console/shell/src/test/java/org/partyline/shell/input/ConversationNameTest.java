package org.partyline.shell.input;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Query;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** Finds a conversation by its name alone. */
class ConversationNameTest {
    private final FakeEngine fake = FakeEngine.furnished();
    private final Runner runner = new Runner(fake, FakeSession.withoutTerminal());

    private Query asked(String... words) throws Exception {
        runner.run("messages", words);
        return fake.queries.get(fake.queries.size() - 1);
    }

    private static Query in(String channel, String contact) {
        return new Query(
                Optional.empty(),
                Optional.ofNullable(channel),
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(contact));
    }

    @Test
    void aNameIsAChannelsOrAContacts() throws Exception {
        assertEquals(in("lobby", null), asked("lobby"));
        assertEquals(in(null, "bob"), asked("bob"));
        assertEquals(in(null, null), asked());
        assertEquals(in("lobby", null), asked("--channel", "lobby"));
        assertEquals(in(null, "bob"), asked("--contact", "bob"));
    }

    @Test
    void itIsFoundHoweverItsLettersAreComposed() throws Exception {
        fake.channels.add(Samples.channel("me", "caf\u00E9", Mode.RATCHET, KdfParameters.ARGON2ID_DEFAULT));
        assertEquals(in("cafe\u0301", null), asked("cafe\u0301"));
    }

    @Test
    void oneThatBothHaveHasToBeSaidMoreClearly() throws Exception {
        fake.channels.add(Samples.channel("me", "bob", Mode.RATCHET, KdfParameters.ARGON2ID_DEFAULT));
        assertEquals(
                "Error: both a channel and a contact are named 'bob': write --channel bob or --contact bob",
                runner.refusal("messages", "bob"));
        assertEquals(in(null, "bob"), asked("--contact", "bob"));
    }

    @Test
    void whatIsNoneIsRefused() throws Exception {
        assertEquals(
                "Error: there is no channel or contact 'nobody': see partyline:channel-list and partyline:contact-list",
                runner.refusal("messages", "nobody"));
        assertEquals(
                "Error: 'lobby' and --contact bob exclude each other: give one of the two",
                runner.refusal("messages", "lobby", "--contact", "bob"));
        assertEquals(
                "Error: --channel and --contact exclude each other: give one of the two",
                runner.refusal("messages", "--channel", "lobby", "--contact", "bob"));
    }

    @Test
    void whatIsMutedAndReadIsNamedSoToo() throws Exception {
        assertEquals(
                "bob is muted: messages are kept and counted, without notices.",
                runner.run("mute", "bob").strip());
        assertEquals(
                "bob is no longer muted.", runner.run("mute", "bob", "--off").strip());
        assertEquals("lobby is marked", runner.run("mark-read", "lobby").substring(0, 15));
    }
}
