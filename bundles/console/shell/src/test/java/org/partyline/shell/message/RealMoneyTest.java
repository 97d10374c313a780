package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.Network;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Sessions;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** Actions that begin to spend real money ask for consent once. */
class RealMoneyTest {
    private static final String QUESTION = "Allow sending on mainnet? (yes/no) [no]: ";

    private final FakeEngine fake = FakeEngine.furnished();

    @BeforeEach
    void onMainnet() {
        fake.channels.clear();
        fake.channels.add(channel(Network.MAINNET));
        fake.contacts.clear();
        fake.contacts.add(contact(Network.MAINNET));
    }

    private static Channels.Channel channel(Network network) {
        return new Channels.Channel(
                "me",
                "lobby",
                network,
                Channels.Mode.RATCHET,
                Optional.empty(),
                KdfParameters.ARGON2ID_DEFAULT,
                20781,
                0,
                Optional.empty(),
                List.of());
    }

    private static Contacts.Contact contact(Network network) {
        return new Contacts.Contact(
                "me",
                "carol",
                network,
                Contacts.Trust.VERIFIED,
                true,
                "8899aabbccddeeff",
                Samples.NOW,
                Sessions.State.NONE,
                0,
                Optional.empty(),
                List.of(),
                "",
                Optional.empty(),
                Sessions.Protection.NONE,
                false);
    }

    private Runner answering(String... answers) {
        return new Runner(fake, FakeSession.withTerminal(100, 60).answer(answers));
    }

    private static String bare(String printed) {
        return AttributedString.stripAnsi(printed).replaceAll("\\s+", " ");
    }

    @ParameterizedTest
    @CsvSource({
        "session-open carol, Cancelled: no session was opened.",
        "decoy-start, Cancelled: cover traffic was not started.",
        "send --to carol hello, Nothing was sent."
    })
    void itIsAskedOnce(String line, String otherwise) throws Exception {
        String name = line.split(" ")[0];
        String[] words = line.substring(name.length()).strip().split(" ");
        String[] options = words[0].isEmpty() ? new String[0] : words;
        fake.calls.clear();

        Runner no = answering("no");
        assertTrue(bare(no.run(name, options)).endsWith(otherwise + " "));
        assertEquals(List.of(QUESTION), no.session.prompts);
        assertFalse(fake.fees.mainnetAccepted);
        assertTrue(fake.calls.isEmpty() && fake.sent.isEmpty(), fake.calls::toString);

        assertTrue(bare(answering("yes").run(name, options)).contains("cost real money"));
        assertTrue(fake.fees.mainnetAccepted);
        assertEquals(1, fake.calls.size() + fake.sent.size());

        Runner again = answering();
        again.run(name, options);
        assertEquals(List.of(), again.session.prompts);
    }

    @Test
    void aProfileWithCoverTrafficIsAskedAboutTwice() throws Exception {
        Runner no = answering("yes", "no");
        assertTrue(bare(no.run("privacy", "maximum")).endsWith("Cancelled: nothing was changed. "));
        assertEquals(List.of("Change 2 settings? (yes/no) [no]: ", QUESTION), no.session.prompts);
        assertTrue(fake.calls.isEmpty());

        answering("yes", "yes").run("privacy", "maximum");
        assertTrue(fake.fees.mainnetAccepted);
        assertEquals(List.of("privacy MAXIMUM"), fake.calls);
    }

    @Test
    void noOtherProfileCostsMoneyByItself() throws Exception {
        fake.privacy.profile = Optional.empty();
        Runner runner = answering("yes");
        runner.run("privacy", "economy");
        assertEquals(1, runner.session.prompts.size());
        assertFalse(fake.fees.mainnetAccepted);
    }

    @Test
    void whatMayNotAskLeavesTheAnswerToTheEngine() throws Exception {
        new Runner(fake, FakeSession.withoutTerminal()).run("decoy-start");
        Runner yes = answering();
        yes.run("privacy", "maximum", "--yes");
        assertEquals(List.of(), yes.session.prompts);
        assertFalse(fake.fees.mainnetAccepted);
    }

    @Test
    void whoTalksElsewhereTooIsNotAskedAboutDecoys() throws Exception {
        fake.contacts.add(contact(Network.SIGNET));
        Runner runner = answering();
        runner.run("decoy-start");
        assertEquals(List.of(), runner.session.prompts);
    }
}
