package org.partyline.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Sessions;
import org.partyline.api.store.Store;
import org.partyline.chat.act.ChatEvent;
import org.partyline.chat.act.Effect;
import org.partyline.chat.live.Beginning;
import org.partyline.chat.live.ServiceCalls;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Preferences;
import org.partyline.chat.testing.Cleaning;
import org.partyline.chat.testing.FakeServer;
import org.partyline.chat.testing.Person;
import org.partyline.chat.testing.Said;
import org.partyline.chat.testing.VirtualTerminal;
import org.partyline.chat.text.Columns;
import org.partyline.chat.text.Words;
import org.partyline.testkit.Eventually;

/** A user talks on the screen. */
class ChatScreenTest {
    private final FakeServer server = new FakeServer();
    private Person person;

    @AfterEach
    void leave() throws Exception {
        if (person != null) {
            person.close();
        }
    }

    private Person open(int columns, int rows) {
        person = new Person(server, columns, rows);
        return person;
    }

    @Test
    void writesSendsHearsAndLeavesNothingBehind() {
        server.channel("lobby", "bob");
        server.said("lobby", "bob", "Hello Alice", Duration.ofMinutes(3));
        open(80, 24).sees("Hello Alice").sees("2 nodes");

        person.type("Hello Bob").sees("1 packet, 212 bytes, at most 312 sat");
        person.type("\r").sees("queued");
        assertEquals("Hello Bob", server.sent.get(0).text());
        server.becomes(2, Messages.State.SENT);
        person.sees("sent · 312 sat");
        server.becomes(2, Messages.State.RELAYED);
        person.sees("○ relayed, shown by 2 nodes · 312 sat");
        server.becomes(2, Messages.State.CONFIRMED, "", 2, OptionalInt.of(840_000));
        person.sees("● in block 840000 · 312 sat");
        server.arrives(new Said("lobby", "bob", "How are you?"));
        person.sees("How are you?");
        assertEquals(Set.of(), server.unread());

        person.type("\u0003").hasLeft();
        assertFalse(person.terminal().screen().isAlternate());
        assertEquals("the prompt", person.terminal().screen().text().strip());
        assertEquals(List.of(), person.terminal().screen().scrollback());
        assertEquals(Set.of(25), plus(person.terminal().screen().modes(), 25));
        assertTrue(person.terminal().screen().wraps());
        assertFalse(server.isFollowed());
    }

    private static Set<Integer> plus(Set<Integer> modes, int one) {
        Set<Integer> all = new java.util.TreeSet<>(modes);
        all.add(one);
        return all;
    }

    private static final String LONG =
            "one two three four five six seven eight nine ten ".repeat(4).strip();

    private static String paste(String text) {
        return "\u001B[200~" + text + "\u001B[201~";
    }

    private Person announced(Preferences.Signal... signals) {
        person = new Person(
                server,
                new VirtualTerminal(80, 24, Columns::width),
                new Preferences(Duration.ZERO, ZoneOffset.UTC, Set.of(signals)),
                true);
        return person;
    }

    private static final String NOTIFICATIONS =
            "\u001B]9;New message\u0007\u001B]777;notify;Partyline;New message\u0007";

    @Test
    void theTerminalIsToldOfANewMessageAsItIsSetAndNeverWhoWroteItOrWhat() {
        server.channel("lobby", "bob").channel("noisy", "eve");
        server.muted.add("noisy");
        announced(Preferences.Signal.values()).sees("2 nodes");
        Eventually.that(
                "the conversations are listed",
                () -> person.terminal().screen().text().contains(" in "));
        server.arrives(new Said("noisy", "eve", "Buy!"));
        server.arrives(new Said("lobby", "news", "The cipher has changed").asNotice());
        server.arrivesFor("carol", new Said("lobby", "bob", "For Carol"));
        person.type("Hello\r").sees("queued");
        assertFalse(person.terminal().written().contains("\u001B]9;"), "muted, another persona's, and our own");

        server.arrives(new Said("lobby", "bob", "Psst"));
        person.sees("Psst");
        Eventually.that(
                "it rings and notifies", () -> person.terminal().written().contains("\u0007" + NOTIFICATIONS));
        server.arrives(new Said("lobby", "bob", "Once more"));
        person.sees("Once more");
        assertEquals(2, person.terminal().written().split("\u001B]9;", -1).length, "not for each of many");
        server.clock.pass(Duration.ofSeconds(6));
        server.arrives(new Said("lobby", "bob", "Later"));
        Eventually.that("again", () -> person.terminal().written().split("\u001B]9;", -1).length == 3);
        server.clock.pass(Duration.ofHours(-1));
        server.arrives(new Said("lobby", "bob", "By another clock"));
        Eventually.that("again", () -> person.terminal().written().split("\u001B]9;", -1).length == 4);
        for (String told : person.terminal().written().split("\u001B\\]")) {
            String shown = told.split("\u0007")[0];
            assertFalse(shown.startsWith("9;") && !shown.equals("9;New message"), shown);
        }
    }

