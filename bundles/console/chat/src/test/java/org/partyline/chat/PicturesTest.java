package org.partyline.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Messages;
import org.partyline.chat.testing.FakeServer;
import org.partyline.chat.testing.Person;
import org.partyline.chat.testing.Said;
import org.partyline.testkit.ScreenPicture;

/**
 * Compares whole screens with those in {@code screens.md}, and with the images of docs. With {@code
 * -Dpictures.write=true} it writes them instead.
 */
class PicturesTest {
    private static final Path DOCS = Path.of("../../../docs");
    private static final Path SCREENS = Path.of("src/test/resources/screens.md");
    private static final boolean WRITE = Boolean.getBoolean("pictures.write");

    private final FakeServer server = server();

    private static FakeServer server() {
        FakeServer server = new FakeServer();
        server.channel("lobby", "bob", "carol")
                .contact("bob", Contacts.Trust.VERIFIED)
                .contact("dave", Contacts.Trust.UNVERIFIED);
        Duration hour = Duration.ofHours(1);
        server.said(new Said("lobby", "carol", "Who is there tomorrow?").ago(Duration.ofHours(17)));
        server.said(
                new Said("lobby", "bob", "I am. Bring the map.").signedBy("bob").ago(Duration.ofHours(16)));
        server.said(new Said("lobby", "b\u043Eb", "No need of a map, I know the way.").ago(hour));
        server.said(new Said("lobby", "grandpa", "I still speak version 1")
                .ofVersionOne()
                .ago(Duration.ofMinutes(50)));
        server.said(new Said(
                        "lobby",
                        FakeServer.PERSONA,
                        "Then let us meet at the bridge at nine. Whoever comes later finds us at the mill; "
                                + "there is a light in the window as long as somebody is there.")
                .ago(Duration.ofMinutes(31))
                .state(Messages.State.CONFIRMED));
        server.said(new Said("lobby", "carol", "The gate's code is 4711")
                .burned()
                .lives(Duration.ofMinutes(45))
                .ago(Duration.ofMinutes(20)));
        server.said(new Said(
                        "lobby", "carol", "\u4F60\u597D \u2014 \u05E9\u05DC\u05D5\u05DD \u2014 na\u00EFve \uD83D\uDC4D")
                .ago(Duration.ofMinutes(12)));
        server.said(new Said("lobby", FakeServer.PERSONA, "On my way")
                .ago(Duration.ofMinutes(6))
                .state(Messages.State.RELAYED));
        server.said(new Said("lobby", FakeServer.PERSONA, "Five minutes late")
                .ago(Duration.ofMinutes(4))
                .state(Messages.State.SENT));
        server.said(new Said("lobby", FakeServer.PERSONA, "And the key is under the stone")
                .ago(Duration.ofMinutes(2))
                .lives(Duration.ofMinutes(5))
                .state(Messages.State.QUEUED)
                .because("no node of embedded is ready"));
        server.unread(new Said("bob", "bob", "Only for you").ago(Duration.ofMinutes(3)));
        server.becomes(5, Messages.State.CONFIRMED, "", 2, OptionalInt.of(840_000));
        return server;
    }

    private static void image(String name, Person person, String title) throws IOException {
        person.isSettled();
        ScreenPicture.isIn(DOCS.resolve(name), person.terminal().screen(), title);
    }

    private static void picture(String name, Person person) throws IOException {
        person.isSettled();
        assertEquals(List.of(), person.terminal().screen().strange());
        // The characters that enclose right-to-left text are not part of a picture.
        String shown = person.terminal().screen().text().replaceAll("[\u202A\u202C]", "");
        String page = Files.readString(SCREENS);
        Matcher found = Pattern.compile("(<!-- picture: " + name + " -->\\n```text\\n)(.*?)(\\n```)", Pattern.DOTALL)
                .matcher(page);
        assertTrue(found.find(), SCREENS + " has no picture " + name);
        if (WRITE) {
            Files.writeString(SCREENS, page.substring(0, found.end(1)) + shown + page.substring(found.start(3)));
        } else {
            assertEquals(found.group(2), shown);
        }
    }

