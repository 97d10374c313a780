package org.partyline.shell.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.bundles.ForeignBundles;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Sessions;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;

/** Examples of each kind of object, with the values that matter to tests. */
public final class Samples {
    public static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    public static final TxId TXID = TxId.of("1a2b3c4d".repeat(8));
    public static final String CARD = "plcard1" + "qpzry9x8gf2tvdw0s3jn54khce6mua7l".repeat(4) + "qpzry9x8gf2tvdw0s3";
    public static final String SAFETY_NUMBER =
            "01234 56789 11111 22222 33333 44444 55555 66666 77777 88888 99999 00000";
    public static final String ADDRESS = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx";
    public static final String WORDS =
            "abandon ability able about above absent absorb abstract absurd abuse access accident";
    public static final String INVITE = "plchan1" + "qpzry9x8gf2tvdw0s3jn54khce6mua7l".repeat(2);

    private Samples() {}

    public static LocalWallets.Progress reading(Network network, int height, int tip) {
        return new LocalWallets.Progress(
                "local", network, tip < 0 ? Optional.empty() : Optional.of("home"), 0, height, tip);
    }

    public static Cover.Status cover(String persona, boolean running, String problem, Duration mean, long budget) {
        return new Cover.Status(
                persona,
                running,
                problem,
                mean,
                budget,
                1_234,
                running ? Optional.of(NOW.plusSeconds(95)) : Optional.empty(),
                12,
                58);
    }

    public static ForeignBundles.ForeignBundle foreign(long id, String name, boolean allowed, boolean running) {
        String sum = "0123456789abcdef".repeat(4);
        return new ForeignBundles.ForeignBundle(
                id,
                name,
                "1.0.0",
                sum,
                allowed,
                running,
                allowed ? "" : "bundle " + id + " (" + name + " 1.0.0) is refused");
    }

    public static Personas.Persona persona(int id, String name, boolean current) {
        return new Personas.Persona(
                id, name, "p" + id, current, "0011223344556677", NOW.minus(Duration.ofDays(3)), 1_234);
    }

    public static Contacts.Contact contact(String persona, String name, Contacts.Trust trust, Sessions.State session) {
        return new Contacts.Contact(
                persona,
                name,
                Network.EMBEDDED,
                trust,
                session != Sessions.State.OPENING,
                session != Sessions.State.OPENING ? "8899aabbccddeeff" : "",
                NOW.minusSeconds(7200),
                session,
                session == Sessions.State.NONE ? 1 : 0,
                session == Sessions.State.OPEN ? Optional.of(NOW.minusSeconds(30)) : Optional.empty(),
                List.of(),
                "",
                Optional.empty(),
                Sessions.Protection.NONE,
                false);
    }

    public static Contacts.Contact with(Contacts.Contact contact, List<String> sharing, String account) {
        return new Contacts.Contact(
                contact.persona(),
                contact.name(),
                contact.network(),
                contact.trust(),
                contact.card(),
                contact.senderId(),
                contact.added(),
                contact.session(),
                contact.unread(),
                contact.lastMessage(),
                sharing,
                account,
                Optional.empty(),
                Sessions.Protection.NONE,
                false);
    }

    static Sessions.Session session(Contacts.Contact contact, Sessions.State state) {
        boolean open = state == Sessions.State.OPEN;
        return new Sessions.Session(
                contact.persona(),
                contact.name(),
                state,
                true,
                open ? Optional.of("XCHACHA20_POLY1305") : Optional.empty(),
                NOW.minusSeconds(3900),
                open ? 12 : 0,
                open ? 9 : 0,
                open ? Optional.of(NOW.minusSeconds(600)) : Optional.empty(),
                open,
                Optional.empty(),
                open ? new Sessions.Protection(Optional.of(NOW.minusSeconds(1800)), 0, 0) : Sessions.Protection.NONE);
    }

