package org.partyline.chat.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class EditorTest {
    private static final String THUMB = "\uD83D\uDC4D";
    private static final String ACCENTED = "e\u0301";

    @Test
    void cursorAndEraserNeverStopWithinACharacter() {
        Editor editor = Editor.EMPTY.insert("a" + THUMB + ACCENTED + "\u4F60");

        assertEquals("a" + THUMB + ACCENTED, editor.backspace().text());
        assertEquals("a" + THUMB, editor.backspace().backspace().text());
        assertEquals("a", editor.backspace().backspace().backspace().text());
        assertEquals(
                "a" + THUMB + "x" + ACCENTED + "\u4F60",
                editor.left().left().insert("x").text());
        assertEquals("a" + ACCENTED + "\u4F60", editor.home().right().delete().text());
    }

    @Test
    void nothingIsBeforeTheBeginAndAfterTheEnd() {
        Editor empty = Editor.EMPTY;
        assertEquals(
                "",
                empty.backspace().delete().left().right().cutWord().cutToEnd().text());
    }

    @Test
    void wordsAreCutAndPassed() {
        Editor editor = Editor.EMPTY.insert("one two  three");
        assertEquals("one two  ", editor.cutWord().text());
        assertEquals("one ", editor.cutWord().cutWord().text());
        assertEquals(
                "one two  x three".replace("x ", "x"),
                editor.wordLeft().insert("x").text());
        assertEquals("onex two  three", editor.home().wordRight().insert("x").text());
        assertEquals("one", editor.home().wordRight().cutToEnd().text());
    }

    @Test
    void upAndDownGoThroughLinesThenThroughWhatWasSent() {
        Editor editor = Editor.EMPTY
                .insert("first")
                .sent("first")
                .insert("second")
                .sent("second")
                .insert("new");
        assertEquals("second", editor.up().text());
        assertEquals("first", editor.up().up().text());
        assertEquals("first", editor.up().up().up().text());
        assertEquals("new", editor.up().up().down().down().text());
        Editor lines = editor.with("one\ntwo");
        assertEquals("onex\ntwo", lines.up().insert("x").text());
        assertEquals("one\ntwox", lines.up().down().insert("x").text());
    }

    @Test
    void keepsFiftyOfWhatWasSentAndNoneTwice() {
        Editor editor = Editor.EMPTY;
        for (int i = 0; i < 60; i++) {
            editor = editor.sent("message " + i);
        }
        assertEquals(50, editor.sent().size());
        assertEquals("message 59", editor.up().text());
        assertEquals(List.of("a"), Editor.EMPTY.sent("a").sent("a").sent());
    }
}
