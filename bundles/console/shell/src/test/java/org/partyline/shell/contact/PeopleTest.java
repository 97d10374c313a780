package org.partyline.shell.contact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.engine.Sessions;
import org.partyline.shell.output.QrCode;
import org.partyline.shell.output.Style;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** Personas, contacts and sessions. */
class PeopleTest {
    private static final String NOBODY_TO_ASK =
            "Error: this cannot be undone: confirm with --yes, because the session is not interactive";

    private final FakeEngine fake = FakeEngine.furnished();

    private Runner plain() {
        return new Runner(fake, FakeSession.withoutTerminal());
    }

    private Runner answering(String... answers) {
        return new Runner(fake, FakeSession.withTerminal(80, 60).answer(answers));
    }

    private static String bare(String printed) {
        return AttributedString.stripAnsi(printed).replaceAll("\\s+", " ");
    }

    @Test
    void aNewPersonaSpeaksAtOnceWhereThatIsAsked() throws Exception {
        String printed = plain().run("persona-create", "alice", "--use");
        assertTrue(printed.contains("Persona alice is ready. It is the current persona."), printed);
        assertTrue(printed.contains("Next: partyline:persona-card alice"), printed);
        assertEquals(
                List.of("alice"),
                fake.personas.stream()
                        .filter(Persona::current)
                        .map(Persona::name)
                        .toList());
    }

    @Test
    void aMessageFromANameThatLooksLikeAContactsIsMarked() throws Exception {
        fake.inbox.put(77L, Samples.message(77, "B0B", Optional.of("it is me"), false));
        fake.inbox.put(78L, Samples.message(78, "ME", Optional.of("and me"), false));
        String printed = bare(plain().run("messages"));
        assertTrue(printed.contains(" B0B (looks like another name) "), printed);
        assertTrue(printed.contains(" ME (looks like another name) "), printed);
        assertFalse(printed.contains("bob (looks"), printed);
    }

    @Test
    void aSuggestedCommandQuotesNamesThatNeedIt() throws Exception {
        String printed = plain().run("persona-create", "Alice \"A\" Miller");
        assertTrue(printed.contains("partyline:persona-card \"Alice \\\"A\\\" Miller\""), printed);
    }

    @Test
    void theCardIsThatOfThePersonaAndNetworkAskedFor() throws Exception {
        fake.personas.add(Samples.persona(2, "bob", false));
        Runner runner = plain();
        runner.run("persona-card");
        runner.run("persona-card", "bob", "--network", "signet");
        assertEquals(List.of("card me", "card bob signet"), fake.calls);
        assertTrue(runner.refusal("persona-card", "--network", "moon").startsWith("Error: there is no network 'moon'"));
    }

    @Test
    void onATerminalTheCardComesAsQrCodeToo() throws Exception {
        String printed = Runner.onTerminal(80).run("persona-card");
        assertTrue(printed.contains(QrCode.lines(Samples.CARD).get(10)), printed);
    }

    @Test
    void rotatingShowsWhoIsToldAndAsksFirst() throws Exception {
        Runner runner = answering("no");
        String printed = bare(runner.run("persona-rotate"));
        assertTrue(printed.contains("New keys are sent over the sessions with: bob Without"), printed);
        assertTrue(printed.contains("Without a session: give them the new card: carol, erin The old keys"), printed);
        assertTrue(printed.contains("Cancelled: nothing was changed."), printed);
        assertEquals(List.of("New keys for me? (yes/no) [no]: "), runner.session.prompts);
        assertEquals(List.of(), fake.calls);
    }

    @Test
    void afterAYesTheKeysAreRotated() throws Exception {
        String printed = bare(answering("yes").run("persona-rotate", "me", "--compromised"));
        assertEquals(List.of("rotate me compromised"), fake.calls);
        assertTrue(printed.contains("The old keys are erased at once"), printed);
        assertTrue(printed.contains("me has new keys, sender id ffeeddccbbaa9988"), printed);
        assertTrue(printed.contains("give them the new card: carol"), printed);
    }

