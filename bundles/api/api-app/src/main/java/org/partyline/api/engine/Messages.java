package org.partyline.api.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.store.StoreTransaction;

/** Sends and shows messages. A service. All need an open store. */
@ProviderType
public interface Messages {
    /** The state of an outgoing message, as far as this server knows. */
    enum State {
        /** It has not left, and waits for something that a person decides; the reason says what, and what to do. */
        ON_HOLD("on hold"),
        /** Stored; not sealed yet. */
        QUEUED("queued"),
        /** Sealed; its transactions may be signed, none has been handed to a node. */
        SEALED("queued"),
        /** A node of ours accepted all its transactions; nobody else is known to have them. */
        SENT("sent"),
        /** A node that did not get them from us shows all its transactions, or a node reports that a peer has them. */
        RELAYED("relayed"),
        /** All its transactions are in blocks. */
        CONFIRMED("in a block"),
        /**
         * Another transaction replaced one of its own, or the one that opened its chain of keys: readers who were
         * absent miss it.
         */
        REPLACED("replaced"),
        /** Its time to live ended before it left. */
        EXPIRED("expired"),
        /** Cancelled before it left, or replaced by nothing. */
        RECALLED("recalled"),
        /** Given up; the reason says why. */
        FAILED("failed");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The word for it in every output, whether people or programs read it. */
        public String word() {
            return word;
        }

        /** Whether none of it has left yet, or not all of it. */
        public boolean isWaiting() {
            return this == ON_HOLD || this == QUEUED || this == SEALED;
        }

        /**
         * Whether nothing is tried for it as things stand. Two of these move anyway when the network changes its mind: CONFIRMED goes
         * back to RELAYED when its block is gone, and RECALLED becomes CONFIRMED when a miner was faster.
         */
        public boolean isSettled() {
            return this == CONFIRMED || this == REPLACED || this == EXPIRED || this == RECALLED || this == FAILED;
        }
    }

    /**
     * Stores a message to be sent. When this returns it will not be lost.
     *
     * @throws PayloadTooLargeException names the limit in force, in bytes
     * @throws NoSuchThingException when there is no such channel, or cover traffic speaks against it: another carrier than the
     *     decoys', or a time to live in which so many packets do not leave
     */
    Receipt send(Send request) throws PartylineException;

    /**
     * Stores a message to be sent, and something of the caller's in the same transaction: after a crash both are there, or neither.
     *
     * @param alongside stores the caller's part; when it throws, nothing was stored and nothing is sent
     */
    default Receipt send(Send request, Alongside alongside) throws PartylineException {
        throw new PartylineException("this engine stores nothing beside a message");
    }

    /**
     * Sends the messages to a contact again that may not have been read ({@link Doubt#MAY_BE_UNREAD}).
     *
     * @param persona empty: the current one
     * @return one for each, in their order
     * @throws NoSuchThingException when there is no such contact, or none of these messages
     */
    default List<Receipt> sendAgain(Optional<String> persona, String contact) throws PartylineException {
        throw new PartylineException("this engine does not resend messages");
    }

    /** Outgoing messages, oldest first. @param all whether those that are final are listed too */
    List<Outgoing> outbox(boolean all) throws PartylineException;

    /** Where outgoing messages stand, oldest first: as cheap with many as with few. */
    default List<QueueEntry> queue() throws PartylineException {
        return outbox(true).stream()
                .map(one -> new QueueEntry(one.id(), one.state(), one.reason(), one.queued()))
                .toList();
    }

    /** One outgoing message. @throws NoSuchThingException when there is none of that number */
    Outgoing outgoing(long id) throws PartylineException;

    /**
     * Takes a message back that has not left yet.
     *
     * @throws NoSuchThingException when there is none, or it has left
     */
    Outgoing cancel(long id) throws PartylineException;

    /**
     * Takes a message back that has left, as far as that goes: its transactions, where they are unconfirmed, are replaced by
     * ones that carry nothing. Who has seen it has it.
     *
     * @throws NoSuchThingException when there is none, it has not left yet, or it was received
     */
    Recalled recall(long id) throws PartylineException;

    /** The use of a packet to this server. */
    enum Use {
        /** One of ours, which says something. */
        SENT,
        /** Our cover traffic. */
        COVER,
        /** It was read here. */
        RECEIVED;

        /** As programs read it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What packets are to this server, as far as it is known without opening them. Only an open store knows.
     *
     * @return one for each; empty: a stranger's
     */
    default List<Optional<Use>> uses(List<Nodes.Sighting> packets) throws PartylineException {
        return packets.stream().map(packet -> Optional.<Use>empty()).toList();
    }

