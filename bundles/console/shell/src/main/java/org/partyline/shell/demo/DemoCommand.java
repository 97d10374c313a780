package org.partyline.shell.demo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.PartylineException;
import org.partyline.api.store.Store;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Shows two personas talking over the embedded network: real services, real transactions, play money. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "demo",
        description = "Show two personas talking over the embedded network; requires a new data directory",
        detailedDescription = "partyline:demo")
@Needs(Role.OPERATE)
final class DemoCommand extends PartylineCommand {
    private static final List<DemoTalk.Line> SCRIPT = List.of(
            new DemoTalk.Line(Cast.DEMO.one(), "Hello Bob! I'm writing through Bitcoin's mempool.", false),
            new DemoTalk.Line(Cast.DEMO.other(), "Hello Alice. Strangers see nothing but noise.", false),
            new DemoTalk.Line(
                    Cast.DEMO.one(),
                    "A longer message goes out in pieces. Each piece is a separate packet in a separate "
                            + "transaction, sealed with a key that is used once and then erased. They may arrive in "
                            + "any order; you read them as one message.",
                    false),
            new DemoTalk.Line(Cast.DEMO.other(), "It came in one piece. What does that cost you?", false),
            new DemoTalk.Line(Cast.DEMO.one(), "A few satoshi. And now burn this: code 4711.", true),
            new DemoTalk.Line(Cast.DEMO.other(), "Read once, then erased. See you at nine!", false));

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        if (engine().vault().state() != Store.State.NEW) {
            throw new CommandError("the demo requires a new data directory, but this one has a store: start it with "
                    + "./partyline demo");
        }
        List<DemoTalk.Exchange> exchanges = new ArrayList<>();
        if (!json()) {
            console().line(console().paint(Style.BOLD, "Two personas talk over a Bitcoin mempool"));
            console().line("");
        }
        new DemoStage(context(), Cast.DEMO, this::progress).prepare();
        if (!json()) {
            console().line("");
        }
        Instant begin = clock().instant();
        long spent;
        try (DemoTalk talk = new DemoTalk(context(), Cast.DEMO)) {
            for (DemoTalk.Line line : SCRIPT) {
                DemoTalk.Exchange exchange = talk.say(line);
                exchanges.add(exchange);
                if (!json()) {
                    talk.show(exchange);
                }
            }
            spent = talk.spent(begin);
        }
        print(new Document(exchanges), () -> epilogue(exchanges, spent));
    }

    private void progress(String what, String how) {
        if (!json()) {
            console().hanging("  " + console().paint(Style.BOLD, what) + " ".repeat(10 - what.length()), how);
        }
    }

    private void epilogue(List<DemoTalk.Exchange> exchanges, long fees) {
        long transactions = exchanges.stream()
                .mapToLong(exchange -> exchange.transactions().size())
                .sum();
        console()
                .paragraph("That was " + Units.count(exchanges.size(), "message") + " in "
                        + Units.count(transactions, "transaction") + " for " + Units.sat(fees) + ". Try it yourself:");
        console().line("");
        suggest("say Hello again, it's $5", "as alice, to lobby: the rest of the line is sent unchanged");
        suggest("say --persona bob Hi", "as bob");
        suggest("partyline:messages", "lists all messages; --follow waits for more");
        suggest("partyline:inspect TXID", "shows what a transaction carries");
        suggest("partyline:status", "shows everything on one screen");
        console().line("");
        console()
                .paragraph("The store's passphrase is random and was not kept: once this server stops, nobody can open "
                        + "the store again.");
    }

    private void suggest(String command, String what) {
        console().hanging("  " + console().paint(Style.ONE, command) + " ".repeat(38 - command.length()), what);
    }

    record Document(List<DemoTalk.Exchange> messages) {}
}
