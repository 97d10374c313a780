package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {
    private static final RestOfLine SAY = new RestOfLine() {
        @Override
        public boolean hasOption(String name) {
            return Set.of("--to", "--burn", "--help").contains(name);
        }

        @Override
        public boolean takesValue(String name) {
            return name.equals("--to");
        }
    };

    private static Optional<RestOfLine> rest(String name) {
        return name.equals("say") ? Optional.of(SAY) : Optional.empty();
    }

    private static List<List<List<String>>> read(String text) throws LineException {
        return Grammar.read(text, GrammarTest::rest, Filters.NAMES::contains);
    }

    private static List<String> words(String line) throws LineException {
        List<List<List<String>>> commands = read(line);
        assertEquals(1, commands.size(), line);
        assertEquals(1, commands.get(0).size(), line);
        return commands.get(0).get(0);
    }

    @Test
    void blanksSeparateWordsHoweverManyThereAre() throws LineException {
        assertEquals(List.of("send", "--to", "bob", "hello"), words("  send \t--to   bob hello  "));
        assertEquals(List.of(), read(""));
        assertEquals(List.of(), read(" \t\n \n"));
    }

    @Test
    void quotationMarksKeepBlanksAndAreTakenOff() throws LineException {
        assertEquals(List.of("send", "it's $5", "", "a\nb", "\"x\""), words("send \"it's $5\" '' 'a\nb' '\"x\"'"));
        assertEquals(List.of("send", "--to=my friend", "--via='x"), words("send --to=\"my friend\" --via=\"'x\""));
    }

    @Test
    void behindAnEqualsSignTheyDoSoInAnOptionAndThereOnce() throws LineException {
        assertEquals(List.of("send", "a=\"b", "c\""), words("send a=\"b c\""));
        assertEquals(List.of("send", "--set=key=\"b", "c\""), words("send --set=key=\"b c\""));
    }

    @Test
    void betweenDoubleOnesTwoCharactersAreEscapedAndBetweenSingleOnesNone() throws LineException {
        assertEquals(List.of("send", "\"\\ \\n \\$"), words("send \"\\\"\\\\ \\n \\$\""));
        assertEquals(List.of("send", "a\\"), words("send 'a\\'"));
        assertEquals(List.of("send", "a\\\\ \\\"b"), words("send 'a\\\\ \\\"b'"));
    }

    @Test
    void anywhereElseTheyAreCharacters() throws LineException {
        assertEquals(List.of("send", "it's", "5\"", "don't", "C:\\x", "\\"), words("send it's 5\" don't C:\\x \\"));
    }

    @Test
    void nothingElseMeansAnything() throws LineException {
        String line = "send $(x) ${y} `z` %d !! ; & && || > < >> 2>&1 { } ( ) [ ] a=b * ? ~ #x // | |x x|grep";
        assertEquals(List.of(line.split(" ")), words(line));
    }

    @Test
    void whatFollowsAClosingQuotationMarkIsRefused() {
        for (String line : List.of("send \"she said \"hi\" to me\"", "send 'it's'", "send \"\"\"")) {
            LineException wrong = assertThrows(LineException.class, () -> read(line), line);
            assertFalse(wrong.isOpen());
        }
    }

    @Test
    void anOpenQuotationMayGoOn() {
        assertTrue(assertThrows(LineException.class, () -> read("send \"a")).isOpen());
        assertTrue(assertThrows(LineException.class, () -> read("send 'a\n")).isOpen());
        assertTrue(assertThrows(LineException.class, () -> read("send \"a\\\"")).isOpen());
    }

    @Test
    void aPipeIsAloneAndBeforeAFilter() throws LineException {
        assertEquals(
                List.of(List.of(List.of("messages"), List.of("grep", "-i", "a | b"), List.of("tail", "-1"))),
                read("messages | grep -i \"a | b\" |tail -1"));
        assertEquals(
                List.of(List.of(List.of("one"), List.of("sort")), List.of(List.of("two"))), read("one | sort\ntwo"));
        assertEquals(List.of("send", "a", "|", "b"), words("send a | b"));
        assertEquals(List.of("send", "a|tail"), words("send a|tail"));
        assertEquals(List.of("|", "tail"), words("| tail"));
    }

    @Test
    void linesAreCommandsAndRemarksAreNot() throws LineException {
        assertEquals(
                List.of(List.of(List.of("one")), List.of(List.of("two", "x\ny")), List.of(List.of("three"))),
                read("one\n# a remark's\n\n two 'x\ny'\nthree\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "it's $5",
                "\"a\" | tail -1",
                "  two blanks before and after  ",
                "\t",
                "\n",
                "a\n# b\nc",
                "- x",
                "\"open",
                "a -- b",
                "\uffff"
            })
    void theRestOfALineIsTakenAsItStands(String text) throws LineException {
        assertEquals(List.of("say", "--", text), words("say " + text));
        assertEquals(
                List.of("say", "--to", "my bob", "--burn", "--", text), words("say --to \"my bob\" --burn " + text));
        assertEquals(List.of("say", "--to=bob", "--", text), words("say --to=bob " + text));
        assertEquals(List.of("say", "--to", "bob", "--", text), words("say --to \t bob " + text));
        assertEquals(List.of("say", "--", "--burn " + text), words("say -- --burn " + text));
    }

    @Test
    void withoutATextThereIsNone() throws LineException {
        assertEquals(List.of("say"), words("say"));
        assertEquals(List.of("say"), words("say "));
        assertEquals(List.of("say"), words("say --"));
        assertEquals(List.of("say", "--to", "bob"), words("say --to bob"));
        assertEquals(List.of("say", "--to", "bob"), words("say --to bob "));
        assertEquals(List.of("say", "--to"), words("say --to"));
    }

    @Test
    void aTextThatLooksLikeAnOptionIsAskedFor() {
        LineException wrong = assertThrows(LineException.class, () -> read("say --hello there"));
        assertEquals("unknown option: write -- before a text that begins with --", wrong.getMessage());
    }

    @Test
    void everyNastyTextIsAWordInQuotesAndARest() throws LineException {
        assertTrue(NastyTexts.all().size() >= 200);
        for (String text : NastyTexts.all()) {
            assertEquals(List.of("send", text, "x"), words("send " + NastyTexts.quoted(text) + " x"));
            assertEquals(List.of("say", "--", text), words("say " + NastyTexts.said(text)));
            assertEquals(List.of("say", "--", text), words("say -- " + text));
        }
    }

    private static CursorPosition at(String line) {
        return Grammar.at(line, line.length(), GrammarTest::rest, Filters.NAMES::contains)
                .orElseThrow();
    }

    @Test
    void theCursorStandsInAWordOrAfterABlank() {
        assertEquals(new CursorPosition(List.of(), List.of(), "", 0, (char) 0, false), at(""));
        assertEquals(new CursorPosition(List.of(), List.of(), "se", 1, (char) 0, false), at(" se"));
        assertEquals(new CursorPosition(List.of(), List.of("send"), "", 5, (char) 0, false), at("send "));
        assertEquals(
                new CursorPosition(List.of(), List.of("send", "--channel"), "", 15, (char) 0, false),
                at("send --channel "));
        assertEquals(
                new CursorPosition(List.of(), List.of("send", "--channel"), "lo", 15, (char) 0, false),
                at("send --channel lo"));
    }

    @Test
    void theCursorStandsInAQuotation() {
        assertEquals(new CursorPosition(List.of(), List.of("send"), "my r", 5, '"', false), at("send \"my r"));
        assertEquals(new CursorPosition(List.of(), List.of("send"), "my room", 5, '"', false), at("send \"my room\""));
        assertEquals(
                new CursorPosition(List.of(), List.of("send", "my room"), "", 15, (char) 0, false),
                at("send \"my room\" "));
        assertEquals(new CursorPosition(List.of(), List.of("send"), "", 5, '\'', false), at("send '"));
    }

    @Test
    void theCursorStandsInAPipeOrInALaterLine() {
        assertEquals(
                new CursorPosition(List.of(List.of("x")), List.of("grep"), "a", 9, (char) 0, false), at("x | grep a"));
        assertEquals(new CursorPosition(List.of(), List.of("x", "|"), "gr", 4, (char) 0, false), at("x | gr"));
        assertEquals(new CursorPosition(List.of(), List.of(), "", 4, (char) 0, false), at("one\n"));
        assertEquals(new CursorPosition(List.of(), List.of("two"), "b", 8, (char) 0, false), at("one\ntwo b"));
    }

    @Test
    void inATextThereIsNothingToComplete() {
        assertTrue(at("say hel").text());
        assertTrue(at("say hello ").text());
        assertTrue(at("say hello\n").text());
        assertFalse(at("say ").text());
        assertFalse(at("say --to ").text());
        assertEquals("bo", at("say --to bo").word());
        assertEquals("--t", at("say --t").word());
    }
}