    @Test
    void theTitleCountsWhatIsNewAndIsGivenBack() {
        server.channel("lobby", "bob").channel("office", "eve").channel("noisy", "eve");
        server.muted.add("noisy");
        announced(Preferences.Signal.TITLE).sees("2 nodes");
        server.arrives(new Said("noisy", "eve", "Buy!"));
        server.arrives(new Said("lobby", "bob", "Psst"));
        person.sees("Psst");
        assertFalse(person.terminal().written().contains(") Partyline"), "what is muted does not count");
        server.arrives(new Said("office", "eve", "Hello"));
        Eventually.that("counted", () -> person.terminal().written().contains("\u001B]2;(1) Partyline\u0007"));
        server.lock();
        Eventually.that(
                "nothing while it is locked",
                () -> person.terminal().written().endsWith("\u001B]2;Partyline\u0007")
                        || person.terminal().written().lastIndexOf("\u001B]2;Partyline\u0007")
                                > person.terminal().written().lastIndexOf("\u001B]2;(1)"));
        person.type("\u0003").hasLeft();
        assertTrue(person.terminal().written().contains("\u001B[22;2t"));
        assertTrue(person.terminal().written().contains("\u001B]2;\u0007\u001B[23;2t"));
    }

    @Test
    void nothingIsWrittenBesideTheScreenUnlessItIsSet() {
        server.channel("lobby", "bob");
        announced().sees("2 nodes");
        server.arrives(new Said("lobby", "bob", "Psst"));
        person.sees("Psst");
        assertFalse(person.terminal().written().contains("\u0007"));
        assertFalse(person.terminal().written().contains("\u001B]"));
    }

    @Test
    void timesAreThoseOfTheZoneThatIsSet() {
        server.channel("lobby", "bob");
        server.said("lobby", "bob", "Late", Duration.ofHours(-13));
        person = new Person(
                server,
                new VirtualTerminal(80, 24, Columns::width),
                new Preferences(Duration.ZERO, ZoneId.of("Europe/Berlin"), Set.of()),
                true);
        person.sees("00:00").sees("Wednesday, 25 November").type("\u001BOP").sees("Help");
        person.type("\u001B[6~\u001B[6~\u001B[6~").sees("Times are Europe/Berlin.");
    }

    @Test
    void whatSomeoneDoesIsSentAsItIsTypedAndShownWithTheName() {
        server.channel("lobby", "bob");
        server.said("lobby", "bob", "/me waves", Duration.ofMinutes(1));
        open(80, 24)
                .sees("* bob waves")
                .type("/me nods")
                .sees("at most 312 sat")
                .type("\r")
                .sees("* alice nods");
        assertEquals("/me nods", server.sent.get(0).text());
    }

    @Test
    void anotherPersonaSpeaksInItsOwnConversationsOnly() {
        server.channel("lobby", "bob").channelOf("carol", "lobby", "dave").channelOf("carol", "garden");
        server.said("lobby", "bob", "For Alice", Duration.ofMinutes(1));
        open(80, 24)
                .sees("For Alice")
                .type("/persona nobody\r")
                .sees("there is no persona 'nobody'")
                .sees("For Alice");
        // Enter is pressed at once: nothing is sent by the previous persona.
        person.type("/burn\r").sees("burn is on");
        person.type("/persona carol\rHello\r").sees(" carol in ").lacks("For Alice");
        assertEquals(List.of("carol"), person.spoken);
        server.arrivesFor("carol", new Said("lobby", "dave", "For Carol"));
        person.sees("For Carol");
        server.arrives(new Said("lobby", "bob", "For Alice again"));
        person.type("\u0015Hello Dave\r").sees("sending now").lacks("For Alice again");
        assertTrue(
                server.sent.stream().allMatch(each -> each.persona().equals(Optional.of("carol")) && !each.burn()),
                "all of it by the one that was chosen, and in the usual way");
    }