    @Test
    void whatCannotBeUndoneNeedsAYesWhereNobodyCanBeAsked() {
        for (String[] line : new String[][] {
            {"persona-rotate"}, {"persona-delete", "me"}, {"contact-remove", "bob"}, {"channel-leave", "lobby"}
        }) {
            String[] words = List.of(line).subList(1, line.length).toArray(String[]::new);
            assertEquals(NOBODY_TO_ASK, plain().refusal(line[0], words));
            List<String> json = new ArrayList<>(List.of(words));
            json.add("--json");
            Runner terminal = answering();
            assertEquals(Style.BAD.paint(NOBODY_TO_ASK), terminal.refusal(line[0], json.toArray(String[]::new)));
            assertEquals("", terminal.session.printed());
        }
        assertEquals(1, fake.personas.size());
        assertEquals(3, fake.contacts.size());
        assertEquals(List.of(), fake.calls);
    }

    @Test
    void deletingSaysWhatGoesAndAsks() throws Exception {
        String printed = bare(answering("no").run("persona-delete", "me"));
        assertTrue(printed.contains("its keys, 3 contacts, 1 channel and all their messages"), printed);
        assertEquals(1, fake.personas.size());
        answering("yes").run("persona-delete", "me");
        assertEquals(0, fake.personas.size());
    }

    @Test
    void aChannelIsLeftAfterAYesAndTheQuestionCountsWhatWasNotSent() throws Exception {
        Runner runner = answering("no");
        runner.run("channel-leave", "lobby");
        assertEquals(
                List.of(
                        "1 message has not been sent yet. Leave lobby, and erase its keys and messages? (yes/no) [no]: "),
                runner.session.prompts);
        assertEquals(1, fake.channels.size());
        answering("yes").run("channel-leave", "lobby");
        assertEquals(0, fake.channels.size());
        assertTrue(plain().refusal("channel-leave", "lobby").contains("lobby"));
    }

    @Test
    void aContactIsAddedByItsCard() throws Exception {
        String printed = plain().run("contact-add", " " + Samples.CARD + " ", "--name", "Dave D", "--persona", "me");
        assertTrue(printed.contains("Next: partyline:contact-verify --persona me \"Dave D\""), printed);
        assertEquals("Dave D", fake.contacts.get(3).name());
        assertEquals(
                "Error: this is not a contact card: copy the whole card again",
                plain().refusal("contact-add", "plcard1x"));
    }

    @Test
    void theSafetyNumberStandsInThreeRowsOfFourGroups() throws Exception {
        String printed = AttributedString.stripAnsi(answering("later").run("contact-verify", "carol"));
        List<String> rows = printed.lines()
                .filter(line -> line.matches(" *([0-9]{5} *){4}"))
                .toList();
        assertEquals(3, rows.size(), printed);
        assertEquals(
                Samples.SAFETY_NUMBER, String.join(" ", rows).strip().replaceAll(" +", " "), "a digit went astray");
    }

    @Test
    void theAnswerIsRecorded() throws Exception {
        String printed = answering("yes").run("contact-verify", "carol");
        assertTrue(printed.contains("carol is verified."), printed);
        printed = bare(answering("no").run("contact-verify", "carol"));
        assertTrue(printed.contains("carol is not verified: someone may be intercepting your messages"), printed);
        assertEquals(List.of("verify carol true", "verify carol false"), fake.calls);
        assertEquals(Trust.UNVERIFIED, fake.contacts.get(1).trust());
    }

    @Test
    void laterRecordsNothingAndEnterMeansLater() throws Exception {
        for (String answer : new String[] {"later", ""}) {
            String printed = bare(answering(answer).run("contact-verify", "carol"));
            assertTrue(printed.contains("Nothing was recorded: carol is unverified."), printed);
        }
        assertEquals(List.of(), fake.calls);
    }

    @Test
    void ctrlCAtTheQuestionRecordsNothing() {
        Runner runner = answering(FakeSession.CTRL_C);
        assertThrows(
                InterruptedException.class,
                () -> runner.command("contact-verify").execute(runner.session, new ArrayList<>(List.of("carol"))));
        assertEquals(List.of(), fake.calls);
    }