    public static Messages.Message direct(
            long id, String contact, String text, boolean notice, Optional<String> signedBy) {
        return new Messages.Message(
                id,
                "me",
                true,
                contact,
                false,
                "a nickname",
                false,
                false,
                Optional.of(text),
                NOW.minusSeconds(60),
                NOW.minusSeconds(58),
                NOW.plusSeconds(3600),
                OptionalInt.of((int) id),
                List.of(TXID),
                OptionalInt.empty(),
                Optional.empty(),
                notice,
                signedBy,
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }

    public static Channels.Channel channel(String persona, String name, Channels.Mode mode, KdfParameters kdf) {
        return channel(persona, name, mode, Optional.empty(), kdf);
    }

    static Channels.Channel channel(
            String persona, String name, Channels.Mode mode, Optional<Carrier> carrier, KdfParameters kdf) {
        return new Channels.Channel(
                persona, name, Network.EMBEDDED, mode, carrier, kdf, 20781, 2, Optional.of(NOW), List.of("bob"));
    }

    public static Nodes.Node node(String name, String type) {
        NodeStatus status = new NodeStatus(
                NodeStatus.State.READY,
                "",
                "/Embedded:0.1/",
                Optional.of(new BlockRef(123, TXID, NOW)),
                4,
                Optional.of(Duration.ofMillis(2)),
                "direct");
        RelayPolicy policy = new RelayPolicy(80, 1, 83, new FeeRate(100), new FeeRate(100));
        return new Nodes.Node(
                name, type, Network.EMBEDDED, false, status, policy, 1234, 5, 0, Nodes.Shown.NOTHING, Optional.empty());
    }

    public static Messages.Message message(long id, String sender, Optional<String> text, boolean burn) {
        return message(id, "me", sender, text, burn);
    }

    static Messages.Message message(long id, String persona, String sender, Optional<String> text, boolean burn) {
        return new Messages.Message(
                id,
                persona,
                false,
                "lobby",
                false,
                sender,
                false,
                burn,
                text,
                NOW.minusSeconds(60),
                NOW.minusSeconds(58),
                NOW.plusSeconds(3600),
                OptionalInt.of((int) id),
                List.of(TXID),
                OptionalInt.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }

    /** Returns the message with every kind of remark. */
    public static Messages.Message remarked(Messages.Message message) {
        return remarked(message, "Hello there, and a lot more that nobody has to read twice", "dave", "\uD83D\uDC4D");
    }

    /** The same with chosen values. */
    public static Messages.Message remarked(Messages.Message message, String quoted, String reactor, String reaction) {
        return new Messages.Message(
                message.id(),
                message.persona(),
                message.direct(),
                message.channel(),
                message.outgoing(),
                message.sender(),
                message.legacy(),
                message.burn(),
                message.text(),
                message.sent(),
                message.arrived(),
                message.expires(),
                message.sequence(),
                message.transactions(),
                message.block(),
                message.state(),
                message.notice(),
                message.signedBy(),
                new Messages.Remarks(
                        true,
                        Optional.of(new Messages.Quote(1, "bob", false, quoted)),
                        Optional.of(NOW.minusSeconds(30)),
                        List.of(
                                new Messages.Reaction("", true, "\uD83D\uDC4D", Optional.of("me")),
                                new Messages.Reaction(reactor, false, reaction, Optional.empty()),
                                new Messages.Reaction("bobby", false, "\u2764\uFE0F", Optional.of("bob"))),
                        true),
                message.gap(),
                message.doubt(),
                OptionalInt.empty());
    }

    /** Returns a notice that messages are missing. */
    public static Messages.Message missing(Messages.Message message, Messages.Gap gap) {
        return new Messages.Message(
                message.id(),
                message.persona(),
                message.direct(),
                message.channel(),
                false,
                message.sender(),
                false,
                false,
                message.text(),
                message.sent(),
                message.arrived(),
                message.expires(),
                message.sequence(),
                List.of(),
                OptionalInt.empty(),
                Optional.empty(),
                true,
                Optional.empty(),
                Messages.Remarks.NONE,
                Optional.of(gap),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }

    /** Returns another persona's copy. */
    public static Messages.Message of(Messages.Message message, long id, String persona) {
        Messages.Remarks remarks = message.remarks();
        return new Messages.Message(
                id,
                persona,
                message.direct(),
                message.channel(),
                message.outgoing(),
                message.sender(),
                message.legacy(),
                message.burn(),
                message.text(),
                message.sent(),
                message.arrived(),
                message.expires(),
                message.sequence(),
                message.transactions(),
                message.block(),
                message.state(),
                message.notice(),
                message.signedBy(),
                new Messages.Remarks(
                        remarks.reply(),
                        remarks.quote()
                                .map(quote -> new Messages.Quote(
                                        persona.equals("work") ? quote.id() + 1 : quote.id(),
                                        quote.sender(),
                                        quote.outgoing(),
                                        quote.text())),
                        remarks.edited(),
                        remarks.reactions(),
                        remarks.mentioned()),
                message.gap(),
                message.doubt(),
                OptionalInt.empty());
    }

    static Messages.Message withText(Messages.Message message, String text) {
        return message(message.id(), message.persona(), message.sender(), Optional.of(text), message.burn());
    }

    public static Messages.Outgoing outgoing(
            long id, String persona, String channel, Messages.State state, String reason) {
        return outgoing(id, persona, false, channel, "message", state, reason);
    }

    public static Messages.Outgoing outgoing(
            long id, String persona, String channel, Messages.State state, String reason, Messages.Carrier carrier) {
        return outgoing(id, persona, false, channel, "message", state, reason, carrier);
    }

    public static Messages.Outgoing outgoing(
            long id, String persona, boolean direct, String channel, String kind, Messages.State state, String reason) {
        return outgoing(id, persona, direct, channel, kind, state, reason, Messages.Carrier.CONFIRM);
    }

    static Messages.Outgoing outgoing(
            long id,
            String persona,
            boolean direct,
            String channel,
            String kind,
            Messages.State state,
            String reason,
            Messages.Carrier carrier) {
        boolean left =
                state == Messages.State.SENT || state == Messages.State.RELAYED || state == Messages.State.CONFIRMED;
        List<Messages.Part> parts =
                left ? List.of(new Messages.Part(80, state, Optional.of(TXID), 202, 41, "embedded")) : List.of();
        return new Messages.Outgoing(
                id,
                persona,
                direct,
                channel,
                kind,
                state,
                reason,
                NOW,
                NOW.plusSeconds(3600),
                false,
                kind.equals("message") ? 11 : 0,
                parts,
                carrier,
                OptionalInt.empty());
    }
}
