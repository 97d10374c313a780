package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.TextPieces;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;

/** A text that is too long for one message is sent as several, if requested. */
class LongTextTest {
    private static final String WORDS =
            "one two three four five six seven eight nine ten ".repeat(4).strip();
    private static final String FAMILY = "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67";

    private final FakeEngine fake = FakeEngine.furnished();

    private List<String> sent() {
        return fake.sent.stream().map(Send::text).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short",
                "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen",
                "oneverylongwordthathasnoblankanywhereandgoesonandonandonforlongerthanapieceis",
                "größe größe größe größe größe größe größe größe größe größe größe",
                FAMILY + FAMILY + FAMILY + FAMILY + FAMILY + FAMILY,
                "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
                        + "\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301 and more of it",
                "line one\nline two\n\nline four, which is longer than the others are\n\n\n\nend"
            })
    void thePiecesAreTheWholeTextAndEachFits(String text) {
        List<String> pieces = TextPieces.of(text, 40);
        assertEquals(text, String.join("", pieces));
        for (String piece : pieces) {
            assertTrue(piece.getBytes(StandardCharsets.UTF_8).length <= 40, piece);
            assertFalse(piece.isEmpty());
            assertFalse(Character.isLowSurrogate(piece.charAt(0)), "no character is cut through");
        }
    }

    @Test
    void itIsCutBehindABlankOrBetweenCharacters() {
        assertEquals(
                List.of("one two three four ", "five six seven"),
                TextPieces.of("one two three four five six seven", 20));
        assertEquals(List.of("größ", "e"), TextPieces.of("größe", 6));
        assertEquals(List.of("xxx", "e\u0301"), TextPieces.of("xxxe\u0301", 4));
    }

    @Test
    void whoIsAskedAndSaysYesSendsAllOfIt() throws Exception {
        fake.longest = 60;
        FakeSession session = FakeSession.withTerminal(100, 60).answer("yes");
        String printed = new Runner(fake, session).run("send", WORDS);
        assertEquals(WORDS, String.join("", sent()));
        assertEquals(4, fake.sent.size());
        assertTrue(session.prompts.get(0).contains("Send it as 4 messages"), session.prompts::toString);
        assertTrue(printed.contains("Message 104 to lobby"), printed);
    }

    @Test
    void whoSaysNoSendsNothing() throws Exception {
        fake.longest = 60;
        String printed = new Runner(fake, FakeSession.withTerminal(100, 60).answer("no")).run("send", WORDS);
        assertTrue(printed.contains("Nothing was sent."), printed);
        assertEquals(List.of(), sent());
    }

    @Test
    void aScriptSaysItWithAnOption() throws Exception {
        fake.longest = 60;
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        String refusal = runner.refusal("send", WORDS);
        assertTrue(refusal.endsWith("the limit is 60 bytes: send it in parts, or with --split as 4 messages"), refusal);
        assertEquals(List.of(), sent());
        runner.run("send", "--split", WORDS);
        assertEquals(WORDS, String.join("", sent()));
    }

    @Test
    void whatIsShortEnoughIsOneMessage() throws Exception {
        new Runner(fake, FakeSession.withoutTerminal()).run("send", "--split", WORDS);
        assertEquals(List.of(WORDS), sent());
    }

    @Test
    void aDocumentTellsOfOneMessageAndAsksNobody() {
        fake.longest = 60;
        FakeSession session = FakeSession.withTerminal(100, 60);
        Runner runner = new Runner(fake, session);
        assertTrue(
                runner.refusal("send", "--json", "--split", WORDS).contains("--split and --json exclude each other"));
        assertTrue(runner.refusal("send", "--json", WORDS).contains("or with --split as 4 messages"));
        assertEquals(List.of(), session.prompts);
        assertEquals(List.of(), sent());
    }

    @Test
    void whereAMessageHoldsAlmostNothingNoneAreOffered() {
        fake.longest = 39;
        FakeSession session = FakeSession.withTerminal(100, 60);
        String refusal = new Runner(fake, session).refusal("send", WORDS);
        assertTrue(refusal.contains("the limit is 39 bytes"), refusal);
        assertEquals(List.of(), session.prompts);
    }

    @Test
    void whatIsOnItsWayIsToldWhereTheRestFails() {
        fake.longest = 60;
        fake.most = 2;
        assertEquals(
                "Error: 2 of 4 messages are queued, up to number 102; the others were not sent: there is no "
                        + "channel 'lobby': see partyline:channel-list",
                new Runner(fake, FakeSession.withoutTerminal()).refusal("send", "--split", WORDS));
        fake.sent.clear();
        fake.most = 0;
        assertEquals(
                "Error: there is no channel 'lobby': see partyline:channel-list",
                new Runner(fake, FakeSession.withoutTerminal()).refusal("send", "--split", WORDS));
    }

    @Test
    void whoJustPressesEnterSendsNothing() throws Exception {
        fake.longest = 60;
        new Runner(fake, FakeSession.withTerminal(100, 60).answer("")).run("send", WORDS);
        assertEquals(List.of(), sent());
    }
}
