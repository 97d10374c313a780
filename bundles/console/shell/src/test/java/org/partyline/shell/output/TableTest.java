package org.partyline.shell.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class TableTest {
    private static final String LONG =
            "Words that are longer than the terminal is wide, with 漢字漢字漢字 in them and averyveryverylongwordwithoutanyspaces";

    private static Table table() {
        return new Table()
                .number("ID")
                .column("NAME")
                .words("WORDS")
                .row(1, "alice", "short")
                .row(12345, Table.Cell.of("bob", Style.GOOD), LONG);
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60, 80, 132})
    void noLineIsWiderThanTheTerminal(int width) {
        FakeSession session = FakeSession.withTerminal(width, 24);
        table().print(Console.of(session, session.getConsole()), "empty");
        session.printed()
                .lines()
                .forEach(line ->
                        assertTrue(Wrap.columns(AttributedString.stripAnsi(line)) <= width, () -> "too wide: " + line));
    }

    @Test
    void whatPeopleWriteStaysReadableWhereOtherColumnsCanGiveWay() {
        FakeSession session = FakeSession.withTerminal(80, 24);
        new Table()
                .time("SENT")
                .words("WHERE")
                .words("STATE")
                .text("MESSAGE")
                .row("2026-11-24 09:59:00", "me and carol (unverified)", "signed by carol", "word ".repeat(40))
                .print(Console.of(session, session.getConsole()), "empty");
        java.util.List<String> lines =
                AttributedString.stripAnsi(session.printed()).lines().toList();
        assertTrue(lines.get(1).strip().endsWith("word word word word word"), lines.toString());
        assertTrue(lines.get(1).startsWith("2026-11-24 "), lines.toString());
    }

    @Test
    void aDayIsNotBroken() {
        FakeSession session = FakeSession.withTerminal(36, 24);
        new Table()
                .time("SENT")
                .text("MESSAGE")
                .row("2026-11-24 09:59:00", "word ".repeat(40))
                .print(Console.of(session, session.getConsole()), "empty");
        java.util.List<String> lines =
                AttributedString.stripAnsi(session.printed()).lines().toList();
        assertTrue(lines.get(1).startsWith("2026-11-24  word"), lines.toString());
        assertTrue(lines.get(2).startsWith("09:59:00"), lines.toString());
    }

    @Test
    void aListOfMessagesKeepsThemReadable() throws Exception {
        Runner runner = Runner.onTerminal(80);
        runner.fake.inbox.put(
                9L, Samples.message(9, "a rather long nickname", java.util.Optional.of("word ".repeat(40)), false));
        java.util.List<String> lines =
                AttributedString.stripAnsi(runner.run("messages")).lines().toList();
        String row = lines.stream()
                .filter(line -> line.strip().startsWith("9 "))
                .findFirst()
                .orElseThrow();
        assertTrue(row.strip().endsWith("word word word word word"), row);
        assertTrue(row.strip().matches("9 +1 m ago +[^0-9].*"), row);
    }

    @Test
    void offATerminalAMessageOfSeveralLinesIsALineToo() {
        FakeSession session = FakeSession.withoutTerminal();
        new Table().text("MESSAGE").row("one\ntwo").print(Console.of(session, session.getConsole()), "empty");
        assertEquals(
                java.util.List.of("MESSAGE", "one two"),
                session.printed().lines().toList());
    }

    @Test
    void nothingIsLostByWrapping() {
        FakeSession session = FakeSession.withTerminal(40, 24);
        table().print(Console.of(session, session.getConsole()), "empty");
        String letters = AttributedString.stripAnsi(session.printed()).replaceAll("\\s", "");
        assertTrue(letters.endsWith("bob" + LONG.replaceAll("\\s", "")), letters);
    }

    @Test
    void offATerminalARowIsALineWithoutColours() {
        FakeSession session = FakeSession.withoutTerminal();
        table().print(Console.of(session, session.getConsole()), "empty");
        String printed = session.printed();
        assertEquals(
                "   ID  NAME   WORDS\n    1  alice  short\n12345  bob    " + LONG + "\n",
                printed.replace(System.lineSeparator(), "\n"));
        assertFalse(printed.contains("\u001B"));
    }

    @Test
    void coloursAreForTerminals() {
        FakeSession session = FakeSession.withTerminal(80, 24);
        table().print(Console.of(session, session.getConsole()), "empty");
        assertTrue(session.printed().contains(Style.GOOD.paint("bob")));
    }

    @Test
    void aCellCannotSendEscapeSequences() {
        FakeSession session = FakeSession.withoutTerminal();
        new Table().words("A").row("\u001B[2Jgone").print(Console.of(session, session.getConsole()), "empty");
        assertFalse(session.printed().contains("\u001B"));
    }

    @Test
    void anEmptyTableSaysSo() {
        FakeSession session = FakeSession.withoutTerminal();
        new Table().column("A").print(Console.of(session, session.getConsole()), "Nothing here.");
        assertEquals("Nothing here.", session.printed().strip());
    }

    @Test
    void aRowHasOneCellForEachColumn() {
        Table table = new Table().column("A");
        assertThrows(IllegalArgumentException.class, () -> table.row("a", "b"));
    }
}
