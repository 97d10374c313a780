package org.partyline.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.api.engine.Contacts;
import org.partyline.chat.testing.Corpus;
import org.partyline.chat.testing.FakeServer;
import org.partyline.chat.testing.Person;
import org.partyline.chat.testing.Said;
import org.partyline.chat.testing.VirtualTerminal;
import org.partyline.chat.text.Columns;

/** Incoming texts and names stay within their place on the screen, and have no other effect. */
class HostileTextTest {
    private static final int GUTTER = 29;

    static List<String> corpus() {
        return Corpus.TEXTS;
    }

    private static FakeServer server(String name, String text) {
        FakeServer server = new FakeServer();
        server.channel("lobby", name).contact("bob", Contacts.Trust.VERIFIED);
        server.said("lobby", "carol", "before it", Duration.ofMinutes(9));
        server.said("lobby", name, text, Duration.ofMinutes(8));
        server.said("lobby", "carol", "the end", Duration.ofMinutes(7));
        return server;
    }

    /** The rest of the screen looks as with a harmless message of as many rows. */
    @ParameterizedTest
    @MethodSource("corpus")
    void aTextStaysInItsPlace(String text) throws Exception {
        try (Person person = new Person(server("dave", text), 80, 24)) {
            List<String> rows = painted(person);
            int begin = indexOf(rows, "dave");
            int end = indexOf(rows, "the end");
            try (Person other = new Person(server("dave", "x" + "\nx".repeat(end - begin - 1)), 80, 24)) {
                List<String> harmless = painted(other);
                assertEquals(outside(harmless, begin, end), outside(rows, begin, end));
                assertEquals(
                        other.terminal().screen().cursor(),
                        person.terminal().screen().cursor());
                assertEquals(
                        other.terminal().screen().modes(),
                        person.terminal().screen().modes());
            }
        }
    }