    @Test
    void verifyingRunsUnattended() throws Exception {
        plain().run("contact-verify", "carol", "--same");
        plain().run("contact-verify", "carol", "--different");
        assertEquals(List.of("verify carol true", "verify carol false"), fake.calls);
        assertEquals(
                "Error: --same and --different exclude each other: give one of the two",
                plain().refusal("contact-verify", "carol", "--same", "--different"));
    }

    @Test
    void inJsonTheNumberIsShownAndNothingAsked() throws Exception {
        Runner runner = answering();
        String printed = runner.run("contact-verify", "carol", "--json");
        assertTrue(new ObjectMapper().readTree(printed).get("same").isNull(), printed);
        assertEquals(List.of(), runner.session.prompts);
        assertEquals(List.of(), fake.calls);
    }

    @Test
    void aContactIsErasedAfterAYes() throws Exception {
        answering("no").run("contact-remove", "bob");
        assertEquals(3, fake.contacts.size());
        answering("yes").run("contact-remove", "bob");
        assertEquals(2, fake.contacts.size());
        assertEquals(
                "Error: there is no contact 'bob': see partyline:contact-list",
                plain().refusal("contact-remove", "bob", "--yes"));
    }

    @Test
    void onePersonasContactsAreListedWhereThatIsAsked() throws Exception {
        fake.contacts.add(Samples.contact("other", "frank", Trust.VERIFIED, Sessions.State.NONE));
        assertTrue(plain().run("contact-list").contains("frank"));
        assertFalse(plain().run("contact-list", "--persona", "me").contains("frank"));
        assertTrue(plain().run("contact-list", "--persona", "other").contains("frank"));
    }

    @Test
    void everyPersonasSessionsAreListedUnlessOneIsNamed() throws Exception {
        fake.personas.add(Samples.persona(2, "other", false));
        fake.contacts.add(Samples.contact("other", "frank", Trust.UNVERIFIED, Sessions.State.OPEN));
        String printed = plain().run("session-list");
        assertTrue(printed.contains("bob "), printed);
        assertTrue(printed.contains("frank (unverified)"), printed);
        assertFalse(plain().run("session-list", "--persona", "me").contains("frank"));
    }

    @Test
    void openingWaitsForTheAnswer() throws Exception {
        fake.looks = 3;
        List<Object> pauses = new ArrayList<>();
        Runner runner = new Runner(fake, FakeSession.withoutTerminal(), fake.engine(), pauses::add);
        String printed = runner.run("session-open", "carol", "--wait");
        assertEquals(4, pauses.size());
        assertTrue(printed.contains("The session with carol is open, XCHACHA20_POLY1305."), printed);
        assertTrue(printed.contains("Next: partyline:say --to carol Hello"), printed);
    }

