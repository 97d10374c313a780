package org.partyline.shell.demo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Configurations;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Inspection;
import org.partyline.api.engine.Messages.Part;
import org.partyline.api.engine.Messages.Recalled;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Suites;
import org.partyline.api.json.Json;
import org.partyline.shell.command.Context;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;

/** The five steps of the tour. Each reports what really happened. */
final class TourSteps {
    private static final int MOST_TRIES = 4;
    private static final Carrier ROLLING = new Carrier("rolling");
    private static final String SPACING = "roll-spacing";
    private static final String AEAD = "aead";
    private static final String SUITE = "cipher_suite";

    private final Context context;
    private final Cast cast;
    private final DemoStage stage;
    private final DemoTalk talk;
    private final boolean shows;
    private final boolean asks;
    private final List<Step> steps = new ArrayList<>();
    private final Instant begin;
    /** The satoshi that all steps so far have cost. */
    private long spent;

    /**
     * @param shows whether a person is watching
     * @param asks whether the person chooses the texts and the pace
     */
    TourSteps(Context context, Cast cast, DemoStage stage, DemoTalk talk, boolean shows, boolean asks) {
        this.context = context;
        this.cast = cast;
        this.stage = stage;
        this.talk = talk;
        this.shows = shows;
        this.asks = asks;
        begin = context.clock().instant();
    }

    /** Runs all steps in order. */
    List<Step> all() throws CommandError, PartylineException, InterruptedException {
        send();
        burn();
        recall();
        roll();
        swap();
        return steps;
    }

    private void send() throws CommandError, PartylineException, InterruptedException {
        title(
                "Send",
                "You are " + cast.one() + "; " + cast.other() + " is another persona. Both are in the channel "
                        + cast.channel()
                        + ". A message goes out in a transaction that looks like noise to everyone else.");
        DemoTalk.Heard heard = talk.say(line(said("say", "Hello, is anyone there?"), false), cast.channel(), none());
        show(heard);
        done("send", heard, cast.other() + " reads it");
    }

    private void burn() throws CommandError, PartylineException, InterruptedException {
        title("Burn", "Next, a message that can be read once. With --burn, it is erased when it is read.");
        DemoTalk.Heard heard =
                talk.say(line(said("say --burn", "The door code is 4711"), true), cast.channel(), none());
        show(heard);
        String again;
        try {
            context.engine().messages().read(heard.arrived());
            throw new CommandError("the burn message " + heard.arrived() + " can be read twice: see partyline:doctor");
        } catch (NoSuchThingException e) {
            again = e.getMessage();
        }
        explain(cast.other() + " reads it a second time: " + again + ".");
        done("burn", heard, again);
    }

    private void recall() throws CommandError, PartylineException, InterruptedException {
        title(
                "Recall",
                "You sent something by mistake. Until it is in a block, you can recall it: an empty "
                        + "transaction replaces it. Anyone who has seen it may still have it, but it never reaches "
                        + "the chain.");
        String words = said("say", "Oops, that was not for you");
        pause("recall");
        for (int tries = 1; tries <= MOST_TRIES; tries++) {
            DemoTalk.Heard heard = talk.say(line(words, false), cast.channel(), none());
            Recalled recalled = context.engine().messages().recall(heard.sent());
            if (recalled.outgoing().state() == State.RECALLED) {
                show(heard);
                String how = Units.count(recalled.replaced(), "transaction") + " replaced, for "
                        + Units.sat(recalled.fee()) + " more";
                explain("Recalled: " + how + ".");
                done("recall", heard, how);
                return;
            }
            explain("A block was faster, and mined packets cannot be recalled. Trying again.");
        }
        throw new CommandError("each message was mined before it could be recalled: start the tour again");
    }

    private void roll() throws CommandError, PartylineException, InterruptedException {
        title(
                "Roll",
                "A conversation does not need one transaction for each message. With --carrier rolling, "
                        + "each message replaces the last transaction, and only one transaction is mined in the "
                        + "end.");
        String first = said("say --carrier rolling", "One line");
        String second = said("say --carrier rolling", "And another one");
        Configurations settings = context.engine().configurations();
        Configurations.Value spacing = settings.get(SPACING);
        // In a demo, nobody should have to wait half a minute.
        settings.set(SPACING, "1s");
        try {
            roll(first, second);
        } finally {
            if (spacing.isSet()) {
                settings.set(SPACING, spacing.value());
            } else {
                settings.reset(SPACING);
            }
        }
    }