    @Test
    void whatIsToldOfTheFormerPersonaWhileAnotherBeginsToSpeakIsNotShown() {
        server.channel("lobby", "bob").channelOf("carol", "lobby", "dave");
        long alices = server.said("lobby", "bob", "For Alice", Duration.ofMinutes(1));
        List<ChatEvent> told = new ArrayList<>();
        ConversationAddress lobby = new ConversationAddress(false, "lobby");
        new ServiceCalls(
                        server,
                        new Words(Cleaning::clean),
                        new Beginning(Optional.of("carol"), Optional.empty(), false, name -> {}),
                        told::add)
                .perform(new Effect.Load(lobby, List.of(alices)));
        assertEquals(List.of(new ChatEvent.Lines(lobby, List.of(alices), List.of())), told);
    }

    @Test
    void whoWasHeardInAChannelIsShownWithWhatIsKnownOfThem() {
        server.channel("lobby", "bob").contact("dave", Contacts.Trust.VERIFIED);
        server.participants(
                new Conversations.Participant(
                        "David", Optional.of("dave"), Optional.of(Contacts.Trust.VERIFIED), 1, 1, 1, Optional.of(NINE)),
                new Conversations.Participant("bob", Optional.empty(), Optional.empty(), 2, 0, 1, Optional.empty()),
                new Conversations.Participant("", Optional.empty(), Optional.empty(), 3, 3, 1, Optional.of(NINE)));
        server.said("lobby", "bob", "Hello", Duration.ofMinutes(1));
        open(80, 24).sees(" in lobby").type("/who\r").sees("Heard in lobby");
        person.sees("David: 1 message, signed as dave (verified), last 2026-11-24 09:00 UTC")
                .sees("bob: 2 messages, unverified name")
                .sees("(no name): 3 messages, unverified name, last");
        person.type("\u001B").type("/go dave\r").sees("↔ dave").type("/who\r").sees("/who is for channels");
    }

    private static final Instant NINE = Instant.parse("2026-11-24T09:00:00Z");

    @Test
    void aTextThatIsTooLongForOneMessageIsOfferedInPartsWithThePriceOfAllAndSentWithOneKey() {
        server.channel("lobby");
        server.limit = 80;
        open(140, 24).type(paste(LONG)).sees("in 3 messages, 3 packets, 636 bytes, at most 936 sat");
        person.type("\r").sees("Enter sends 3 messages: at most 936 sat; Esc goes back");
        assertEquals(List.of(), server.sent);
        person.type("\r").sees("message 3 of 3: ");
        assertEquals(
                LONG, server.sent.stream().map(Messages.Send::text).collect(java.util.stream.Collectors.joining()));
        assertEquals(3, server.sent.size());
    }

    @Test
    void thePriceOfAllPartsCanBeReadOnAnOrdinaryTerminal() {
        server.channel("lobby");
        server.limit = 80;
        server.margin = 78;
        open(80, 24).type(paste(LONG)).sees("in 3 messages");
        person.type("\r").sees("Enter sends 3 messages: at most 936 sat now, never more than 1,170 sat");
    }

    @Test
    void escapeGoesBackToTheTextThatIsTooLongAndSoDoesAnyOtherKey() {
        server.channel("lobby");
        server.limit = 80;
        open(140, 24).type(paste(LONG)).sees("in 3 messages");
        person.type("\r").sees("Enter sends 3 messages");
        person.type("\u001B").lacks("Enter sends 3").sees("one two three");
        person.type("\r").sees("Enter sends 3 messages");
        person.type("\u001B[D").lacks("Enter sends 3");
        person.type("\r").sees("Enter sends 3 messages");
        assertEquals(List.of(), server.sent, "nothing is sent before it was asked for by a second Enter");
        person.type("\u001B").lacks("Enter sends 3").type("\u0015");
        server.limit = 4096;
    }

    @Test
    void whereOneOfSeveralPartsIsRefusedTheRestGoesBackToTheInputLine() {
        server.channel("lobby");
        server.limit = 80;
        open(140, 24).type(paste(LONG)).sees("in 3 messages");
        server.limit = 60;
        person.type("\r").sees("Enter sends 3 messages");
        person.type("\r")
                .sees("0 of 3 messages are queued; the others were not sent")
                .sees("one two three");
        person.type("\u001b[5~").sees("in 4 messages");
        assertEquals(List.of(), server.sent);
    }