    /** Data that a caller stores in the transaction of its message. */
    @FunctionalInterface
    @ConsumerType
    interface Alongside {
        /**
         * Runs once, in the transaction of the message. Must not call this server.
         *
         * @param receipt of the message; the price of a session that it opens is not known yet
         */
        void store(StoreTransaction tx, Receipt receipt) throws PartylineException;
    }

    /** The carriers that are here, in the order of their ids. */
    List<Carrier> carriers();

    /**
     * The id of a carrier (ARCHITECTURE, "Two ways to carry"), which may be unavailable.
     *
     * @param id 1 to 24 lower-case letters, digits and hyphens, beginning with a letter
     */
    record Carrier(String id) {
        private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,23}");

        /** Each packet in a separate transaction, which will be mined. */
        public static final Carrier CONFIRM = new Carrier("confirm");
        /** Each packet takes the place of the last transaction; one is mined for a whole conversation. */
        public static final Carrier ROLLING = new Carrier("rolling");

        /** @throws IllegalArgumentException when it is no id */
        public Carrier {
            if (!ID.matcher(id).matches()) {
                throw new IllegalArgumentException("a carrier's id has 1 to 24 lower-case letters, digits and hyphens");
            }
        }

        /** Its id. */
        @Override
        public String toString() {
            return id;
        }
    }

    /**
     * The result of a recall.
     *
     * @param outgoing the message now
     * @param replaced how many transactions were replaced
     * @param mined how many are in a block already: they carry their packets forever
     * @param fee satoshi that it cost
     */
    record Recalled(Outgoing outgoing, int replaced, int mined, long fee) {}

    /** Messages both ways, in each sender's order, newest last. Marks what it returns as shown. */
    List<Message> messages(Query query) throws PartylineException;

    /**
     * The numbers of what {@link #messages} would return, in its order: a screen shows a part of it and asks for that with
     * {@link #shown}. Marks none as shown.
     */
    default List<Long> order(Query query) throws PartylineException {
        throw new PartylineException("this engine does not report the order of messages");
    }

    /**
     * Messages of these numbers, in this order, without those that are gone. Marks what it returns as shown.
     *
     * @param ids as many as a screen shows, not all there are
     */
    default List<Shown> shown(List<Long> ids) throws PartylineException {
        throw new PartylineException("this engine shows whole conversations only");
    }

    /** Messages that are not whole yet, in the order in which they began. */
    default List<Pieces> incomplete() throws PartylineException {
        return List.of();
    }

    /**
     * What a message would cost now, for who is still writing it. Stores nothing, and asks no wallet.
     *
     * @throws PayloadTooLargeException names the limit in force, in bytes
     * @throws NoSuchThingException as {@link #send}
     */
    default Price price(Send request) throws PartylineException {
        throw new PartylineException("this engine shows the price only when it sends");
    }

    /**
     * The most that packets to a contact cost at the fee rates of now, in satoshi; empty when no node gives an estimate.
     *
     * @param persona empty: the current one
     * @param sizes of the packets, in bytes
     */
    default Optional<Long> price(Optional<String> persona, String contact, List<Integer> sizes)
            throws PartylineException {
        return Optional.empty();
    }

    /** How many messages of version 1 are kept. Marks none as shown. */
    long legacyKept() throws PartylineException;

    /**
     * One message with its text. A burn message is erased by this.
     *
     * @throws NoSuchThingException when there is none of that number, or it was burned or has expired
     */
    Message read(long id) throws PartylineException;

    /**
     * Is told of messages as they come, in each sender's order, and of changes of outgoing ones.
     *
     * @param listener called from one thread at a time; must not block
     * @return closes the subscription
     */
    AutoCloseable follow(Query query, Consumer<Event> listener);

    /**
     * What a transaction carries that we can open.
     *
     * @param txidOrHex a transaction id, a raw transaction or a packet's payload, in hex
     * @throws NoSuchThingException when it is none of these, or no node knows the transaction
     */
    List<Inspection> inspect(String txidOrHex) throws PartylineException;