    private void roll(String first, String second) throws CommandError, PartylineException, InterruptedException {
        for (int tries = 1; tries <= MOST_TRIES; tries++) {
            DemoTalk.Heard before = talk.say(line(first, false), cast.channel(), Optional.of(ROLLING));
            show(before);
            DemoTalk.Heard after = talk.say(line(second, false), cast.channel(), Optional.of(ROLLING));
            show(after);
            if (context.engine().messages().outgoing(before.sent()).state() != State.CONFIRMED) {
                String how = "the first message's transaction was replaced by the second's";
                explain(how.substring(0, 1).toUpperCase(Locale.ROOT) + how.substring(1) + ".");
                done("roll", after, how);
                return;
            }
            explain("The first message was mined before the second was sent. Trying again.");
        }
        throw new CommandError("each first message was mined before the second was sent: start the tour again");
    }

    private void swap() throws CommandError, PartylineException, InterruptedException {
        Suites suites = context.engine().suites();
        List<String> order = order(suites);
        if (order.size() < 2) {
            throw new CommandError("there is only one cipher, so it cannot be changed: see partyline:suite-list");
        }
        title(
                "Change the cipher",
                "Messages are now sealed with " + order.get(0)
                        + ". Ciphers are bundles: one command selects another for each new chain of keys. A chain "
                        + "keeps its cipher, so this step uses a new channel.");
        pause("suite-prefer " + order.get(1));
        String wanted = order.get(1);
        String words = said("say", "The same words, another cipher");
        suites.prefer(List.of(wanted));
        try {
            swap(words, wanted);
        } finally {
            suites.prefer(order);
        }
    }

    private void swap(String words, String wanted) throws CommandError, PartylineException, InterruptedException {
        String suite = "";
        for (int tries = 1; tries <= MOST_TRIES; tries++) {
            String channel = cast.channel() + "-" + (tries + 1);
            stage.channel(channel);
            DemoTalk.Heard heard = talk.say(line(words, false), channel, none());
            suite = suite(heard);
            stage.leave(channel);
            if (suite.equals(wanted)) {
                show(heard);
                explain("Sealed with " + suite
                        + ", as partyline:inspect shows. The previous order of ciphers is restored.");
                done("swap", heard, "sealed with " + suite);
                return;
            }
            // The preference takes effect a moment later.
        }
        throw new CommandError(
                "the message was sealed with " + suite + ", not with " + wanted + ": see partyline:suite-list");
    }

    private static List<String> order(Suites suites) {
        return suites.list().stream()
                .filter(suite -> suite.kind().equals(AEAD) && suite.available() && suite.allowed() && suite.rank() > 0)
                .sorted(Comparator.comparingInt(Suites.Suite::rank))
                .map(Suites.Suite::name)
                .toList();
    }

    /** Returns the suite that a message's packet reports. */
    private String suite(DemoTalk.Heard heard) throws CommandError, PartylineException {
        Messages messages = context.engine().messages();
        for (Part part : messages.outgoing(heard.sent()).parts()) {
            if (part.transaction().isPresent()) {
                for (Inspection one : messages.inspect(part.transaction().get().toString())) {
                    if (one.json().isPresent()) {
                        return Json.read(one.json().get()).path(SUITE).asText();
                    }
                }
            }
        }
        return "a packet that cannot be opened here";
    }

    private DemoTalk.Line line(String text, boolean burn) {
        return new DemoTalk.Line(cast.one(), text, burn);
    }

    private static Optional<Carrier> none() {
        return Optional.empty();
    }

    private void title(String title, String what) {
        if (!shows) {
            return;
        }
        Console console = context.console();
        console.line("");
        console.line(console.paint(Style.BOLD, steps.size() + 1 + " of 5  " + title));
        console.paragraph(what);
        console.line("");
    }

    /** Returns the text that the user enters for that command, or the suggested one. */
    private String said(String command, String suggested) throws CommandError, InterruptedException {
        Console console = context.console();
        if (asks) {
            return console.ask(console.paint(Style.ONE, command), suggested);
        }
        explain(console.paint(Style.ONE, command + " " + suggested));
        return suggested;
    }

    /** Waits until the user wants to run that command. */
    private void pause(String command) throws CommandError, InterruptedException {
        Console console = context.console();
        String painted = console.paint(Style.ONE, command);
        if (asks) {
            console.ask(painted + " (Enter)", "");
        } else {
            explain(painted);
        }
    }

    private void show(DemoTalk.Heard heard) throws InterruptedException {
        if (shows) {
            talk.show(heard.exchange());
        }
    }

    private void explain(String text) {
        if (shows) {
            context.console().paragraph(text);
        }
    }

    private void done(String step, DemoTalk.Heard heard, String outcome) throws CommandError, PartylineException {
        long before = spent;
        spent = talk.spent(begin);
        steps.add(new Step(step, Sanitizer.line(outcome), heard.exchange().transactions(), spent - before));
    }

    /**
     * One finished step.
     *
     * @param step {@code send}, {@code burn}, {@code recall}, {@code roll} or {@code swap}
     * @param outcome its result
     * @param feeSat its total cost, including messages that were recalled or replaced
     */
    record Step(String step, String outcome, List<String> transactions, long feeSat) {}
}