    @Test
    void aConversationAnInputLineAndThePrice() throws Exception {
        try (Person person = new Person(server, 80, 24)) {
            person.sees("under the stone")
                    .sees("bob 1")
                    .sees("2 nodes")
                    .type("Wait for me at the bridge")
                    .sees("> Wait for me at the bridge")
                    .sees("at most 312 sat");
            image(
                    "chat.svg",
                    person,
                    "The chat screen: messages of a channel, the input line, and the price of the next message");
            picture("talk", person);
        }
    }

    /** Only the newest packets are carried again, so all but the last three messages have left the mempool. */
    @Test
    void aRollingConversation() throws Exception {
        FakeServer square = new FakeServer().channel("square", "bob").contact("bob", Contacts.Trust.VERIFIED);
        square.fee(new FeeRate(100), "");
        List<String> said = List.of(
                "alice: Are you at the square already?",
                "bob: Since nine. It is crowded, thousands of people.",
                "alice: I am coming by the bridge. Is it open?",
                "bob: It was, ten minutes ago.",
                "alice: Open. Fifteen minutes.",
                "bob: Then meet me at the north side, under the clock.",
                "alice: Under the clock. See you",
                "alice: I see you. Wave!");
        int ours = 0;
        for (int i = 0; i < said.size(); i++) {
            String[] words = said.get(i).split(": ");
            Said message = new Said("square", words[0], words[1]).ago(Duration.ofSeconds(45L * (said.size() - i)));
            if (!words[0].equals(FakeServer.PERSONA)) {
                square.said(message.signedBy("bob"));
            } else {
                ours++;
                long id = square.said(ours > 2 ? message : message.state(Messages.State.REPLACED));
                square.costs(id, ours == 1 ? 21 : 9);
            }
        }
        try (Person person = new Person(square, 80, 16)) {
            person.sees("Wave!").sees("0.1 sat/vB").type("/carrier rolling\r").sees("carrier of new messages: rolling");
            image("rolling-chat.svg", person, "A rolling conversation: each message after the first costs 9 sat");
        }
    }

    @Test
    void aWideScreenHasTheListBesideIt() throws Exception {
        try (Person person = new Person(server, 200, 60)) {
            person.sees("under the stone").sees("2 nodes");
            picture("wide", person);
        }
    }

    @Test
    void anotherSizeInTheMiddle() throws Exception {
        try (Person person = new Person(server, 200, 60)) {
            person.sees("under the stone").sees("2 nodes").type("Wait").sees("> Wait");
            person.resize(60, 16).sees("F1 help");
            picture("narrow", person);
            person.resize(80, 24)
                    .type(" for me at the bridge")
                    .sees("> Wait for me at the bridge")
                    .sees("at most 312 sat");
            picture("talk", person);
        }
    }

    @Test
    void theKeys() throws Exception {
        try (Person person = new Person(server, 80, 42)) {
            person.sees("2 nodes").type("\u001BOP").sees("Times are UTC");
            image("chat-keys.svg", person, "The keys of the chat screen");
        }
    }

    @Test
    void theLockedStore() throws Exception {
        try (Person person = new Person(server, 80, 24)) {
            person.sees("under the stone");
            server.lock();
            person.sees("The store is locked");
            picture("locked", person);
        }
    }

    @Test
    void newsOfTheServer() throws Exception {
        FakeServer quiet = new FakeServer().channel("lobby");
        quiet.said(new Said("lobby", "bob", "All well?").ago(Duration.ofMinutes(1)));
        try (Person person = new Person(quiet, 80, 12)) {
            person.sees("All well?").sees("2 nodes");
            quiet.cipher("AES_256_GCM");
            person.sees("sealed with aes-256-gcm");
            quiet.nodes(1);
            person.sees("node away is disconnected").sees("1 of 2 nodes");
            picture("news", person);
        }
    }

    /** No row exceeds its width, at any size. */
    @Test
    void everySizeHasItsScreen() throws Exception {
        try (Person person = new Person(server, 80, 24)) {
            person.sees("under the stone");
            for (int columns = 1; columns < 140; columns += 7) {
                for (int rows = 1; rows < 40; rows += 5) {
                    person.resize(columns, rows).isSettled();
                }
            }
            person.resize(80, 24)
                    .type("Wait for me at the bridge")
                    .sees("> Wait for me at the bridge")
                    .sees("at most 312 sat");
            picture("talk", person);
        }
    }
}