    @Test
    void leavesWithColonQ() {
        server.channel("lobby");
        open(80, 24).sees("lobby").type(":q\r").hasLeft();
        assertEquals(List.of(), server.sent);
    }

    @Test
    void theBarSaysThatThisServerOnlyReadsForAsLongAsItDoes() {
        server.channel("lobby");
        server.warnings = List.of(
                "persona 'bob' only reads, because it was restored while its original is in use: run partyline:restore-takeover");
        open(80, 24).sees("persona 'bob' only reads ·");
        server.warnings = List.of();
        server.changed();
        person.lacks("only reads");
    }

    @Test
    void goesFromOneConversationToAnotherAndKeepsWhatWasBegun() {
        server.channel("lobby").contact("bob", Contacts.Trust.VERIFIED);
        server.said("lobby", "carol", "in the lobby", Duration.ofMinutes(1));
        server.unread(new Said("bob", "bob", "only for you").ago(Duration.ofMinutes(2)));
        open(80, 24).sees("in the lobby").sees("bob 1");
        person.type("half a sen").type("\u000E").sees("only for you");
        person.lacks("half a sen").lacks("bob 1");
        person.type("\u0010").sees("half a sen");
        person.type("\u0015/go b\t\r").sees("only for you");
    }

    @Test
    void theTitleSaysWhetherTheSessionIsProtectedAgainstQuantumComputers() {
        server.channel("lobby").contact("bob", Contacts.Trust.VERIFIED);
        open(80, 24).type("/go bob\r").sees("not protected");
    }

    @Test
    void theTitleSaysHowFarTheKeyExchangeIs() {
        server.channel("lobby").contact("bob", Contacts.Trust.VERIFIED);
        server.protection = new Sessions.Protection(Optional.empty(), 12, 52);
        open(80, 24).type("/go bob\r").sees("key exchange: 12 of 52 packets");
    }

    @Test
    void theTitleSaysSinceWhenTheSessionIsProtected() {
        server.channel("lobby").contact("bob", Contacts.Trust.VERIFIED);
        server.protection = new Sessions.Protection(Optional.of(Instant.parse("2026-11-24T09:00:00Z")), 0, 0);
        open(80, 24).type("/go bob\r").sees("protected since 2026-11-24");
    }

    @Test
    void theListMarksWhoNamesOneAndIsSilentOnWhatIsMuted() {
        server.channel("lobby").channel("noise").contact("bob", Contacts.Trust.VERIFIED);
        server.said("lobby", "carol", "in the lobby", Duration.ofMinutes(1));
        server.unread(new Said("bob", "bob", "are you there, @alice?").ago(Duration.ofMinutes(2)));
        server.unread(new Said("noise", "dave", "more noise").ago(Duration.ofMinutes(3)));
        server.muted.add("noise");
        open(80, 24).sees("in the lobby").sees("bob @1").lacks("noise");
        person.resize(120, 24).sees("# noise");
        assertTrue(person.terminal().screen().text().matches("(?s).*bob +@1│.*"));
        assertTrue(person.terminal().screen().text().matches("(?s).*# noise +1│.*"));
    }

    @Test
    void aStoreThatIsLockedShowsNothingAndOpensAgain() {
        server.channel("lobby");
        server.said("lobby", "bob", "a secret", Duration.ofMinutes(3));
        open(80, 24).sees("a secret").type("begun");
        person.sees("> begun");
        server.lock();
        person.sees("The store is locked").lacks("a secret").lacks("begun").lacks("bob");
        person.type("wrong\r").sees("the passphrase is wrong");
        person.type(FakeServer.PASSPHRASE).type("\r").sees("a secret");
        assertFalse(person.terminal().written().contains(FakeServer.PASSPHRASE));
        assertEquals(Store.State.OPEN, server.state());
    }

    @Test
    void afterADuressUnlockNothingOfTheErasedStoreIsShown() {
        server.channel("lobby");
        server.said("lobby", "bob", "a secret", Duration.ofMinutes(3));
        open(80, 24).sees("a secret").type("begun").sees("> begun");
        server.lock();
        person.sees("The store is locked");
        int before = person.terminal().written().length();
        person.type(FakeServer.DURESS).type("\r").sees("me");
        server.changed();
        person.type("/help").sees("/help");
        // After a restart, it is opened again as this one.
        assertEquals(List.of("me"), person.spoken);
        String shown = person.terminal().written().substring(before);
        for (String trace : List.of("lobby", FakeServer.PERSONA, "bob", "no longer", "there is no", "begun")) {
            assertFalse(shown.contains(trace), trace);
        }
    }

