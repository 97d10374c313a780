package org.partyline.shell.message;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.Sessions;
import org.partyline.api.json.ReceiptView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.CarrierNames;
import org.partyline.shell.completion.ChannelNames;
import org.partyline.shell.completion.ContactNames;
import org.partyline.shell.completion.MessageIds;
import org.partyline.shell.completion.NodeNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.CarrierName;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Sends a message. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "send",
        description = "Send a message to a channel or a contact; show its cost and when it is sent",
        detailedDescription = "partyline:send --channel lobby \"See you at nine\"\n"
                + "partyline:send --to bob \"Only you can read this\"\n"
                + "partyline:send --carrier rolling \"One transaction for all of it\"\n"
                + "partyline:send --reply 12 \"So will I\"\n"
                + "partyline:send --persona bob --ttl 15m --burn --wait \"The door code is 4711\"")
@Needs(Role.TALK)
class SendCommand extends PartylineCommand {
    private static final Duration SHORTEST_TTL = Duration.ofMinutes(1);
    private static final Duration LONGEST_TTL = Duration.ofDays(45);

    @Argument(name = "TEXT", description = "The text, in quotes", required = true, multiValued = false)
    private List<String> words;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(
            name = "--channel",
            description = "Channel; may be omitted if there is only one",
            valueToShowInHelp = "NAME")
    @Completion(ChannelNames.class)
    private @Nullable String channel;

    @Option(
            name = "--to",
            description = "Contact, instead of a channel; the first message opens a session with forward secrecy",
            valueToShowInHelp = "CONTACT")
    @Completion(ContactNames.class)
    private @Nullable String to;

    @Option(
            name = "--ttl",
            description = "Time to live from sending, 1m to 45d; otherwise each receiver's own setting",
            valueToShowInHelp = "DURATION")
    @Completion(
            values = {"15m", "1h", "1d"},
            value = String.class)
    private @Nullable String ttl;

    @Option(name = "--burn", description = "Each receiver can read it once, then it is erased")
    private boolean burn;

    @Option(name = "--sign", description = "Prove to every reader, forever, that you wrote it")
    private boolean sign;

    @Option(name = "--via", description = "Node to send with; otherwise a random one", valueToShowInHelp = "NODE")
    @Completion(NodeNames.class)
    private @Nullable String via;

    @Option(
            name = "--carrier",
            description = "rolling: each message replaces the last transaction, so only one is mined; confirm: one "
                    + "transaction each; otherwise the default of the channel or the server",
            valueToShowInHelp = "NAME")
    @Completion(CarrierNames.class)
    private @Nullable String carrier;

    @Option(name = "--reply", description = "Message to reply to, in its conversation", valueToShowInHelp = "ID")
    @Completion(MessageIds.class)
    private @Nullable String reply;

    @Option(name = "--wait", description = "Wait until it is sent; Ctrl-C stops the wait, not the message")
    private boolean wait;

    @Option(name = LongText.OPTION, description = "Do not ask before sending a long text as several messages")
    private boolean split;