    @Test
    void ctrlCEndsTheWaitingAndNotTheOffer() throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal(), fake.engine(), time -> {
            throw new InterruptedException("interrupted by the operator");
        });
        String printed = runner.run("session-open", "carol", "--wait");
        assertTrue(printed.contains("The session with carol is opening"), printed);
        assertEquals(List.of("open carol"), fake.calls);
    }

    @Test
    void aSessionThatIsClosedMeanwhileIsARefusal() {
        fake.answer = Sessions.State.CLOSED;
        assertEquals(
                "Error: the session with carol is closed: open it again with partyline:session-open",
                plain().refusal("session-open", "carol", "--wait"));
    }

    @Test
    void aSessionIsReplacedAfterAQuestionOnly() throws Exception {
        FakeSession session = FakeSession.withTerminal(80, 60).answer("no", "yes");
        Runner asked = new Runner(fake, session);
        assertTrue(asked.run("session-open", "--again", "bob").contains("Cancelled: nothing was changed."));
        assertTrue(
                session.prompts.get(0).contains("The session with bob is open, and no other server was seen using it."),
                session.prompts.toString());
        assertTrue(plain().refusal("session-open", "--again", "bob").contains("confirm with --yes"));
        assertEquals(List.of(), fake.calls);
        assertTrue(asked.run("session-open", "--again", "bob").contains("The session with bob is opening"));
        plain().run("session-open", "--again", "bob", "--yes");
        assertEquals(List.of("open bob again", "open bob again"), fake.calls);
    }

    @Test
    void anOpenSessionIsNotWaitedFor() throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal(), fake.engine(), time -> {
            throw new AssertionError("waited");
        });
        assertTrue(runner.run("session-open", "bob", "--wait").contains("is open"));
    }

    @Test
    void setupPointsToTheCard() throws Exception {
        FakeEngine empty = new FakeEngine();
        empty.state = org.partyline.api.store.Store.State.NEW;
        FakeSession session =
                FakeSession.withTerminal(100, 60).answer("", "", "alice", "none", "long enough", "long enough");
        String printed = new Runner(empty, session).run("setup");
        assertTrue(printed.contains("shows the card for people who want to write to you alone"), printed);
    }

    @Test
    void statusShowsThoseWhoWroteLastAndFitsTheScreen() throws Exception {
        for (int i = 0; i < 20; i++) {
            fake.contacts.add(Samples.contact("me", "friend-" + i, Trust.VERIFIED, Sessions.State.CLOSED));
        }
        String printed = plain().run("status");
        assertTrue(
                printed.contains("Contacts  23, 1 unverified, 1 to verify again; 1 session open, 1 opening"), printed);
        assertTrue(printed.contains("… and 15 more: partyline:contact-list"), printed);
        assertTrue(printed.indexOf("\ncarol ") < printed.indexOf("\nbob "), "what is unread comes first: " + printed);
    }

    @Test
    void aLockedServerTellsNothingOfContacts() throws Exception {
        fake.state = org.partyline.api.store.Store.State.LOCKED;
        String printed = plain().run("status", "--json");
        assertTrue(printed.contains("\"contacts\":null,\"sessions\":null"), printed);
    }

    @Test
    void aHostileNicknameIsHarmlessEverywhere() throws Exception {
        String evil = "eve\u001B[2J\u202E";
        fake.contacts.clear();
        fake.contacts.add(Samples.contact("me", evil, Trust.ROTATED, Sessions.State.OPEN));
        fake.inbox.put(9L, Samples.direct(9, evil, "x", false, Optional.of(evil)));
        fake.outbox.put(
                9L,
                Samples.outgoing(9, "me", true, evil, "message", org.partyline.api.engine.Messages.State.RELAYED, ""));
        for (String[] line : new String[][] {
            {"contact-list"},
            {"session-list"},
            {"status"},
            {"messages"},
            {"read", "9"},
            {"outbox", "--all"},
            {"contact-verify", evil},
            {"send", "--to", evil, "x"},
            {"session-open", evil},
            {"session-close", evil},
            {"contact-rename", evil, evil},
            {"contact-remove", evil, "--yes"}
        }) {
            String printed =
                    plain().run(line[0], List.of(line).subList(1, line.length).toArray(String[]::new));
            assertFalse(printed.contains("\u001B") || printed.contains("\u202E"), line[0] + ": " + printed);
        }
    }

    @Test
    void anAccountOfAContactsOwnIsGivenAndTakenBack() throws Exception {
        String printed = bare(plain().run("contact-set", "bob", "--account", "apart"));
        assertTrue(
                printed.contains("Messages to bob are paid from the account apart, which pays for nothing else."),
                printed);
        assertTrue(printed.contains("Next: partyline:wallet-address --account apart"), printed);
        assertTrue(bare(plain().run("contact-list")).contains("ACCOUNT"), "it is shown from now on");
        printed = bare(plain().run("contact-set", "bob", "--account", "default"));
        assertTrue(printed.contains("are paid from me's own account again"), printed);
        assertEquals(List.of("account bob apart", "account bob "), fake.calls);
        assertEquals(
                "Error: nothing to set: give --account NAME, --account default for the persona's own, or "
                        + "--require-post-quantum yes or no",
                plain().refusal("contact-set", "bob"));
        assertTrue(plain().refusal("contact-set", "nobody", "--account", "apart")
                .startsWith("Error: there is no contact 'nobody'"));
    }

    @Test
    void messagesToAContactAreHeldUntilItsSessionIsProtected() throws Exception {
        assertTrue(bare(plain().run("contact-set", "bob", "--require-post-quantum", "yes"))
                .contains("Messages to bob are on hold until the session is protected"));
        assertTrue(bare(plain().run("contact-set", "bob", "--require-post-quantum", "no"))
                .contains("Messages to bob are sent whether or not"));
        assertEquals(List.of("require post-quantum bob true", "require post-quantum bob false"), fake.calls);
        assertEquals(
                "Error: --require-post-quantum must be yes or no, not perhaps",
                plain().refusal("contact-set", "bob", "--require-post-quantum", "perhaps"));
    }

    @Test
    void theProtectionOfASessionIsPaidForOnlyAfterTheQuestion() throws Exception {
        plain().refusal("session-protect", "bob");
        assertEquals(List.of(), fake.calls);
        String printed = bare(plain().run("session-protect", "bob", "--yes"));
        assertTrue(printed.contains("The key exchange with bob has started: 4 packets"), printed);
        assertEquals(List.of("protect bob"), fake.calls);
    }

    @Test
    void anAddressOfAnAccountSaysSo() throws Exception {
        String printed = bare(plain().run("wallet-address", "--account", "apart"));
        assertTrue(printed.contains("For one payment to me's account apart on embedded"), printed);
    }

    @Test
    void cardsThatShowOneKeyAreReportedWhereTheyAreAddedAndListed() throws Exception {
        fake.contacts.add(Samples.with(
                Samples.contact("me", "mallory", Trust.VERIFIED, Sessions.State.NONE), List.of("bob"), ""));
        String printed = bare(plain().run("contact-list"));
        assertTrue(
                printed.contains("mallory's card shows the same X25519 key as bob: only one of them can own it."),
                printed);
        fake.sharing = List.of("bob");
        printed = bare(plain().run("contact-add", Samples.CARD));
        assertTrue(printed.contains("Warning: dave's card shows the same X25519 key as bob"), printed);
    }

    @Test
    void whoAskedForASessionAndIsNoContactIsListedWithWhatToDo() throws Exception {
        fake.waiting.add(new org.partyline.api.engine.Contacts.Waiting(
                "me", org.partyline.api.Network.EMBEDDED, "a838".repeat(16), Samples.NOW));
        String printed = bare(plain().run("contact-list"));
        assertTrue(printed.contains("Session request to me on embedded at "), printed);
        assertTrue(printed.contains("was not answered: key a838a838a838a838…."), printed);
        assertTrue(printed.contains("partyline:contact-add"), printed);
        String json = plain().run("contact-list", "--persona", "me", "--json");
        assertEquals(
                "a838".repeat(16),
                new ObjectMapper().readTree(json).at("/waiting/0/key").asText());
    }

    @Test
    void receiptsAreSetForAllAndForOneContact() throws Exception {
        String printed = bare(plain().run("receipts"));
        assertTrue(printed.contains("Receipts: cover, in place of decoys, at no extra cost."), printed);
        printed = bare(plain().run("receipts", "pay", "bob"));
        assertTrue(fake.calls.contains("receipts bob pay"), () -> fake.calls.toString());
        assertTrue(printed.contains("bob me pay, at once, in packets that you pay for"), printed);
        printed = bare(plain().run("receipts", "off"));
        assertTrue(printed.contains("Receipts: off."), printed);
        assertEquals("off", fake.configurations.get("receipts").value());
        assertTrue(plain().refusal("receipts", "sometimes").startsWith("Error: "));
        assertTrue(plain().refusal("receipts", "off", "nobody").startsWith("Error: there is no contact 'nobody'"));
    }
}
