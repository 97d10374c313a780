package org.partyline.shell.message;

import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Units;

/** Sends a text; one that is too long for a message as several, one after the other, where the operator wants that. */
final class LongText {
    /** The option that does not ask. */
    static final String OPTION = "--split";

    /** Shorter pieces than this help nobody. */
    private static final int LEAST_PIECE = 40;

    private final Console console;
    private final boolean mayAsk;
    private final boolean split;

    /**
     * @param mayAsk whether to ask where the option is not given
     * @param split whether it is given
     */
    LongText(Console console, boolean mayAsk, boolean split) {
        this.console = console;
        this.mayAsk = mayAsk;
        this.split = split;
    }

    /** Sends one message. */
    @FunctionalInterface
    interface One {
        Receipt send(String text) throws PartylineException, CommandError;
    }

    /** @return a receipt for each message; none when the operator does not want several */
    List<Receipt> send(String text, One one) throws CommandError, PartylineException, InterruptedException {
        try {
            return List.of(one.send(text));
        } catch (PayloadTooLargeException e) {
            if (e.limit() < LEAST_PIECE) {
                throw e;
            }
            List<String> pieces = pieces(text, e.limit());
            return wanted(e, pieces.size()) ? all(pieces, one) : List.of();
        }
    }

    private boolean wanted(PayloadTooLargeException e, int pieces) throws CommandError, InterruptedException {
        if (split) {
            return true;
        }
        if (!mayAsk) {
            throw new CommandError(e.getMessage() + ", or with " + OPTION + " as " + pieces + " messages", e);
        }
        boolean go = console.choose(
                        "The text is too long for one message, which holds " + Units.count(e.limit(), "byte")
                                + ". Send it as " + pieces + " messages, one after the other?",
                        List.of("yes", "no"),
                        "no")
                .equals("yes");
        if (!go) {
            console.line("Nothing was sent.");
        }
        return go;
    }

    private static List<Receipt> all(List<String> pieces, One one) throws CommandError, PartylineException {
        List<Receipt> receipts = new ArrayList<>();
        for (String piece : pieces) {
            try {
                receipts.add(one.send(piece));
            } catch (PartylineException e) {
                if (receipts.isEmpty()) {
                    throw e;
                }
                throw new CommandError(
                        receipts.size() + " of " + pieces.size() + " messages are on their way, up to number "
                                + receipts.get(receipts.size() - 1).id() + ", and the others are not: "
                                + e.getMessage(),
                        e);
            }
        }
        return receipts;
    }

    /**
     * Cuts behind a blank where there is one in the second half of a piece, else between two characters as people see them; the pieces
     * together are the text.
     *
     * @param limit of a piece, in bytes of UTF-8
     */
    static List<String> pieces(String text, int limit) {
        BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
        characters.setText(text);
        List<String> pieces = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int most = start + fitting(text.substring(start), limit);
            int cut = most == text.length() ? most : cut(text, start, most, characters);
            pieces.add(text.substring(start, cut));
            start = cut;
        }
        return pieces;
    }

    private static int cut(String text, int start, int most, BreakIterator characters) {
        for (int at = most; at > start + (most - start) / 2; at = text.offsetByCodePoints(at, -1)) {
            if (Character.isWhitespace(text.codePointBefore(at))) {
                return at;
            }
        }
        int between = characters.isBoundary(most) ? most : characters.preceding(most);
        // Else what people see as one character has more bytes than a message.
        return between > start ? between : most;
    }

    /** How much of a text fits, in whole code points. */
    private static int fitting(String text, int limit) {
        int at = 0;
        int bytes = 0;
        while (at < text.length()) {
            int next = text.offsetByCodePoints(at, 1);
            bytes += text.substring(at, next).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > limit) {
                break;
            }
            at = next;
        }
        return at;
    }
}