    /** The server was restarted: nobody has typed these names. */
    @Test
    void afterARestartAndADuressUnlockNothingOfTheErasedStoreIsShown() {
        server.channel("lobby");
        server.lock();
        person = new Person(server, Optional.of(FakeServer.PERSONA), Optional.of("lobby"));
        person.sees("The store is locked").type(FakeServer.DURESS).type("\r").sees("me");
        server.changed();
        person.type("/help").sees("/help");
        for (String trace : List.of("lobby", FakeServer.PERSONA, "no longer", "there is no")) {
            assertFalse(person.terminal().written().contains(trace), trace);
        }
        assertEquals(List.of("me"), person.spoken);
    }

    @Test
    void afterARestartTheSameConversationIsOpened() {
        server.channel("lobby").channel("attic");
        server.said("lobby", "bob", "Hello", Duration.ofMinutes(3));
        server.said("attic", "bob", "Newer", Duration.ofMinutes(1));
        server.lock();
        person = new Person(server, Optional.of(FakeServer.PERSONA), Optional.of("lobby"));
        person.sees("The store is locked")
                .type(FakeServer.PASSPHRASE)
                .type("\r")
                .sees("Hello");
        assertEquals(List.of(), person.spoken);
    }

    /** Previously, a message's reason for waiting stayed below it even after it was relayed. */
    @Test
    void whatAMessageWaitsForIsShownWithItAndNoLongerThanItWaits() {
        server.channel("lobby", "bob");
        server.waits = "it waits for wallet 'core': node core does not answer";
        open(120, 24).type("Hello Bob").sees("at most 312 sat");
        person.type("\r").sees("1 packet, at most 312 sat; queued").lacks("wallet");
        server.becomes(1, Messages.State.QUEUED, server.waits, 0, OptionalInt.empty());
        person.sees("it waits for wallet 'core'");
        server.becomes(1, Messages.State.RELAYED);
        person.sees("relayed").lacks("it waits").lacks("does not answer");
    }

    @Test
    void theFeeIsThatOfTheConversationsNetworkNow() {
        server.channel("lobby", "bob");
        open(120, 24).sees("1.25 sat/vB");
        server.fee(new FeeRate(2_500), "");
        person.sees("2.5 sat/vB").lacks("1.25 sat/vB");
        server.fee(new FeeRate(100_000), "node 'home' relays nothing below 100 sat/vB, but fee-maximum is 50 sat/vB");
        person.sees("nothing sent: the floor is 100 sat/vB").lacks("2.5 sat/vB");
        server.fee(new FeeRate(1_250), "");
        person.sees("1.25 sat/vB").lacks("nothing sent");
    }

    @Test
    void aCipherThatIsSwappedAndANodeThatIsLostAreSeen() {
        server.channel("lobby");
        open(120, 24).sees("xchacha20-poly1305");
        server.cipher("AES_256_GCM");
        person.sees("messages are now sealed with aes-256-gcm");
        server.nodes(1);
        person.sees("node away is disconnected: 1 left").sees("1 of 2 nodes");
        server.nodes(0);
        person.sees("node home is disconnected: messages wait for a node");
        server.nodes(2);
        person.sees("node home is ready");
        server.messagesAway(true);
        person.sees("the message service is not running");
        person.type("hello\r").sees("not running: try again");
        server.messagesAway(false);
        person.sees("all services are available again");
    }

    @Test
    void locksTheStoreWhenNobodyPressesAKeyForLong() {
        server.channel("lobby");
        server.said("lobby", "bob", "a secret", Duration.ofMinutes(3));
        person = new Person(server, 80, 24, Duration.ofMinutes(5));
        person.sees("a secret");
        server.clock.pass(Duration.ofMinutes(4));
        server.changed();
        person.type("x").sees("> x");
        server.clock.pass(Duration.ofMinutes(4));
        server.changed();
        person.sees("a secret");
        assertEquals(Store.State.OPEN, server.state());
        server.clock.pass(Duration.ofMinutes(2));
        server.changed();
        person.sees("The store is locked").lacks("a secret");
        assertEquals(Store.State.LOCKED, server.state());
        person.type(FakeServer.PASSPHRASE).type("\r").sees("a secret").sees("> x");
    }

