package org.partyline.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;

/** Sends a message. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "send",
        description = "Send a message to a channel or a contact; say what it costs and when it leaves",
        detailedDescription = "partyline:send --channel lobby \"See you at nine\"\n"
                + "partyline:send --to bob \"Only you can read this\"\n"
                + "partyline:send --persona bob --ttl 15m --burn --wait \"The door code is 4711\"")
final class SendCommand extends PartylineCommand {
    private static final Duration SHORTEST_TTL = Duration.ofMinutes(1);
    private static final Duration LONGEST_TTL = Duration.ofDays(45);

    @Argument(
            name = "TEXT",
            description = "What to say, in quotes: 1 to 4,096 bytes of UTF-8",
            required = true,
            multiValued = false)
    private List<String> words;

    @Option(name = "--persona", description = "Who speaks; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(Completions.PersonaNames.class)
    private String persona;

    @Option(
            name = "--channel",
            description = "Where to; may be left out when there is only one",
            valueToShowInHelp = "NAME")
    @Completion(Completions.ChannelNames.class)
    private String channel;

    @Option(
            name = "--to",
            description = "A contact instead: in a session with forward secrecy, which the first message opens",
            valueToShowInHelp = "CONTACT")
    @Completion(Completions.ContactNames.class)
    private String to;

    @Option(
            name = "--ttl",
            description = "Time to live, 1m to 45d; otherwise what each receiver has set",
            valueToShowInHelp = "DURATION")
    @Completion(
            values = {"15m", "1h", "1d"},
            value = String.class)
    private String ttl;

    @Option(name = "--burn", description = "Each receiver sees it once, then it is erased")
    private boolean burn;

    @Option(
            name = "--sign",
            description = "Prove to every reader, for ever, who wrote it; without it nobody can prove that")
    private boolean sign;

    @Option(
            name = "--via",
            description = "The node that it goes in by; otherwise one at random",
            valueToShowInHelp = "NODE")
    @Completion(Completions.NodeNames.class)
    private String via;

    @Option(name = "--wait", description = "Wait until it has left; Ctrl-C stops the waiting, not the message")
    private boolean wait;

    @Override
    void run() throws Refusal, PartylineException, InterruptedException {
        if (words.size() > 1) {
            throw new Refusal("the text is " + words.size()
                    + " words: put it in quotes, as in partyline:send \"See you at nine\"");
        }
        String text = words.get(0);
        if (text.isEmpty()) {
            throw new Refusal("the text is empty: say something");
        }
        if (channel != null && to != null) {
            throw new Refusal("--channel and --to exclude each other: give one of the two");
        }
        Optional<Duration> life =
                ttl == null ? Optional.empty() : Optional.of(Units.duration("--ttl", ttl, SHORTEST_TTL, LONGEST_TTL));
        Optional<Contact> contact =
                to == null ? Optional.empty() : Optional.of(engine().contacts().get(given(persona), to));
        String where = contact.isPresent() ? contact.get().name() : channel == null ? onlyChannel() : channel;
        Receipt receipt = engine().messages()
                .send(new Send(given(persona), contact.isPresent(), where, text, life, burn, sign, given(via)));
        if (!json()) {
            show(
                    receipt,
                    contact.map(ContactText::marked).orElse(Shown.line(where)),
                    contact.filter(with -> with.session() != Sessions.State.OPEN)
                            .isPresent());
        }
        Optional<Outgoing> left = wait ? await(receipt) : Optional.empty();
        if (json()) {
            console().json(Document.of(receipt, left));
        }
    }

    private String onlyChannel() throws Refusal, PartylineException {
        List<Channel> channels = engine().channels().list(given(persona));
        if (channels.isEmpty()) {
            throw new Refusal("there is no channel yet: make one with partyline:channel-create NAME, join one with "
                    + "partyline:channel-join, or write to a contact with --to");
        }
        if (channels.size() > 1) {
            String names = String.join(
                    ", ",
                    channels.stream().map(found -> Shown.line(found.name())).toList());
            throw new Refusal("there is more than one channel: choose with --channel, one of " + names);
        }
        return channels.get(0).name();
    }

    /** @param opening whether a session has to be opened first: the receipt says so */
    private void show(Receipt receipt, String where, boolean opening) {
        String fee = receipt.estimatedFee()
                .map(sat -> "about " + Units.sat(sat))
                .orElse("a fee that no node can estimate now");
        console()
                .paragraph("Message " + receipt.id() + " to " + where + (sign ? ", signed" : "") + ": "
                        + Units.count(receipt.packets(), "packet") + ", " + Units.count(receipt.bytes(), "byte") + ", "
                        + fee
                        + ".");
        console().paragraph(departure(receipt));
        if (opening) {
            next("partyline:messages --follow shows what comes back.");
        }
    }

    private String departure(Receipt receipt) {
        if (!receipt.waits().isEmpty()) {
            return "It does not leave yet: " + Shown.line(receipt.waits()) + ".";
        }
        Duration until = Duration.between(clock().instant(), receipt.leaves());
        return until.compareTo(Duration.ofSeconds(1)) < 0
                ? "It leaves now."
                : "It leaves in " + Units.duration(until) + ", at " + Units.clock(receipt.leaves()) + " UTC.";
    }

    private Optional<Outgoing> await(Receipt receipt) throws Refusal, PartylineException, InterruptedException {
        Optional<Outgoing> left = new Departure(context()).await(receipt.id(), Optional.empty());
        if (left.isEmpty()) {
            if (!json()) {
                console().line("No longer waiting. The message goes on: look with partyline:outbox.");
            }
            return left;
        }
        Outgoing message = left.get();
        if (message.state() == State.EXPIRED || message.state() == State.RECALLED || message.state() == State.FAILED) {
            throw new Refusal("message " + message.id() + " was not sent, it is " + MessageText.state(message.state())
                    + (message.reason().isEmpty() ? "" : ": " + message.reason()));
        }
        if (!json()) {
            console()
                    .line(console().paint(Style.GOOD, "Sent") + " for " + Units.sat(message.fee()) + " in "
                            + Units.count(message.parts().size(), "transaction") + ":");
            message.parts()
                    .forEach(
                            part -> part.transaction().ifPresent(id -> console().line("  " + id)));
        }
        return left;
    }

    record Document(
            long id,
            int packets,
            int bytes,
            Long estimatedFeeSat,
            String leaves,
            String waits,
            String state,
            Long feeSat,
            List<String> transactions) {
        static Document of(Receipt receipt, Optional<Outgoing> left) {
            Instant leaves = receipt.leaves();
            return new Document(
                    receipt.id(),
                    receipt.packets(),
                    receipt.bytes(),
                    receipt.estimatedFee().orElse(null),
                    leaves.toString(),
                    receipt.waits(),
                    left.map(message -> message.state().name()).orElse(State.QUEUED.name()),
                    left.map(Outgoing::fee).orElse(null),
                    left.map(Outgoing::parts).orElse(List.of()).stream()
                            .flatMap(part -> part.transaction().stream())
                            .map(Object::toString)
                            .toList());
        }
    }
}
