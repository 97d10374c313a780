package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlainOutputTest {
    private static final String PAINTED =
            "\u001b[1mbold\u001b[0m, \u001b[38;5;208m\uD83E\uDD89 gr\u00fc\u00df\u001b[m\n";
    private static final String PLAIN = "bold, \uD83E\uDD89 gr\u00fc\u00df\n";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private String written(byte[] bytes, int most) throws IOException {
        out.reset();
        try (PlainOutput plain = new PlainOutput(out)) {
            for (int i = 0; i < bytes.length; i += most) {
                plain.write(bytes, i, Math.min(most, bytes.length - i));
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private String written(String text) throws IOException {
        String whole = written(text.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE);
        for (int most = 1; most < 8; most++) {
            assertEquals(whole, written(text.getBytes(StandardCharsets.UTF_8), most));
        }
        return whole;
    }

    @Test
    void codesThatPaintAreTakenOffHoweverTheyAreCut() throws IOException {
        assertEquals(PLAIN, written(PAINTED));
        assertEquals("ab", written("a\u001b[?25l\u001b[2Jb"));
    }

    @Test
    void whatOnlyBeginsLikeACodeGoesOutAsItIs() throws IOException {
        for (String text : new String[] {
            "\u001b",
            "a\u001b[",
            "\u001b[31",
            "\u001b(B",
            "\u001b[3\nm",
            "\u001b[gr\u00fc".substring(0, 2) + "\u00fc",
            "[31m"
        }) {
            assertEquals(text, written(text));
        }
        assertEquals("\u001b", written("\u001b\u001b[1m"));
        String endless = "\u001b[" + "1;".repeat(1000);
        assertEquals(endless, written(endless));
    }

    @Test
    void whoPrintsIsToldWhenNobodyReads() {
        PrintStream broken = new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("nobody reads");
                    }
                },
                true,
                StandardCharsets.UTF_8);
        PrintStream plain = PlainOutput.before(broken);
        assertFalse(plain.checkError());

        plain.println("hello");

        assertTrue(plain.checkError());
    }
}
