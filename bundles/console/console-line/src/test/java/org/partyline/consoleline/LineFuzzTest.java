package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Any typed or pasted text is read literally, or rejected in one line; and any names are compared. */
class LineFuzzTest {
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
        return Grammar.read(text, LineFuzzTest::rest, Filters.NAMES::contains);
    }

    @FuzzTest(maxDuration = "10m")
    void anyLinesAreReadOrRefused(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        List<List<List<String>>> commands;
        try {
            commands = read(text);
        } catch (LineException e) {
            assertEquals(1, e.getMessage().lines().count());
            return;
        }
        boolean says = false;
        for (List<List<String>> pipe : commands) {
            assertFalse(pipe.isEmpty());
            for (List<String> words : pipe) {
                says |= !words.isEmpty() && words.get(0).equals("say");
            }
            // A command that takes the rest of its line receives it unchanged.
            List<String> last = pipe.get(pipe.size() - 1);
            if (pipe.size() == 1
                    && last.get(0).equals("say")
                    && last.size() > 2
                    && last.get(last.size() - 2).equals("--")) {
                assertTrue(text.endsWith(last.get(last.size() - 1)));
            }
        }
        if (!says) {
            assertEquals(commands, again(commands));
        }
    }

    private static List<List<List<String>>> again(List<List<List<String>>> commands) {
        String written = commands.stream()
                .map(pipe -> pipe.stream()
                        .map(words -> words.stream().map(LineFuzzTest::quoted).collect(Collectors.joining(" ")))
                        .collect(Collectors.joining(" | ")))
                .collect(Collectors.joining("\n"));
        try {
            return read(written);
        } catch (LineException e) {
            throw new AssertionError(e);
        }
    }

    /** In quotation marks, the name of a filter has no special meaning. */
    private static String quoted(String word) {
        return Filters.NAMES.contains(word) ? word : NastyTexts.quoted(word);
    }

    /** The first two bytes: the position of the cursor. */
    @FuzzTest(maxDuration = "10m")
    void anyLineHasAPlaceToCompleteOrNone(byte[] input) {
        String text =
                input.length < 2 ? "" : new String(Arrays.copyOfRange(input, 2, input.length), StandardCharsets.UTF_8);
        int cursor = input.length < 2 ? 0 : ((input[0] & 0xff) << 8 | input[1] & 0xff) % (text.length() + 1);
        Optional<CursorPosition> place = Grammar.at(text, cursor, LineFuzzTest::rest, Filters.NAMES::contains);
        place.ifPresent(position -> {
            assertTrue(position.start() >= 0 && position.start() <= cursor);
            LineParser.Completing line = new LineParser.Completing(text, cursor, position);
            assertEquals(line.words().size() - 1, line.wordIndex());
            assertTrue(line.rawWordLength() >= line.rawWordCursor());
            String value = text.replace("\n", "").replace("\r", "");
            String escaped = line.escape(value, true).toString();
            if (!position.text() && !value.isEmpty()) {
                try {
                    assertEquals(List.of(List.of(List.of("x", value))), read("x " + escaped));
                } catch (LineException e) {
                    throw new AssertionError(e);
                }
            }
        });
    }

    /** The first line: a name; the others: known names. */
    @FuzzTest(maxDuration = "10m")
    void anyNamesAreCompared(byte[] input) {
        List<String> names = new ArrayList<>(List.of(new String(input, StandardCharsets.UTF_8).split("\n", 20)));
        String name = names.remove(0);
        boolean suspect = Lookalikes.isSuspect(name, names);
        if (!Lookalikes.isSuspect(name, List.of()) && !name.isEmpty()) {
            // A name looks like itself in another case.
            assertTrue(Lookalikes.isSuspect(name.toUpperCase(java.util.Locale.ROOT), List.of(name))
                    || name.equals(name.toUpperCase(java.util.Locale.ROOT)));
        } else {
            assertTrue(suspect || name.isEmpty());
        }
    }

    /** The first byte: where the input is split in two. */
    @FuzzTest(maxDuration = "10m")
    void whatPaintsIsTakenOffHoweverItArrives(byte[] input) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (PlainOutput out = new PlainOutput(whole)) {
            out.write(input);
        }
        int cut = input.length == 0 ? 0 : (input[0] & 0xff) % input.length;
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        try (PlainOutput out = new PlainOutput(parts)) {
            out.write(input, 0, cut);
            for (int i = cut; i < input.length; i++) {
                out.write(input[i]);
            }
        }
        assertArrayEquals(whole.toByteArray(), parts.toByteArray());
        assertTrue(whole.size() <= input.length);
        String text = whole.toString(StandardCharsets.ISO_8859_1);
        if (!new String(input, StandardCharsets.ISO_8859_1).contains("\u001b")) {
            assertEquals(input.length, text.length());
        }
    }
}