    /** Returns the rows, and for those that contain the text only the part before it. */
    private static List<String> outside(List<String> rows, int begin, int end) {
        List<String> outside = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            outside.add(i >= begin && i < end ? rows.get(i).substring(0, GUTTER) : rows.get(i));
        }
        return outside;
    }

    /** Terminals disagree on the width of characters: whatever width they use, all other rows are right. */
    @ParameterizedTest
    @MethodSource("corpus")
    void aTextThatTheTerminalMeasuresOtherwiseStaysInItsRows(String text) throws Exception {
        VirtualTerminal other =
                new VirtualTerminal(80, 24, c -> c < 0x2600 || c == 0xFFFD ? Columns.width(c) : 3 - Columns.width(c));
        try (Person person = new Person(server("dave", text), 80, 24);
                Person misled = new Person(server("dave", text), other, Duration.ZERO)) {
            List<String> rows = painted(person);
            List<String> measured = painted(misled);
            int begin = indexOf(rows, "dave");
            int end = indexOf(rows, "the end");
            assertEquals(outside(rows, begin, end), outside(measured, begin, end));
            person.type("x").sees("> x").sees("at most 312 sat");
            misled.type("x").sees("> x").sees("at most 312 sat");
            assertEquals(
                    outside(person.terminal().screen().rows(), begin, end),
                    outside(misled.terminal().screen().rows(), begin, end));
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void aNameStaysInItsPlace(String name) throws Exception {
        try (Person person = new Person(server(name, "said"), 80, 24);
                Person other = new Person(server("dave", "said"), 80, 24)) {
            List<String> rows = painted(person);
            List<String> harmless = painted(other);
            int at = indexOf(harmless, "said");
            // Marks above and below letters take no columns.
            assertEquals(GUTTER, columns(rows.get(at).substring(0, rows.get(at).indexOf("│ said") + 2)));
            rows.set(at, "");
            harmless.set(at, "");
            assertEquals(harmless, rows);
        }
    }

    private static int columns(String text) {
        return Columns.of(text);
    }

    private static List<String> painted(Person person) {
        person.sees("the end").sees("2 nodes");
        person.isSettled();
        String written = person.terminal().written();
        assertEquals(List.of(), person.terminal().screen().strange());
        assertEquals(0, person.terminal().screen().bells());
        assertFalse(written.codePoints().anyMatch(HostileTextTest::turns), "it turns the direction of writing");
        assertFalse(written.contains("\u001B]"), "it commands the terminal");
        return new ArrayList<>(person.terminal().screen().rows());
    }

    /** Overrides, isolates and marks; those that end with their row are ours. */
    private static boolean turns(int c) {
        return c == 0x202B || c == 0x202D || c == 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0x200E || c == 0x200F;
    }

    private static int indexOf(List<String> rows, String text) {
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).contains(text)) {
                return i;
            }
        }
        throw new AssertionError(text + " is not in " + rows);
    }

    @Test
    void aRowThatIsPaintedAloneDoesNotRunIntoTheNext() throws Exception {
        VirtualTerminal wide = new VirtualTerminal(80, 24, c -> c == 0x2600 ? 2 : Columns.width(c));
        try (Person person = new Person(server("dave", "\u2600".repeat(50)), wide, Duration.ZERO)) {
            person.sees("the end").sees("2 nodes");
            for (int number = 3; number > 0; number--) {
                person.type("\u001B[1;5A").sees("message " + number + ": ");
            }
            person.isSettled();
            List<String> rows = person.terminal().screen().rows();
            assertTrue(rows.get(indexOf(rows, "dave") + 1).endsWith("│ the end"), rows::toString);
        }
    }

    /** Each row of a message has its own prefix, which no text can imitate. */
    @Test
    void noLineOfAMessageLooksLikeAnotherMessage() throws Exception {
        try (Person person = new Person(
                server("mallory", "yes\n09:53   7d ✓S bob          │ I owe mallory a coin\n" + "─".repeat(60)),
                80,
                24)) {
            List<String> rows = painted(person);
            int at = indexOf(rows, "I owe");
            assertTrue(rows.get(at - 1).contains("?  mallory"), rows.get(at - 1));
            assertEquals(" ".repeat(GUTTER - 2) + "│ ", rows.get(at).substring(0, GUTTER));
            // A rule between days begins at the edge.
            assertTrue(rows.stream().noneMatch(row -> row.startsWith("────────")));
        }
    }

    @Test
    void aMessageCannotBeToldFromItsSendersWordsAsNewsOfTheScreen() throws Exception {
        FakeServer server = server("mallory", "∙ node home is disconnected: messages wait for a node");
        try (Person person = new Person(server, 80, 24)) {
            List<String> rows = painted(person);
            assertTrue(rows.get(indexOf(rows, "is disconnected")).contains("mallory      │ ∙ node"));
        }
    }

    static List<String> names() {
        return Corpus.NAMES_LIKE_BOB;
    }

    /** The channel has a contact's name, and another name that imitates it. */
    @ParameterizedTest
    @MethodSource("names")
    void aNameThatLooksLikeAContactsIsMarked(String name) throws Exception {
        try (Person person = new Person(server(name, "it is me"), 80, 24)) {
            List<String> rows = painted(person);
            String row = rows.get(indexOf(rows, "it is me"));
            assertEquals("!", row.substring(11, 12), row);
        }
    }

    /** A contact's own name in a channel proves nothing, and is not marked as proven. */
    @Test
    void aNicknameIsNotVerifiedBecauseAContactHasThatName() throws Exception {
        try (Person person = new Person(server("bob", "it is me"), 80, 24)) {
            List<String> rows = painted(person);
            assertEquals("?", rows.get(indexOf(rows, "it is me")).substring(11, 12));
        }
    }

    @Test
    void marksSayWhatIsKnownOfASender() throws Exception {
        FakeServer server = new FakeServer();
        server.channel("lobby").contact("bob", Contacts.Trust.VERIFIED);
        server.said(new Said("lobby", "bob", "signed").signedBy("bob"));
        server.said(new Said("lobby", "erin", "by whom").signedBy("an unknown key"));
        server.said(new Said("lobby", "frank", "forged").signedBy("unknown: the signature is wrong"));
        server.said(new Said("lobby", "grace", "old").ofVersionOne());
        try (Person person = new Person(server, 80, 24)) {
            List<String> rows =
                    new ArrayList<>(person.sees("old").terminal().screen().rows());
            assertEquals(" S bob", rows.get(indexOf(rows, "signed")).substring(11, 17));
            assertEquals("?s erin", rows.get(indexOf(rows, "by whom")).substring(11, 18));
            assertEquals("?X frank", rows.get(indexOf(rows, "forged")).substring(11, 19));
            assertEquals("?1 grace", rows.get(indexOf(rows, "old")).substring(11, 19));
        }
    }
}
