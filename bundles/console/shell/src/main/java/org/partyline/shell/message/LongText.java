package org.partyline.shell.message;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.TextPieces;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Units;

/** Sends a text, split into several messages if it is too long and the operator agrees. */
final class LongText {
    /** The option that skips the question. */
    static final String OPTION = "--split";

    private final Console console;
    private final boolean mayAsk;
    private final boolean split;

    /**
     * @param mayAsk whether to ask if the option is not given
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

    /** @return a receipt for each message; none if the operator does not want several */
    List<Receipt> send(String text, One one) throws CommandError, PartylineException, InterruptedException {
        try {
            return List.of(one.send(text));
        } catch (PayloadTooLargeException e) {
            if (e.limit() < TextPieces.LEAST) {
                throw e;
            }
            List<String> pieces = TextPieces.of(text, e.limit());
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
                                + ". Send it as " + pieces + " messages?",
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
            } catch (PartylineException | UnavailableException e) {
                if (receipts.isEmpty()) {
                    throw e;
                }
                throw new CommandError(
                        receipts.size() + " of " + pieces.size() + " messages are queued, up to number "
                                + receipts.get(receipts.size() - 1).id() + "; the others were not sent: "
                                + e.getMessage(),
                        e);
            }
        }
        return receipts;
    }
}
