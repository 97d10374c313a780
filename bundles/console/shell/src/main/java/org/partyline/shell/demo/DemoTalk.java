package org.partyline.shell.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Part;
import org.partyline.api.engine.Messages.Query;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.shell.command.Context;
import org.partyline.shell.command.Subscription;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.message.MessageText;
import org.partyline.shell.message.SendWaiter;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;

/**
 * Runs the demo's conversation: sends a line, waits until the other persona receives it, and shows its content and
 * cost.
 */
final class DemoTalk implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration READING_TIME = Duration.ofMillis(900);
    private static final long LOOK_EVERY_MILLIS = 500;
    private static final int GAP = 3;

    private final Context context;
    private final Cast cast;
    private final int names;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Subscription subscription;

    DemoTalk(Context context, Cast cast) throws CommandError {
        this.context = context;
        this.cast = cast;
        this.names = cast.one().length() + cast.other().length() + 2 * GAP;
        this.subscription = Subscription.to(context.engine().messages(), Query.ALL, events::add);
    }

    /** Sends a line and receives it. */
    Exchange say(Line line) throws CommandError, PartylineException, InterruptedException {
        return say(line, cast.channel(), Optional.empty()).exchange();
    }

    /** The same in a channel, by a carrier. */
    Heard say(Line line, String channel, Optional<Messages.Carrier> carrier)
            throws CommandError, PartylineException, InterruptedException {
        events.clear();
        Messages messages = context.engine().messages();
        Instant begin = context.clock().instant();
        Receipt receipt = messages.send(new Messages.Send(
                Optional.of(line.from()),
                false,
                channel,
                line.text(),
                Optional.empty(),
                line.burn(),
                false,
                Optional.empty(),
                carrier));
        Message arrived = hear(line, receipt, begin.plus(PATIENCE));
        Duration latency = Duration.between(begin, context.clock().instant());
        Outgoing sent = new SendWaiter(context)
                .await(receipt.id(), Optional.of(begin.plus(PATIENCE)))
                .orElseThrow(() -> new InterruptedException("interrupted by the operator"));
        // Reading a burn message erases it.
        String text = messages.read(arrived.id()).text().orElse("");
        Exchange exchange = new Exchange(
                line.from(),
                cast.otherThan(line.from()),
                text,
                line.burn(),
                sent.parts().stream().map(Part::bytes).toList(),
                sent.parts().stream()
                        .flatMap(part -> part.transaction().stream())
                        .map(Object::toString)
                        .toList(),
                sent.fee(),
                latency.toMillis());
        return new Heard(receipt.id(), arrived.id(), exchange);
    }

    /**
     * Returns the satoshi that both have spent since a time, from the server's ledger: including messages that were
     * recalled, replaced, or retried.
     */
    long spent(Instant since) throws CommandError, PartylineException {
        Fees fees = context.engine().fees();
        return fees.spent(cast.one(), since) + fees.spent(cast.other(), since);
    }

    private Message hear(Line line, Receipt receipt, Instant end)
            throws CommandError, PartylineException, InterruptedException {
        while (context.clock().instant().isBefore(end)) {
            Event event = events.poll(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
            Optional<Message> message = event == null ? Optional.empty() : event.message();
            if (message.isPresent()
                    && !message.get().outgoing()
                    && message.get().persona().equals(cast.otherThan(line.from()))
                    && message.get().sender().equals(line.from())) {
                return message.get();
            }
            refuseIfLost(receipt.id());
        }
        Outgoing message = context.engine().messages().outgoing(receipt.id());
        throw new CommandError("message " + receipt.id() + " did not arrive within " + Units.duration(PATIENCE)
                + ", it is " + MessageText.state(message.state())
                + (message.reason().isEmpty() ? "" : ": " + message.reason()) + ": see partyline:outbox");
    }

    private void refuseIfLost(long id) throws CommandError, PartylineException {
        Outgoing message = context.engine().messages().outgoing(id);
        if (message.state() == Messages.State.FAILED || message.state() == Messages.State.EXPIRED) {
            throw new CommandError("message " + id + " was not sent, it is " + MessageText.state(message.state())
                    + (message.reason().isEmpty() ? "" : ": " + message.reason()));
        }
    }

    /** Shows the sender, the content, the transactions, the cost and the time taken. */
    void show(Exchange exchange) throws InterruptedException {
        Console console = context.console();
        Style side = exchange.from().equals(cast.one()) ? Style.ONE : Style.OTHER;
        String who = exchange.from() + " → " + exchange.to();
        console.hanging(
                "  " + console.paint(side, who) + " ".repeat(names - who.length()),
                Sanitizer.line(exchange.text()) + (exchange.burn() ? " (burned)" : ""));
        int bytes = exchange.packetBytes().stream().mapToInt(Integer::intValue).sum();
        String facts = Units.count(exchange.packetBytes().size(), "packet") + ", " + Units.count(bytes, "byte") + ", "
                + Units.sat(exchange.feeSat()) + ", " + Units.duration(Duration.ofMillis(exchange.latencyMs()));
        detail(facts);
        exchange.transactions().forEach(this::detail);
        console.line("");
        if (console.isTerminal()) {
            context.pause().forA(READING_TIME);
        }
    }

    private void detail(String text) {
        Console console = context.console();
        console.line(" ".repeat(names + 2) + console.paint(Style.DIM, text));
    }

    @Override
    public void close() {
        subscription.close();
    }

    /** A line of the conversation. */
    record Line(String from, String text, boolean burn) {}

    /**
     * A received line, with its numbers.
     *
     * @param sent the message's number for the sender
     * @param arrived its number for the receiver
     */
    record Heard(long sent, long arrived, Exchange exchange) {}

    /** The result of sending a line. */
    record Exchange(
            String from,
            String to,
            String text,
            boolean burn,
            List<Integer> packetBytes,
            List<String> transactions,
            long feeSat,
            long latencyMs) {}
}