    @Option(name = KeyedSend.OPTION, description = KeyedSend.DESCRIPTION, valueToShowInHelp = "KEY")
    private @Nullable String key;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        if (channel != null && to != null) {
            throw new CommandError("--channel and --to exclude each other: give one of the two");
        }
        refuseNameAsText();
        OptionalLong answers = reply == null ? OptionalLong.empty() : OptionalLong.of(MessageNumber.parse(reply));
        if (answers.isPresent()) {
            goWhereItWasSaid(answers.getAsLong());
        }
        Optional<Duration> life =
                ttl == null ? Optional.empty() : Optional.of(Units.duration("--ttl", ttl, SHORTEST_TTL, LONGEST_TTL));
        Optional<Contact> contact =
                to == null ? Optional.empty() : Optional.of(engine().contacts().get(given(persona), to));
        Optional<Channel> into = contact.isPresent() ? Optional.empty() : channel();
        String where =
                contact.map(Contact::name).or(() -> into.map(Channel::name)).orElse(channel == null ? "" : channel);
        Optional<Network> network = contact.map(Contact::network).or(() -> into.map(Channel::network));
        if (network.equals(Optional.of(Network.MAINNET)) && !mainnetAccepted("Nothing was sent.")) {
            return;
        }
        Optional<Carrier> by = CarrierName.parse(engine(), carrier);
        String text = text(words == null ? List.of() : words);
        // Requested before the message is stored: a later failure must not look as if it had not been sent.
        Leaving leaving = new Leaving(context(), json());
        Optional<Leaving.Pace> pace = json() ? Optional.empty() : Optional.of(leaving.pace());
        if (split && json()) {
            throw new CommandError("--split and --json exclude each other: one JSON document describes one message");
        }
        Send request =
                new Send(given(persona), contact.isPresent(), where, text, life, burn, sign, given(via), by, answers);
        List<Receipt> receipts;
        if (key == null) {
            receipts = new LongText(console(), !json() && console().canAsk(), split)
                    .send(text, piece -> engine().messages().send(request.withText(piece)));
        } else {
            KeyedSend.Sent sent = new KeyedSend(context())
                    .send(key, split, contact.map(Contact::persona).or(() -> into.map(Channel::persona)), request);
            if (sent.receipt().isEmpty()) {
                repeated(sent, leaving);
                return;
            }
            receipts = List.of(sent.receipt().get());
        }
        for (Receipt receipt : receipts) {
            if (pace.isPresent()) {
                boolean rolls =
                        engine().messages().outgoing(receipt.id()).carrier().equals(Carrier.ROLLING);
                show(receipt, contact.map(ContactText::marked).orElse(Sanitizer.line(where)), rolls);
                leaving.warnings(receipt);
                console()
                        .paragraph(leaving.departure(
                                receipt,
                                contact.map(Contact::persona).or(() -> into.map(Channel::persona)),
                                rolls,
                                pace.get()));
            }
        }
        // A session must be opened first: the receipt says so.
        if (!json()
                && !receipts.isEmpty()
                && contact.filter(with -> with.session() != Sessions.State.OPEN).isPresent()) {
            next("partyline:messages --follow shows replies.");
        }
        for (Receipt receipt : receipts) {
            Optional<Outgoing> left = wait ? leaving.await(receipt) : Optional.empty();
            if (json()) {
                console().json(ReceiptView.of(receipt, left));
            }
        }
    }

    private void repeated(KeyedSend.Sent sent, Leaving leaving)
            throws CommandError, PartylineException, InterruptedException {
        if (!json()) {
            console()
                    .line("Message " + sent.first().id()
                            + " was sent with this key before. Nothing is sent again: see partyline:outbox --all.");
        }
        Optional<Outgoing> left =
                wait ? leaving.await(sent.first().id(), sent.first().waits()) : Optional.empty();
        if (json()) {
            console().json(sent.first().with(left));
        }
    }

    /**
     * Refuses {@code send bob hello}: quoted, as other texts of several words, it would go to the channel.
     *
     * @throws CommandError if a text of several words begins with the name of a contact or a channel
     */
    private void refuseNameAsText() throws CommandError, PartylineException {
        if (words == null || words.size() < 2 || to != null || channel != null || reply != null) {
            return;
        }
        String first = words.get(0);
        boolean contact = engine().contacts().list(given(persona)).stream()
                .anyMatch(known -> known.name().equals(first));
        boolean channel = engine().channels().list(given(persona)).stream()
                .anyMatch(known -> known.name().equals(first));
        if (contact || channel) {
            throw new CommandError("to write to " + Sanitizer.line(first) + ", use partyline:send "
                    + (contact ? "--to " : "--channel ") + Sanitizer.word(first) + " \"See you at nine\"");
        }
    }

    /** Returns the text to send, from the given words. */
    String text(List<String> given) throws CommandError, InterruptedException {
        if (given.size() > 1) {
            throw new CommandError(
                    "the text has " + given.size() + " arguments: quote it, as in partyline:send \"See you at nine\"");
        }
        if (given.get(0).isEmpty()) {
            throw new CommandError("the text is empty: write a message");
        }
        return given.get(0);
    }

    /**
     * Returns the named channel, or the only one; empty if none has that name, for which the engine has a better error.
     */
    private Optional<Channel> channel() throws CommandError, PartylineException {
        List<Channel> channels = engine().channels().list(given(persona));
        if (channel != null) {
            return channels.stream()
                    .filter(found -> found.name().equals(channel))
                    .findFirst();
        }
        if (channels.isEmpty()) {
            throw new CommandError(
                    "there is no channel yet: create one with partyline:channel-create NAME, join one with "
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

    /** Sends a reply to the conversation of the message that it answers. */
    private void goWhereItWasSaid(long id) throws CommandError, PartylineException {
        if (channel != null || to != null) {
            return;
        }
        Message answered = engine().conversations().message(id);
        persona = persona == null ? answered.persona() : persona;
        if (answered.direct()) {
            to = answered.channel();
        } else {
            channel = answered.channel();
        }
    }

    private void show(Receipt receipt, String where, boolean rolls) {
        console()
                .paragraph("Message " + receipt.id() + " to " + where
                        + (reply == null ? "" : ", a reply to message " + Sanitizer.line(reply))
                        + (sign ? ", signed" : "") + (rolls ? ", rolling" : "") + ": " + Leaving.price(receipt));
    }
}
