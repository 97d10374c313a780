package org.partyline.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.apache.karaf.shell.api.console.CommandLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotedTextsTest {
    private final QuotedTexts parser = new QuotedTexts();

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "\"See you at nine\", 'See you at nine'",
                "\"it's nine\", 'it'\\''s nine'",
                "\"it costs $5\", 'it costs $5'",
                "\"say \\\"hi\\\"\", 'say \"hi\"'",
                "\"a \\\\ b\", 'a \\ b'",
                "\"\\$5\", '$5'",
                "\"C:\\new\", 'C:\\new'",
                "\"{a} (b) [c]; d | e\", '{a} (b) [c]; d | e'",
                "\"\", ''",
            })
    void aWordInDoubleQuotesIsHandedOnAsItStands(String typed, String handedOn) {
        assertEquals(handedOn, QuotedTexts.literal(typed));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "plain",
                "$variable",
                "'in single quotes'",
                "\"half\"-quoted",
                "\"",
                "(expression \"x\")",
                "{closure}"
            })
    void otherWordsStay(String typed) {
        assertEquals(typed, QuotedTexts.literal(typed));
    }

    @Test
    void aWholeLineIsReadAsTheConsoleReadsIt() {
        String typed = "partyline:send --channel lobby \"it's $5\"; partyline:status";
        CommandLine line = parser.parse(null, typed, typed.length());
        assertEquals(List.of("partyline:send", "--channel", "lobby", "\"it's $5\""), List.of(line.getArguments()));
        assertEquals("partyline:send --channel lobby 'it'\\''s $5'", parser.preprocess(null, line));
        assertEquals("partyline:send --channel lobby \"it's $5\"", line.getBuffer());
    }
}
