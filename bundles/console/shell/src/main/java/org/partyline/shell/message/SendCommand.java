package org.partyline.shell.message;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.CarrierNames;
import org.partyline.shell.completion.ChannelNames;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.NodeNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.cover.CoverText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.CarrierName;
import org.partyline.shell.output.JsonValues;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;

/** Sends a message. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "send",
        description = "Send a message to a channel or a contact; say what it costs and when it leaves",
        detailedDescription = "partyline:send --channel lobby \"See you at nine\"\n"
                + "partyline:send --to bob \"Only you can read this\"\n"
                + "partyline:send --carrier rolling \"One transaction for all of it\"\n"
                + "partyline:send --persona bob --ttl 15m --burn --wait \"The door code is 4711\"")
class SendCommand extends PartylineCommand {
    private static final Duration SHORTEST_TTL = Duration.ofMinutes(1);
    private static final Duration LONGEST_TTL = Duration.ofDays(45);

    @Argument(
            name = "TEXT",
            description = "What to say, in quotes: 1 to 4,096 bytes of UTF-8",
            required = true,
            multiValued = false)
    private List<String> words;

    @Option(name = "--persona", description = "Who speaks; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private String persona;

    @Option(
            name = "--channel",
            description = "Where to; may be left out when there is only one",
            valueToShowInHelp = "NAME")
    @Completion(ChannelNames.class)
    private String channel;

    @Option(
            name = "--to",
            description = "A contact instead: in a session with forward secrecy, which the first message opens",
            valueToShowInHelp = "CONTACT")
    @Completion(ContactNames.class)
    private String to;

    @Option(
            name = "--ttl",
            description = "Time to live, 1m to 45d, from when it leaves; otherwise what each receiver has set",
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
    @Completion(NodeNames.class)
    private String via;

    @Option(
            name = "--carrier",
            description =
                    "rolling: it takes the place of the last transaction, so that a conversation costs one that is mined; "
                            + "confirm: a transaction of its own; otherwise what is set",
            valueToShowInHelp = "NAME")
    @Completion(CarrierNames.class)
    private String carrier;

    @Option(name = "--wait", description = "Wait until it has left; Ctrl-C stops the waiting, not the message")
    private boolean wait;

    @Option(
            name = LongText.OPTION,
            description = "Send a text that is too long for one message as several; otherwise you are asked")
    private boolean split;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        if (channel != null && to != null) {
            throw new CommandError("--channel and --to exclude each other: give one of the two");
        }
        Optional<Duration> life =
                ttl == null ? Optional.empty() : Optional.of(Units.duration("--ttl", ttl, SHORTEST_TTL, LONGEST_TTL));
        Optional<Contact> contact =
                to == null ? Optional.empty() : Optional.of(engine().contacts().get(given(persona), to));
        Optional<Channel> into = contact.isPresent() ? Optional.empty() : channel();
        String where =
                contact.map(Contact::name).or(() -> into.map(Channel::name)).orElse(channel);
        Optional<Network> network = contact.map(Contact::network).or(() -> into.map(Channel::network));
        if (network.equals(Optional.of(Network.MAINNET)) && !mainnetAccepted("Nothing was sent.")) {
            return;
        }
        Optional<Carrier> by = CarrierName.parse(engine(), carrier);
        String text = text(words == null ? List.of() : words);
        // Asked before it is stored: what fails afterwards must not look as if it had not been sent.
        Optional<Pace> pace = json() ? Optional.empty() : Optional.of(pace());
        if (split && json()) {
            throw new CommandError("--split and --json exclude each other: one document tells of one message");
        }
        List<Receipt> receipts = new LongText(console(), !json() && console().canAsk(), split)
                .send(
                        text,
                        piece -> engine().messages()
                                .send(new Send(
                                        given(persona),
                                        contact.isPresent(),
                                        where,
                                        piece,
                                        life,
                                        burn,
                                        sign,
                                        given(via),
                                        by)));
        for (Receipt receipt : receipts) {
            if (pace.isPresent()) {
                boolean rolls =
                        engine().messages().outgoing(receipt.id()).carrier().equals(Carrier.ROLLING);
                show(receipt, contact.map(ContactText::marked).orElse(Sanitizer.line(where)), rolls);
                console()
                        .paragraph(departure(
                                receipt,
                                contact.map(Contact::persona).or(() -> into.map(Channel::persona)),
                                rolls,
                                pace.get()));
            }
        }
        // A session has to be opened first: the receipt says so.
        if (!json()
                && !receipts.isEmpty()
                && contact.filter(with -> with.session() != Sessions.State.OPEN).isPresent()) {
            next("partyline:messages --follow shows what comes back.");
        }
        for (Receipt receipt : receipts) {
            Optional<Outgoing> left = wait ? await(receipt) : Optional.empty();
            if (json()) {
                console().json(Document.of(receipt, left));
            }
        }
    }

    /** What to send, from the words that were given for it. */
    String text(List<String> given) throws CommandError, InterruptedException {
        if (given.size() > 1) {
            throw new CommandError("the text is " + given.size()
                    + " words: put it in quotes, as in partyline:send \"See you at nine\"");
        }
        if (given.get(0).isEmpty()) {
            throw new CommandError("the text is empty: say something");
        }
        return given.get(0);
    }

    /** The one that is named, or the only one; empty when none has that name, which the engine says better. */
    private Optional<Channel> channel() throws CommandError, PartylineException {
        List<Channel> channels = engine().channels().list(given(persona));
        if (channel != null) {
            return channels.stream()
                    .filter(found -> found.name().equals(channel))
                    .findFirst();
        }
        if (channels.isEmpty()) {
            throw new CommandError(
                    "there is no channel yet: make one with partyline:channel-create NAME, join one with "
                            + "partyline:channel-join, or write to a contact with --to");
        }
        if (channels.size() > 1) {
            String names = String.join(
                    ", ",
                    channels.stream().map(found -> Sanitizer.line(found.name())).toList());
            throw new CommandError("there is more than one channel: choose with --channel, one of " + names);
        }
        return Optional.of(channels.get(0));
    }

    private void show(Receipt receipt, String where, boolean rolls) {
        String fee = receipt.estimatedFee()
                .map(sat -> "about " + Units.sat(sat))
                .orElse("a fee that no node can estimate now");
        console()
                .paragraph("Message " + receipt.id() + " to " + where + (sign ? ", signed" : "")
                        + (rolls ? ", rolling" : "") + ": "
                        + (receipt.packets() == 0
                                ? "stored; its size and fee are known when it is sealed."
                                : Units.count(receipt.packets(), "packet") + ", " + Units.count(receipt.bytes(), "byte")
                                        + ", " + fee + ".")
                        + receipt.openingFee()
                                .map(sat -> " Opening the session costs about " + Units.sat(sat) + " more.")
                                .orElse(""));
    }

    /** What decides when it leaves. */
    private record Pace(Fees.Limits limits, List<Cover.Status> cover) {}

    private Pace pace() throws CommandError, PartylineException {
        return new Pace(engine().fees().limits(), engine().coverIfHere().orElse(List.of()));
    }

    private String departure(Receipt receipt, Optional<String> who, boolean rolls, Pace pace) {
        if (!receipt.waits().isEmpty()) {
            return "It does not leave yet: " + Sanitizer.line(receipt.waits()) + ".";
        }
        long fee = receipt.estimatedFee().orElse(0L) + receipt.openingFee().orElse(0L);
        Fees.Limits limits = pace.limits();
        if (fee
                > Math.min(
                        limits.message(),
                        Math.min(limits.hour() - limits.hourSpent(), limits.day() - limits.daySpent()))) {
            return "It waits, since it would pass a cap: partyline:fee-limit shows them, partyline:outbox says which.";
        }
        for (Cover.Status cover : pace.cover()) {
            if (cover.running() && who.equals(Optional.of(cover.persona()))) {
                return "It leaves at a point of the cover traffic, " + CoverText.pace(cover)
                        + ": partyline:outbox shows where it stands.";
            }
        }
        Duration until = Duration.between(clock().instant(), receipt.leaves());
        if (until.compareTo(Duration.ofSeconds(1)) >= 0) {
            return "It leaves in " + Units.duration(until) + ", at " + Units.clock(receipt.leaves()) + " UTC.";
        }
        if (rolls) {
            return "It leaves with the next version of the rolling transaction: partyline:outbox shows when.";
        }
        return receipt.jitter().isZero()
                ? "It leaves now."
                : "It leaves after a random delay: partyline:outbox shows when.";
    }

    private Optional<Outgoing> await(Receipt receipt) throws CommandError, PartylineException, InterruptedException {
        Optional<Outgoing> left = new SendWaiter(context()).await(receipt.id(), Optional.empty(), reason -> {
            // What was said with the receipt is not said again.
            if (!json() && !reason.equals(receipt.waits())) {
                console().paragraph("Waiting: " + Sanitizer.line(reason) + ".");
            }
        });
        if (left.isEmpty()) {
            if (!json()) {
                console().line("No longer waiting. The message goes on: look with partyline:outbox.");
            }
            return left;
        }
        Outgoing message = left.get();
        if (message.state() == State.EXPIRED || message.state() == State.RECALLED || message.state() == State.FAILED) {
            throw new CommandError("message " + message.id() + " was not sent, it is "
                    + MessageText.state(message.state()) + (message.reason().isEmpty() ? "" : ": " + message.reason()));
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
            Long openingFeeSat,
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
                    receipt.openingFee().orElse(null),
                    JsonValues.iso(leaves),
                    JsonValues.orNull(receipt.waits()),
                    JsonValues.word(left.map(Outgoing::state).orElse(State.QUEUED)),
                    left.map(Outgoing::fee).orElse(null),
                    left.map(Outgoing::parts).orElse(List.of()).stream()
                            .flatMap(part -> part.transaction().stream())
                            .map(Object::toString)
                            .toList());
        }
    }
}
