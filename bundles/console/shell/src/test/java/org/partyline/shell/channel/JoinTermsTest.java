package org.partyline.shell.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.store.Store;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class JoinTermsTest {
    private static final KdfParameters WEAK = new KdfParameters(KdfId.ARGON2ID, 2, 19_456, 1);
    private static final String SECRET = "the channel's secret";
    private static final String REASON =
            "its key derivation is weaker than the default (ARGON2ID, 3 passes, 64 MiB, 4 lanes): anyone "
                    + "who records its packets can search for the passphrase at lower cost";
    private static final String REFUSAL =
            "Error: " + REASON + ": ask for another channel, or add --accept-weak-kdf to join anyway";

    @TempDir
    Path directory;

    private final FakeEngine fake = FakeEngine.furnished();

    private String file() throws Exception {
        Path path = directory.resolve("secret.txt");
        Files.writeString(path, SECRET + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        return path.toString();
    }

    @Test
    void whoJoinsByNameIsToldThatAChannelOfThatNameIsAnotherOne() throws Exception {
        fake.channels.replaceAll(JoinTermsTest::madeLater);
        String printed = new Runner(fake, FakeSession.withoutTerminal())
                .run("channel-join", "--persona", "bob", "lobby", "--passphrase-file", file());
        assertTrue(
                printed.contains("This is not the channel lobby that me already joined, which has its own invite "
                        + "(partyline:channel-invite --persona me lobby)."),
                printed);
    }

    @Test
    void whoJoinsTheSameChannelIsToldOfNoOther() throws Exception {
        String printed = new Runner(fake, FakeSession.withoutTerminal())
                .run("channel-join", "--persona", "bob", "lobby", "--passphrase-file", file());
        assertFalse(printed.contains("This is not"), printed);
    }

    /** Returns a channel as created by an invite; with one joined by name, the day is always the same. */
    private static Channels.Channel madeLater(Channels.Channel channel) {
        return new Channels.Channel(
                channel.persona(),
                channel.name(),
                channel.network(),
                channel.mode(),
                channel.carrier(),
                channel.kdf(),
                channel.startDay() + 300,
                channel.unread(),
                channel.lastMessage(),
                channel.senders());
    }

    @Test
    void anInviteThatIsRefusedAsksForNoPassphrase() {
        fake.refusedInvite = Optional.of("the invite is rejected");
        FakeSession session = FakeSession.withTerminal(200, 60);
        String refusal = new Runner(fake, session).refusal("channel-join", Samples.INVITE);
        assertTrue(refusal.contains("the invite is rejected"), refusal);
        assertEquals(List.of(), session.prompts);
        assertEquals(List.of(), fake.secretTexts);
    }

    @Test
    void whoJoinsSeesTheParametersBeforeThePassphraseIsAskedFor() throws Exception {
        FakeSession session = FakeSession.withTerminal(200, 60);
        fake.invited = KdfParameters.SCRYPT_DEFAULT;
        session.answer(FakeSession.CTRL_C);
        assertThrows(
                InterruptedException.class,
                () -> new Runner(fake, session)
                        .command("channel-join")
                        .execute(session, new ArrayList<>(List.of(Samples.INVITE))));
        assertEquals(List.of("Passphrase of the channel: "), session.prompts);
        assertEquals(
                "Channel lobby on embedded: SCRYPT, N 32768, r 8, p 1.",
                session.printed().strip());
    }

    @Test
    void weakParametersAreAskedAboutAgainBeforeThePassphrase() throws Exception {
        FakeSession session = FakeSession.withTerminal(200, 60).answer("yes", SECRET);
        fake.invited = WEAK;
        String printed = new Runner(fake, session).run("channel-join", Samples.INVITE);
        assertEquals(List.of("Join anyway? (yes/no) [no]: ", "Passphrase of the channel: "), session.prompts);
        assertTrue(printed.contains("Channel lobby on embedded: ARGON2ID, 2 passes, 19 MiB, 1 lane."), printed);
        assertTrue(printed.contains(REASON.substring(1)), printed);
        assertEquals(List.of(SECRET), fake.secretTexts);
    }

    @Test
    void whoDoesNotWantThemIsAskedForNoPassphrase() throws Exception {
        FakeSession session = FakeSession.withTerminal(200, 60).answer("");
        fake.invited = WEAK;
        String printed = new Runner(fake, session).run("channel-join", Samples.INVITE);
        assertEquals(1, session.prompts.size());
        assertTrue(printed.endsWith("Cancelled: nothing was changed." + System.lineSeparator()), printed);
        assertEquals(List.of(), fake.secretTexts);
    }

    @Test
    void aScriptSaysThatItTakesWeakParameters() throws Exception {
        fake.invited = WEAK;
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        assertEquals(REFUSAL, runner.refusal("channel-join", Samples.INVITE, "--passphrase-file", file()));
        assertEquals(REFUSAL, runner.refusal("channel-join", Samples.INVITE, "--json", "--passphrase-file", file()));
        assertEquals(List.of(), fake.secretTexts);
        runner.session.printed();
        String printed =
                runner.run("channel-join", Samples.INVITE, "--accept-weak-kdf", "--json", "--passphrase-file", file());
        JsonNode kdf = new ObjectMapper().readTree(printed).at("/channel/kdf");
        assertTrue(kdf.get("weak").asBoolean());
        assertEquals(19_456, kdf.get("memory").asInt());
        assertEquals(List.of(SECRET), fake.secretTexts);
    }

    @Test
    void aChannelJoinedByNameIsHeldToTheSame() throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        assertEquals(
                REFUSAL, runner.refusal("channel-join", "den", "--kdf", "PBKDF2_SHA256", "--passphrase-file", file()));
        runner.session.printed();
        String printed = runner.run("channel-join", "den", "--passphrase-file", file());
        assertTrue(printed.startsWith("me is in channel den "), printed);
        FakeSession session = FakeSession.withTerminal(200, 60).answer(SECRET);
        String shown = new Runner(fake, session).run("channel-join", "yard", "--network", "regtest");
        assertTrue(shown.startsWith("Channel yard on regtest: ARGON2ID, 3 passes, 64 MiB, 4 lanes."), shown);
    }

    @Test
    void setupShowsAndAsksToo() throws Exception {
        FakeEngine empty = new FakeEngine();
        empty.state = Store.State.NEW;
        empty.invited = WEAK;
        FakeSession session = FakeSession.withTerminal(200, 60).answer("", "", "alice", "join", Samples.INVITE, "no");
        String printed = new Runner(empty, session).run("setup");
        assertTrue(printed.contains("Channel lobby on embedded: ARGON2ID, 2 passes, 19 MiB, 1 lane."), printed);
        assertEquals(6, session.prompts.size(), session.prompts.toString());
        assertEquals("Join anyway? (yes/no) [no]: ", session.prompts.get(5));
        assertEquals(Store.State.NEW, empty.state);
        assertEquals(List.of(), empty.secretTexts);
    }

    @Test
    void unattendedSetupTakesWeakParametersOnlyWhenItIsTold() throws Exception {
        FakeEngine empty = new FakeEngine();
        empty.state = Store.State.NEW;
        empty.invited = WEAK;
        Runner runner = new Runner(empty, FakeSession.withoutTerminal());
        String[] words = {
            "--yes", "--passphrase-file", file(), "--invite", Samples.INVITE, "--channel-passphrase-file", file()
        };
        assertEquals(REFUSAL, runner.refusal("setup", words));
        assertEquals(Store.State.NEW, empty.state);
        empty.refusedInvite = Optional.of("the invite is rejected");
        assertEquals("Error: the invite is rejected", runner.refusal("setup", words));
        assertEquals(List.of(), empty.secretTexts);
        empty.refusedInvite = Optional.empty();
        String printed = runner.run(
                "setup",
                "--yes",
                "--passphrase-file",
                file(),
                "--invite",
                Samples.INVITE,
                "--accept-weak-kdf",
                "--channel-passphrase-file",
                file());
        assertTrue(printed.contains("me is in channel lobby"), printed);
        assertFalse(printed.contains(SECRET));
    }

    @Test
    void aJoinSaysWhatIsReadAndFromWhen() {
        assertEquals(
                "New messages from 2 open sender chains can be read at once. The blocks of the last day are "
                        + "searched for packets that open chains as soon as a node is ready. Messages that are "
                        + "found appear in partyline:messages. Messages of other members become readable when their "
                        + "next chain starts: after at most 100 messages (25 by default) or 24 hours.",
                ChannelText.reading(new Channels.Reading(2, Channels.Look.RUNNING)));
        assertTrue(ChannelText.reading(new Channels.Reading(0, Channels.Look.UNABLE))
                .startsWith("No open sender chain is known yet. No node here provides earlier blocks"));
    }
}