    @Test
    void aClockThatIsSetBackDoesNotKeepTheStoreOpen() {
        server.channel("lobby");
        server.said("lobby", "bob", "a secret", Duration.ofMinutes(3));
        person = new Person(server, 80, 24, Duration.ofMinutes(5));
        person.sees("a secret");
        server.clock.pass(Duration.ofDays(-1));
        server.changed();
        server.cipher("AES_256_GCM");
        person.sees("aes-256-gcm");
        server.clock.pass(Duration.ofMinutes(6));
        server.changed();
        person.sees("The store is locked").lacks("a secret");
    }

    /** Each waits for a node, which may take long. */
    @ParameterizedTest
    @ValueSource(strings = {"/recall\r", "/inspect\r"})
    void aNodeThatDoesNotAnswerDelaysNoLock(String asked) {
        server.channel("lobby");
        server.said("lobby", FakeServer.PERSONA, "a secret", Duration.ofMinutes(3));
        server.silence = new CountDownLatch(1);
        try {
            person = new Person(server, 80, 24, Duration.ofMinutes(5));
            person.sees("a secret").type(asked);
            person.type("/inspect\r").type("/recall\r").type("x").sees("> x");
            server.clock.pass(Duration.ofMinutes(6));
            server.changed();
            person.sees("The store is locked").lacks("a secret");
            assertEquals(Store.State.LOCKED, server.state());
            person.type(FakeServer.PASSPHRASE).type("\r").sees("a secret");
            server.lock();
            person.sees("The store is locked").lacks("a secret");
            person.type(FakeServer.DURESS).type("\r").sees("me");
        } finally {
            server.silence.countDown();
        }
        Eventually.that("the nodes have answered twice", () -> server.answers.get() == 2);
        server.cipher("AES_256_GCM");
        person.sees("aes-256-gcm").lacks("recalled").lacks("abababab");
    }

    @Test
    void whatIsPastedIsOneMessageOfManyLines() {
        server.channel("lobby");
        open(80, 24).sees("lobby");
        person.type("\u001B[200~one\r\ntwo\rthree\u001B[201~").sees("three");
        assertEquals(List.of(), server.sent);
        person.type("\r").sees("queued");
        assertEquals("one\ntwo\nthree", server.sent.get(0).text());
    }

    @Test
    void whatComesForAnotherPersonaIsNotShown() {
        server.channel("lobby");
        open(80, 24).sees("lobby");
        server.arrivesFor("mallory", new Said("lobby", "bob", "not for alice"));
        server.arrives(new Said("lobby", "bob", "for alice"));
        person.sees("for alice").lacks("not for");
    }

    @Test
    void aMessageIsRecalledByAKey() {
        server.channel("lobby");
        server.said(new Said("lobby", FakeServer.PERSONA, "too early"));
        open(80, 24).sees("relayed, shown by 2 nodes").type("\u001B[19~");
        person.sees("recalled for 130 sat more").sees("recalled · 312 sat");
    }

    @Test
    void aBurnMessageIsShownOnce() {
        server.channel("lobby");
        server.said(new Said("lobby", "bob", "the code is 4711").burned());
        open(80, 24).sees("(a burn message; /read 1 shows it once)").lacks("4711");
        person.type("/read 1\r").sees("burned: shown only this once");
        person.type("\u001B").sees("No messages yet");
    }

    @Test
    void optionsHoldUntilTheyAreChanged() {
        server.channel("lobby");
        open(80, 24).sees("lobby").type("/burn\r").sees(" burn ");
        person.type("/ttl 15m\r").sees("15m to live").type("/sign\r").type("/carrier rolling\r");
        person.sees("burn · 15m to live · signed · by rolling").type("x\r").sees("queued");
        Messages.Send sent = server.sent.get(0);
        assertTrue(sent.burn() && sent.sign());
        assertEquals(Optional.of(Duration.ofMinutes(15)), sent.ttl());
        assertEquals(Optional.of(new Messages.Carrier("rolling")), sent.carrier());
    }

    @Test
    void answersReactsAndPutsOtherWords() {
        server.channel("lobby");
        long question = server.said("lobby", "bob", "Tea?", Duration.ofMinutes(2));
        open(80, 24).sees("Tea?").type("/reply\r").sees("reply to " + question);
        person.type("Yes\r").sees("queued").lacks(" answers ");
        assertEquals(question, server.sent.get(0).replyTo().orElseThrow());
        person.type("/react \uD83D\uDC4D\r").sees("reaction sent, at most 120 sat");
        person.type("/edit Yes, please\r").sees("new text sent");
        assertEquals(List.of("react \uD83D\uDC4D 1", "edit Yes, please 2"), server.remarks);
    }