    /**
     * A message to send.
     *
     * @param persona empty: the current one
     * @param direct whether {@code to} is a contact, not a channel
     * @param to a channel's or a contact's name
     * @param text at least one byte of UTF-8, and no more than {@link PayloadTooLargeException} says
     * @param ttl 1 minute to 45 days, rounded up to minutes, from when it is sealed to leave; empty: the receivers' own limit
     * @param burn show once, then erase
     * @param sign prove to the readers who wrote it, forever; needs packets of 128 bytes or more
     * @param via the node that it goes in by; empty: any
     * @param carrier empty: the channel's, or where it has none, the one that is configured; with cover traffic always that
     * @param replyTo the message of the same conversation that it answers; empty: none
     */
    record Send(
            Optional<String> persona,
            boolean direct,
            String to,
            String text,
            Optional<Duration> ttl,
            boolean burn,
            boolean sign,
            Optional<String> via,
            Optional<Carrier> carrier,
            OptionalLong replyTo) {
        /** One that answers none. */
        public Send(
                Optional<String> persona,
                boolean direct,
                String to,
                String text,
                Optional<Duration> ttl,
                boolean burn,
                boolean sign,
                Optional<String> via,
                Optional<Carrier> carrier) {
            this(persona, direct, to, text, ttl, burn, sign, via, carrier, OptionalLong.empty());
        }

        /** By the carrier that is configured. */
        public Send(
                Optional<String> persona,
                boolean direct,
                String to,
                String text,
                Optional<Duration> ttl,
                boolean burn,
                boolean sign,
                Optional<String> via) {
            this(persona, direct, to, text, ttl, burn, sign, via, Optional.empty());
        }

        /** By any node. */
        public Send(
                Optional<String> persona,
                boolean direct,
                String to,
                String text,
                Optional<Duration> ttl,
                boolean burn,
                boolean sign) {
            this(persona, direct, to, text, ttl, burn, sign, Optional.empty());
        }

        /** To a channel, not signed. */
        public Send(Optional<String> persona, String channel, String text, Optional<Duration> ttl, boolean burn) {
            this(persona, false, channel, text, ttl, burn, false);
        }

        /** The same with another text. */
        public Send withText(String other) {
            return new Send(persona, direct, to, other, ttl, burn, sign, via, carrier, replyTo);
        }

        /** Shows neither the text nor the receiver. */
        @Override
        public String toString() {
            return "Send";
        }
    }

