package org.partyline.shell.message;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.State;
import org.partyline.shell.command.Context;
import org.partyline.shell.cover.CoverText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;

/** Reports a stored message's cost, when it is sent, and that it was sent. */
final class Leaving {
    private final Context context;
    private final boolean json;

    /** @param json whether a document contains everything, so that nothing is printed for people */
    Leaving(Context context, boolean json) {
        this.context = context;
        this.json = json;
    }

    private Console console() {
        return context.console();
    }

    /** Returns its size and cost. */
    static String price(Receipt receipt) {
        String fee = receipt.estimatedFee()
                .map(sat -> "at most " + Units.sat(sat)
                        + (receipt.margin() == 0 ? "" : " now, never more than " + Units.sat(sat + receipt.margin())))
                .orElse("a fee that no node can estimate now");
        return (receipt.packets() == 0
                        ? "stored; its size and fee are known when it is sealed."
                        : Units.count(receipt.packets(), "packet") + ", " + Units.count(receipt.bytes(), "byte") + ", "
                                + fee + ".")
                + receipt.openingFee()
                        .map(sat -> " Opening the session costs at most " + Units.sat(sat) + " more.")
                        .orElse("");
    }

    /** Prints warnings for its sender. */
    void warnings(Receipt receipt) {
        receipt.warnings()
                .forEach(warning ->
                        console().paragraph(console().paint(Style.WARN, "Note: " + Sanitizer.line(warning) + ".")));
    }

    /** The schedule that decides when a message is sent. */
    record Pace(Optional<Fees.Limits> limits, List<Cover.Status> cover) {}

    /** Returns the present schedule. */
    Pace pace() throws CommandError, PartylineException {
        return new Pace(
                context.engine().limitsIfHere(), context.engine().coverIfHere().orElse(List.of()));
    }

    /** Returns when it is sent. @param who the persona; empty if unknown */
    String departure(Receipt receipt, Optional<String> who, boolean rolls, Pace pace) {
        if (!receipt.waits().isEmpty()) {
            return "On hold: " + Sanitizer.line(receipt.waits()) + ".";
        }
        long fee = receipt.estimatedFee().orElse(0L) + receipt.openingFee().orElse(0L);
        if (pace.limits().isEmpty()) {
            return "Queued: the fee service is not running. It is sent when the service starts.";
        }
        Fees.Limits limits = pace.limits().get();
        if (fee
                > Math.min(
                        limits.message(),
                        Math.min(limits.hour() - limits.hourSpent(), limits.day() - limits.daySpent()))) {
            return "Queued: sending it now would exceed a spending limit. See partyline:outbox for which, and partyline:fee-limit.";
        }
        for (Cover.Status cover : pace.cover()) {
            if (cover.running() && who.equals(Optional.of(cover.persona()))) {
                return "It is sent at a point of the cover traffic, " + CoverText.pace(cover)
                        + ": see partyline:outbox.";
            }
        }
        Duration until = Duration.between(context.clock().instant(), receipt.leaves());
        if (until.compareTo(Duration.ofSeconds(1)) >= 0) {
            return "Sending in " + Units.duration(until) + ", at " + Units.clock(receipt.leaves()) + " UTC.";
        }
        if (rolls) {
            return "It is sent with the next version of the rolling transaction: partyline:outbox shows " + "when.";
        }
        return receipt.jitter().isZero()
                ? "Sending now."
                : "Sending after a random delay: partyline:outbox shows when.";
    }

    /** @return the message; empty if the operator stopped waiting */
    Optional<Outgoing> await(Receipt receipt) throws CommandError, PartylineException, InterruptedException {
        return await(receipt.id(), receipt.waits());
    }

    /** @param told the reason for waiting that was already printed */
    Optional<Outgoing> await(long id, @Nullable String told)
            throws CommandError, PartylineException, InterruptedException {
        Optional<Outgoing> left = new SendWaiter(context).await(id, Optional.empty(), reason -> {
            // A reason that was printed with the receipt is not repeated.
            if (!json && !reason.equals(told)) {
                console().paragraph("Waiting: " + Sanitizer.line(reason) + ".");
            }
        });
        if (left.isEmpty()) {
            if (!json) {
                console().line("No longer waiting. Sending continues: see partyline:outbox.");
            }
            return left;
        }
        Outgoing message = left.get();
        if (message.state() == State.EXPIRED || message.state() == State.RECALLED || message.state() == State.FAILED) {
            throw new CommandError("message " + message.id() + " was not sent, it is "
                    + MessageText.state(message.state()) + (message.reason().isEmpty() ? "" : ": " + message.reason()));
        }
        if (!json) {
            console()
                    .line(console().paint(Style.GOOD, "Sent") + " for " + Units.sat(message.fee()) + " in "
                            + Units.count(message.parts().size(), "transaction") + ":");
            message.parts()
                    .forEach(part -> part.transaction()
                            .ifPresent(transaction -> console().line("  " + transaction)));
        }
        return left;
    }
}