    @Test
    void whatWasSaidAboutAMessageStandsBesideIt() {
        server.channel("lobby");
        server.said("lobby", "bob", "Tea?", Duration.ofMinutes(2));
        long answer = server.said("lobby", "carol", "Two cups", Duration.ofMinutes(1));
        open(80, 24).sees("Two cups");
        server.remarked(
                answer,
                new Messages.Remarks(
                        true,
                        Optional.of(new Messages.Quote(1, "bob", false, "Tea?")),
                        Optional.of(FakeServer.NOW),
                        List.of(
                                new Messages.Reaction("bob", false, "\uD83D\uDC4D", Optional.empty()),
                                new Messages.Reaction("alice", true, "\u2615", Optional.empty())),
                        false));
        person.sees("» bob: Tea?").sees("Two cups (edited)").sees("\uD83D\uDC4D bob  \u2615 you");
    }

    @Test
    void whatWasBegunIsKeptWhenOneLeavesAndIsThereAgain() throws Exception {
        server.channel("lobby");
        open(80, 24)
                .sees("lobby")
                .type("half a sen")
                .sees("half a sen")
                .type("\u0003")
                .hasLeft();
        assertEquals("half a sen", server.drafts.get("lobby"));
        person.close();
        open(80, 24)
                .sees("> half a sen")
                .sees("1 packet, 212 bytes")
                .type("tence\r")
                .sees("queued")
                .type("\u0003")
                .hasLeft();
        assertEquals("", server.drafts.get("lobby"));
    }

    /** The server may end at any moment; and a sent message must not remain as a draft to be sent again. */
    @Test
    void whatWasBegunIsKeptAMomentAfterTheLastKeyAndNoLongerOnceItIsSent() {
        server.channel("lobby");
        open(80, 24).sees("lobby").type("half a sen").sees("> half a sen");
        server.changed();
        assertEquals(null, server.drafts.get("lobby"));
        aMomentPasses();
        Eventually.that("it is kept", () -> "half a sen".equals(server.drafts.get("lobby")));
        person.isIdle();
        person.type("tence\r").sees("queued");
        Eventually.that("it is kept no longer", () -> "".equals(server.drafts.get("lobby")));
        person.type("thrown away").sees("> thrown away");
        aMomentPasses();
        Eventually.that("it is kept", () -> "thrown away".equals(server.drafts.get("lobby")));
        person.type("\u0015").lacks("thrown away");
        Eventually.that("it is kept no longer", () -> "".equals(server.drafts.get("lobby")));
        person.type("/nonsense").sees("> /nonsense");
        aMomentPasses();
        person.type("x").sees("> /nonsensex");
        assertEquals("", server.drafts.get("lobby"));
    }

    @Test
    void whatWasBegunAndKeptIsThereAfterALock() {
        server.channel("lobby");
        open(80, 24).sees("lobby").type("half a sen").sees("> half a sen");
        aMomentPasses();
        Eventually.that("it is kept", () -> "half a sen".equals(server.drafts.get("lobby")));
        server.lock();
        person.sees("The store is locked").lacks("half a sen");
        assertEquals("half a sen", server.drafts.get("lobby"));
        person.type(FakeServer.PASSPHRASE).type("\r").sees("> half a sen").sees("1 packet, 212 bytes");
    }

    @Test
    void keysThatAShellKnowsClearTheInputOrSayWhatTheyDoNot() {
        server.channel("lobby");
        open(80, 24).sees("lobby").type("one\ntwo\nthree").sees("three");
        person.type("\u0015").lacks("one").lacks("three");
        person.type("x\u001a").sees("suspending is not available");
        person.type("\u001b[200~a\u0003\u0004\u001b[Ab\u001b[201~")
                .sees("> xa[Ab")
                .type("\r")
                .sees("queued");
        assertEquals("xa[Ab", server.sent.get(0).text());
    }

    /** According to no-color.org. */
    @Test
    void whoWantsNoColoursHasNone() throws Exception {
        server.channel("lobby", "bob");
        server.said("lobby", "bob", "Hello Alice", Duration.ofMinutes(3));
        for (boolean colours : List.of(true, false)) {
            VirtualTerminal terminal = new VirtualTerminal(80, 24, Columns::width);
            try (Person one = new Person(server, terminal, Duration.ZERO, colours)) {
                one.sees("Hello Alice").sees("2 nodes");
                assertEquals(
                        colours,
                        Pattern.compile("\u001b\\[([0-9]+;)*[34][0-8](;[0-9]+)*m")
                                .matcher(terminal.written())
                                .find());
            }
        }
    }