    /**
     * A message that was stored to be sent, and its price.
     *
     * @param id the message's number
     * @param packets how many packets, and so transactions, it will be, a chain's opener included
     * @param bytes of all packets
     * @param estimatedFee the most that all of them cost at the fee rates of now, in satoshi; empty when no node gives an estimate
     * @param openingFee the most, in satoshi, that the packets cost that open a session besides, which this message begins; empty when it does not, or no
     *     node gives an estimate
     * @param leaves when it goes at the earliest
     * @param waits why it waits, in one line; empty when it does not
     * @param jitter mean of the random delay before a packet leaves; zero: there is none
     * @param margin satoshi that it may cost more than that, if fee rates rise after its first packet has left; 0 with one packet
     * @param warnings what its sender should know, one line each, said once a conversation
     */
    record Receipt(
            long id,
            int packets,
            int bytes,
            Optional<Long> estimatedFee,
            Optional<Long> openingFee,
            Instant leaves,
            String waits,
            Duration jitter,
            long margin,
            List<String> warnings) {
        public Receipt {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The price of a message that is not sent.
     *
     * @param packets how many packets, and so transactions, it will be, a chain's opener included; 0: not known before it is sealed
     * @param bytes of all packets
     * @param fee the most that all of them cost at the fee rates of now, in satoshi; empty when no node gives an estimate
     * @param margin satoshi that it may cost more than that, if fee rates rise after its first packet has left; 0 with one packet
     * @param warnings what its sender should know, one line each
     */
    record Price(int packets, int bytes, Optional<Long> fee, long margin, List<String> warnings) {
        public Price {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * A message as a screen shows it.
     *
     * @param message itself
     * @param outgoing the way of one of ours, for as long as it is kept; empty of one that was received
     * @param nodes how many nodes show all its transactions; 0 of one that was received
     */
    record Shown(Message message, Optional<Outgoing> outgoing, int nodes) {}

    /**
     * A message of which only some packets have arrived.
     *
     * @param persona whose
     * @param direct whether it comes from a contact
     * @param channel the channel's name, or the contact's
     * @param sender nickname as its sender gave it; empty
     * @param have packets that are here
     * @param of packets that it has
     */
    record Pieces(String persona, boolean direct, String channel, String sender, int have, int of) {}

    /**
     * Selects messages to list.
     *
     * @param persona empty: every persona
     * @param channel empty: every channel
     * @param from a nickname; empty: everybody
     * @param since empty: all that is kept
     * @param contact messages with this contact only; empty: those of channels too
     */
    record Query(
            Optional<String> persona,
            Optional<String> channel,
            Optional<String> from,
            Optional<Instant> since,
            Optional<String> contact) {
        /** Everything. */
        public static final Query ALL =
                new Query(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        /** Channels and contacts. */
        public Query(
                Optional<String> persona, Optional<String> channel, Optional<String> from, Optional<Instant> since) {
            this(persona, channel, from, since, Optional.empty());
        }
    }

    /**
     * A message with everything that a reader is shown.
     *
     * @param id its number
     * @param persona whose inbox or outbox it is in
     * @param direct whether it is between this persona and a contact
     * @param channel the channel's name, or the contact's
     * @param outgoing whether it is our own
     * @param sender nickname as its sender gave it; empty when it gave none
     * @param legacy a version-1 message
     * @param burn erased once read
     * @param text empty while a burn message is unread
     * @param sent the sender's timestamp
     * @param arrived when we first met it; for our own, when it was stored
     * @param expires when it leaves the store
     * @param sequence position on its sender's chain
     * @param transactions that carried it
     * @param block height of the block it is in
     * @param state of an outgoing message
     * @param notice not someone's words but news of the conversation: a contact has new keys, has closed the session
     * @param signedBy who provably wrote it: a contact's or our persona's name, or {@code an unknown key}; empty: nobody can
     *     prove it
     * @param remarks what was said about it since, and what it answers
     * @param gap of a notice that says which messages are missing before the next one of the same sender; empty: it says something else
     * @param doubt whether it may not have been read although it was sent
     * @param confirmations how many blocks have it or build on it, as high as the nodes' chain is now; empty: none, or no node tells
     */
    record Message(
            long id,
            String persona,
            boolean direct,
            String channel,
            boolean outgoing,
            String sender,
            boolean legacy,
            boolean burn,
            Optional<String> text,
            Instant sent,
            Instant arrived,
            Instant expires,
            OptionalInt sequence,
            List<TxId> transactions,
            OptionalInt block,
            Optional<State> state,
            boolean notice,
            Optional<String> signedBy,
            Remarks remarks,
            Optional<Gap> gap,
            Doubt doubt,
            OptionalInt confirmations) {
        public Message {
            transactions = List.copyOf(transactions);
        }

        /** Does not show the text. */
        @Override
        public String toString() {
            return "Message[" + id + "]";
        }
    }

    /** The doubt whether an outgoing message was read, because another session replaced the one that carried it. */
    enum Doubt {
        /** It was not: what is known of it is its state. */
        NONE,
        /** Its reader has not shown to have it. */
        MAY_BE_UNREAD,
        /** It may not have been read, and was sent again since. */
        SENT_AGAIN
    }

    /**
     * Messages of one sender that are missing between two others (PROTOCOL 5, "Gaps"). Positions of a chain are counted: one that this server
     * has not seen may have carried no message, so the count is an upper bound. Pieces that are known to be of one message count once.
     *
     * @param most how many messages are missing at the most, from 1
     * @param first the first position of the sender's chain that is missing
     * @param last the last one; all between them are missing too
     * @param mayArrive whether one of them can still be read when it comes: within 24 hours. Otherwise they are lost here
     */
    record Gap(int most, int first, int last, boolean mayArrive) {
        public Gap {
            if (most < 1 || first < 0 || last < first) {
                throw new IllegalArgumentException("a gap of " + most + " messages at " + first + " to " + last);
            }
        }
    }

    /**
     * The message that a message replies to, and the reactions and edits it received (PROTOCOL 6.1).
     *
     * @param reply whether it answers another
     * @param quote the message that it answers; empty where it answers none, and where that is not kept, or not clear
     * @param edited when its sender put other words in the place of the first ones, in the sender's time; empty: never
     * @param reactions one of each sender at the most, in the order in which they first came
     * @param mentioned whether it names our persona as {@code @name}; never told of a burn message
     * @param delivered of our own: when its reader's server was first known to have it; empty: that is not known
     * @param read of our own: when its reader was first known to have been shown it; empty: that is not known
     */
    record Remarks(
            boolean reply,
            Optional<Quote> quote,
            Optional<Instant> edited,
            List<Reaction> reactions,
            boolean mentioned,
            Optional<Instant> delivered,
            Optional<Instant> read) {
        /** Nothing was said. */
        public static final Remarks NONE = new Remarks(false, Optional.empty(), Optional.empty(), List.of(), false);

        public Remarks {
            reactions = List.copyOf(reactions);
        }

        /** Without a receipt. */
        public Remarks(
                boolean reply,
                Optional<Quote> quote,
                Optional<Instant> edited,
                List<Reaction> reactions,
                boolean mentioned) {
            this(reply, quote, edited, reactions, mentioned, Optional.empty(), Optional.empty());
        }

        /** Does not show the texts. */
        @Override
        public String toString() {
            return "Remarks";
        }
    }

    /**
     * A message that another one replies to, as it is kept now.
     *
     * @param id its number
     * @param sender as in a {@link Message}
     * @param outgoing whether it is our own
     * @param text its words
     */
    record Quote(long id, String sender, boolean outgoing, String text) {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Quote[" + id + "]";
        }
    }

    /**
     * A reaction to a message.
     *
     * @param sender as in a {@link Message}: nickname in a channel, which anyone may choose; the contact's name
     * @param own whether it is ours
     * @param reaction one grapheme, of at most 16 bytes
     * @param signedBy as in a {@link Message}
     */
    record Reaction(String sender, boolean own, String reaction, Optional<String> signedBy) {}

    /**
     * The state of an outgoing message.
     *
     * @param id its number
     * @param state where it stands
     * @param reason why it waits or failed, in one line; empty
     * @param queued when it was stored
     */
    record QueueEntry(long id, State state, String reason, Instant queued) {}

    /**
     * An outgoing message.
     *
     * @param id its number
     * @param persona who sends
     * @param direct whether it goes to a contact
     * @param channel where to: a channel's name, or a contact's
     * @param kind {@code message}, {@code reply}; what is said about a message: {@code reaction}, {@code edit}, {@code forget}; or what
     *     the session itself sends: {@code handshake}, {@code answer}, {@code key update}, {@code control}
     * @param state where it stands
     * @param reason why it waits or failed, in one line; empty
     * @param queued when it was stored
     * @param expires when it is given up if it has not left; once it has, when nothing more is done for it
     * @param burn shown once at the receivers
     * @param textBytes length of the text
     * @param parts its packets, once sealed
     * @param carrier how it travels
     * @param confirmations how many blocks have it or build on it, as high as the nodes' chain is now; empty: none, or that is not known
     */
    record Outgoing(
            long id,
            String persona,
            boolean direct,
            String channel,
            String kind,
            State state,
            String reason,
            Instant queued,
            Instant expires,
            boolean burn,
            int textBytes,
            List<Part> parts,
            Carrier carrier,
            OptionalInt confirmations) {
        public Outgoing {
            parts = List.copyOf(parts);
        }

        /** Satoshi that its signed transactions pay. */
        public long fee() {
            return parts.stream().mapToLong(Part::fee).sum();
        }
    }

    /**
     * One packet of an outgoing message.
     *
     * @param bytes its length
     * @param state as of a message
     * @param transaction once signed
     * @param vsize virtual bytes of the transaction; 0 before
     * @param fee satoshi; 0 before
     * @param node the one it went in by; empty before
     */
    record Part(int bytes, State state, Optional<TxId> transaction, int vsize, long fee, String node) {}

    /**
     * An event for listeners: a message arrived, changed, or was sent.
     *
     * @param message what arrived; empty for a change of state
     * @param outgoing what changed; empty for an arrival
     * @param change of a message that was there before; empty: none
     */
    record Event(Optional<Message> message, Optional<Outgoing> outgoing, Optional<Change> change) {
        /** One that changes no message that was there before. */
        public Event(Optional<Message> message, Optional<Outgoing> outgoing) {
            this(message, outgoing, Optional.empty());
        }
    }

    /**
     * A change of a message that already existed.
     *
     * @param id its number
     * @param persona whose inbox or outbox it is in
     * @param direct whether it is between this persona and a contact
     * @param channel the channel's name, or the contact's
     * @param message as it is now; empty when it was erased
     */
    record Change(Kind kind, long id, String persona, boolean direct, String channel, Optional<Message> message) {
        /** The kind of a change. */
        public enum Kind {
            /** Someone reacted, or took a reaction back. */
            REACTION,
            /** Its sender edited the text. */
            EDITED,
            /** It is there no more: its sender took it back, or we erased it. */
            ERASED,
            /** It is a gap, and another number is missing than before, or what is missing can come no more. */
            GAP,
            /** A receipt came for one of our own. */
            RECEIPT,
            /** A piece of one that is not whole yet has come ({@link Messages#incomplete}); it has no number yet, which is 0. */
            PIECE
        }
    }

    /**
     * The contents of one OP_RETURN output.
     *
     * @param output its index, or -1 when a payload was given
     * @param bytes its length
     * @param verdict one line: what it is, or why we cannot open it
     * @param channel whose key opened it
     * @param json the JSON view of PROTOCOL 9
     */
    record Inspection(int output, int bytes, String verdict, Optional<String> channel, Optional<String> json) {}
}