    /** After a lock, both screens look for drafts. */
    @Test
    void aDraftBelongsToOneScreen() throws Exception {
        server.channel("lobby");
        try (Person other = new Person(server, 80, 24)) {
            other.sees("lobby");
            open(80, 24).sees("lobby").type("half a sen").sees("> half a sen");
            aMomentPasses();
            Eventually.that("it is kept", () -> "half a sen".equals(server.drafts.get("lobby")));
            server.lock();
            other.sees("The store is locked");
            person.sees("The store is locked");
            other.type(FakeServer.PASSPHRASE).type("\r").sees("lobby");
            person.sees("> half a sen");
            other.type("/nothing").sees("> /nothing").lacks("half a sen");
            other.type("\u0003").hasLeft();
            assertEquals("half a sen", server.drafts.get("lobby"));
            person.type("tence\r").sees("queued");
            Eventually.that("it is kept no longer", () -> "".equals(server.drafts.get("lobby")));
            assertEquals(1, server.sent.size());
        }
    }

    /** The next screen continues it. */
    @Test
    void aDraftOfAScreenThatIsClosedIsForAnother() throws Exception {
        server.channel("lobby");
        open(80, 24)
                .sees("lobby")
                .type("half a sen")
                .sees("> half a sen")
                .type("\u0003")
                .hasLeft();
        try (Person other = new Person(server, 80, 24)) {
            other.sees("> half a sen");
        }
    }

    private void aMomentPasses() {
        server.clock.pass(Duration.ofSeconds(3));
        server.changed();
    }

    @Test
    void tellsOfMessagesThatAreOnTheirWay() {
        server.channel("lobby");
        open(80, 24).sees("lobby");
        server.pieces(new Messages.Pieces(FakeServer.PERSONA, false, "lobby", "bob", 2, 5));
        person.sees("bob is sending: 2 of 5 packets have arrived");
        server.pieces(new Messages.Pieces(FakeServer.PERSONA, false, "lobby", "bob", 4, 5));
        person.sees("4 of 5 packets have arrived");
        server.pieces();
        person.lacks("is sending");
    }

    @Test
    void searchesAndShowsWhatItFinds() {
        server.channel("lobby");
        server.said("lobby", "bob", "the needle", Duration.ofHours(5));
        for (int i = 0; i < 200; i++) {
            server.said("lobby", "bob", "hay " + i, Duration.ofMinutes(200 - i));
        }
        open(80, 24).sees("hay 199").type("/search NEEDLE\r").sees("1 found").sees("the needle");
        person.type("\u001B[1;5F").sees("hay 199");
    }

    @Test
    void aClickOpensAConversation() {
        server.channel("lobby").channel("garden");
        server.said("garden", "bob", "roses", Duration.ofDays(1));
        server.said("lobby", "bob", "doors", Duration.ofMinutes(1));
        open(120, 24).sees("doors").type("\u001B[<0;5;3M\u001B[<0;5;3m").sees("roses");
        person.type("\u001B[<0;5;2M\u001B[<0;5;2m").sees("doors");
    }

    @Test
    void isPaintedAnewInAnotherSize() {
        server.channel("lobby");
        server.said("lobby", "bob", "one two three four five six seven eight nine ten eleven", Duration.ofMinutes(1));
        open(80, 24).sees("seven eight nine ten");
        person.resize(40, 10).sees("2 nodes");
        assertEquals(10, person.terminal().screen().rows().size());
        person.resize(200, 60)
                .sees("one two three four five six seven eight nine ten eleven")
                .sees(" # lobby");
        person.resize(3, 2).type("x");
        person.resize(80, 24).sees("> x").sees("seven eight nine ten");
        assertEquals(List.of(), person.terminal().screen().strange());
    }

    @Test
    void nothingIsLookedAtWhileNothingHappens() {
        server.channel("lobby");
        open(80, 24).sees("lobby");
        person.type("x").sees("> x").type("\u007F").lacks("> x");
        int looks = server.looks();
        // The thread waits without a limit: nothing is counting down.
        person.isIdle();
        assertEquals(looks, server.looks());
    }
}
