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

/** Sends and shows messages. A service. All methods need an open store. */
@ProviderType
public interface Messages {
    /** The state of an outgoing message, as known to this server. */
    enum State {
        /** It has not left, and waits for a decision by a person; the reason says why, and what to do. */
        ON_HOLD("on hold"),
        /** Stored, not sealed yet. */
        QUEUED("queued"),
        /** Sealed. Its transactions may be signed, but none has been handed to a node. */
        SEALED("queued"),
        /** One of our nodes accepted all its transactions; no other node is known to have them. */
        SENT("sent"),
        /**
         * A node that did not receive them from us shows all its transactions, or a node reports that a peer has them.
         */
        RELAYED("relayed"),
        /** All its transactions are in blocks. */
        CONFIRMED("in a block"),
        /**
         * Another transaction replaced one of its own, or the one that opened its chain of keys: a reader who was not
         * running misses it.
         */
        REPLACED("replaced"),
        /** Its time to live ended before it left, or before a block had it; the reason says which. */
        EXPIRED("expired"),
        /** Cancelled before it left, or its transactions were replaced by empty ones. */
        RECALLED("recalled"),
        /** Given up; the reason says why. */
        FAILED("failed");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The word for it in all output, for people and programs. */
        public String word() {
            return word;
        }

        /** Whether some of it has not left yet. */
        public boolean isWaiting() {
            return this == ON_HOLD || this == QUEUED || this == SEALED;
        }

        /**
         * Whether no further work is due. Three of these states can still change with the block chain: CONFIRMED
         * returns to RELAYED if its block is disconnected, and RECALLED and EXPIRED become CONFIRMED if the original is
         * mined after all.
         */
        public boolean isSettled() {
            return this == CONFIRMED || this == REPLACED || this == EXPIRED || this == RECALLED || this == FAILED;
        }
    }

    /**
     * Stores a message to be sent. Once this returns, the message cannot be lost.
     *
     * @throws PayloadTooLargeException names the limit in force, in bytes
     * @throws NoSuchThingException if there is no such channel, or cover traffic prevents it: a carrier other than the
     *     decoys', or a time to live that is too short for so many packets
     */
    Receipt send(Send request) throws PartylineException;

    /**
     * Stores a message to be sent, and data of the caller in the same transaction: after a crash, both are stored or
     * neither is.
     *
     * @param alongside stores the caller's part; if it throws, nothing is stored and nothing is sent
     */
    default Receipt send(Send request, Alongside alongside) throws PartylineException {
        throw new PartylineException("this engine stores nothing beside a message");
    }

    /**
     * Sends those messages to a contact again that may not have been read ({@link Doubt#MAY_BE_UNREAD}).
     *
     * @param persona empty: the current one
     * @return one for each message, in order
     * @throws NoSuchThingException if there is no such contact, or no such message
     */
    default List<Receipt> sendAgain(Optional<String> persona, String contact) throws PartylineException {
        throw new PartylineException("this engine does not resend messages");
    }

    /** Outgoing messages, oldest first. @param all whether to include messages in a final state */
    List<Outgoing> outbox(boolean all) throws PartylineException;

    /** The states of outgoing messages, oldest first. Its cost does not grow with their number. */
    default List<QueueEntry> queue() throws PartylineException {
        return outbox(true).stream()
                .map(one -> new QueueEntry(one.id(), one.state(), one.reason(), one.queued()))
                .toList();
    }

    /** One outgoing message. @throws NoSuchThingException if there is none of that number */
    Outgoing outgoing(long id) throws PartylineException;

    /**
     * Cancels a message that has not left yet.
     *
     * @throws NoSuchThingException if there is no such message, or it has left
     */
    Outgoing cancel(long id) throws PartylineException;

    /**
     * Recalls a message that has left, as far as possible: its unconfirmed transactions are replaced by ones without a
     * message. Anyone who has seen it may still have it.
     *
     * @throws NoSuchThingException if there is no such message, it has not left yet, or it was received
     */
    Recalled recall(long id) throws PartylineException;

    /** The role of a packet for this server. */
    enum Use {
        /** A packet of one of our messages. */
        SENT,
        /** A packet of our cover traffic. */
        COVER,
        /** A packet that was read here. */
        RECEIVED;

        /** The word that programs read. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Returns what packets are to this server, as far as known without opening them. Known only while the store is
     * open.
     *
     * @return one for each packet; empty: a stranger's
     */
    default List<Optional<Use>> uses(List<Nodes.Sighting> packets) throws PartylineException {
        return packets.stream().map(packet -> Optional.<Use>empty()).toList();
    }

    /** Data that a caller stores in the transaction of its message. */
    @FunctionalInterface
    @ConsumerType
    interface Alongside {
        /**
         * Runs once, in the transaction of the message. It must not call this server.
         *
         * @param receipt of the message; the price of a session that it opens is not known yet
         */
        void store(StoreTransaction tx, Receipt receipt) throws PartylineException;
    }

    /** The available carriers, ordered by id. */
    List<Carrier> carriers();

    /**
     * The id of a carrier (ARCHITECTURE, "Two ways to carry"). The carrier may be unavailable.
     *
     * @param id 1 to 24 lower-case letters, digits and hyphens, beginning with a letter
     */
    record Carrier(String id) {
        private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,23}");

        /** Sends each packet in a separate transaction that is left to be mined. */
        public static final Carrier CONFIRM = new Carrier("confirm");
        /** Sends each packet in a replacement of the last transaction; one is mined for a whole conversation. */
        public static final Carrier ROLLING = new Carrier("rolling");

        /** @throws IllegalArgumentException if it is not a valid id */
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
     * @param outgoing the message in its new state
     * @param replaced the number of replaced transactions
     * @param mined the number of transactions that are already in a block, where their packets stay forever
     * @param fee the cost in satoshi
     */
    record Recalled(Outgoing outgoing, int replaced, int mined, long fee) {}

    /** Messages in both directions, in each sender's order, newest last. Marks the returned messages as shown. */
    List<Message> messages(Query query) throws PartylineException;

    /**
     * The numbers of the messages that {@link #messages} would return, in the same order. A screen shows some of them
     * and requests those with {@link #shown}. Marks none as shown.
     */
    default List<Long> order(Query query) throws PartylineException {
        throw new PartylineException("this engine does not report the order of messages");
    }

    /**
     * Returns the messages with these numbers, in this order, without deleted ones. Marks the returned messages as
     * shown.
     *
     * @param ids only as many as a screen shows
     */
    default List<Shown> shown(List<Long> ids) throws PartylineException {
        throw new PartylineException("this engine shows whole conversations only");
    }

    /** Incomplete messages, in the order in which their first packet arrived. */
    default List<Pieces> incomplete() throws PartylineException {
        return List.of();
    }

    /**
     * The price of a message at the present fee rates, shown while it is being written. Stores nothing, and asks no
     * wallet.
     *
     * @throws PayloadTooLargeException names the limit in force, in bytes
     * @throws NoSuchThingException as {@link #send}
     */
    default Price price(Send request) throws PartylineException {
        throw new PartylineException("this engine shows the price only when it sends");
    }

    /**
     * The maximum price of packets to a contact at the present fee rates, in satoshi; empty if no node gives an
     * estimate.
     *
     * @param persona empty: the current one
     * @param sizes of the packets, in bytes
     */
    default Optional<Long> price(Optional<String> persona, String contact, List<Integer> sizes)
            throws PartylineException {
        return Optional.empty();
    }

    /** The number of stored version-1 messages. Marks none as shown. */
    long legacyKept() throws PartylineException;

    /**
     * Returns one message with its text. Reading a burn message erases it.
     *
     * @throws NoSuchThingException if there is no message of that number, or it was burned or has expired
     */
    Message read(long id) throws PartylineException;

    /**
     * Subscribes to incoming messages, in each sender's order, and to changes of outgoing ones.
     *
     * @param listener called from one thread at a time; must not block
     * @return closes the subscription
     */
    AutoCloseable follow(Query query, Consumer<Event> listener);

    /**
     * Describes the packets of a transaction, and opens them if possible.
     *
     * @param txidOrHex a transaction id, a raw transaction or a packet's payload, in hex
     * @throws NoSuchThingException if it is none of these, or no node knows the transaction
     */
    List<Inspection> inspect(String txidOrHex) throws PartylineException;

    /**
     * A message to send.
     *
     * @param persona empty: the current one
     * @param direct whether {@code to} is a contact, not a channel
     * @param to a channel's or a contact's name
     * @param text at least one byte of UTF-8, at most the limit that {@link PayloadTooLargeException} names
     * @param ttl 1 minute to 45 days, rounded up to minutes, counted from sealing; empty: the receivers' own limit
     * @param burn show it once, then erase it
     * @param sign prove to the readers who wrote it, forever; requires packets of 128 bytes or more
     * @param via the node to send through; empty for any
     * @param carrier empty: the channel's, or the configured one if the channel has none; always the configured one
     *     with cover traffic
     * @param replyTo the message of the same conversation that it answers; empty if none
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
        /** A message that is not a reply. */
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

        /** Creates a message with the configured carrier. */
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

        /** Through any node. */
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

        /** Creates an unsigned message to a channel. */
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
     * @param packets the number of packets, and thus of transactions, including a chain's opener
     * @param bytes the size of all packets
     * @param estimatedFee the maximum fee of all packets at the present rates, in satoshi; empty if no node gives an
     *     estimate
     * @param openingFee the maximum fee, in satoshi, of the additional packets that open a session; empty if this
     *     message opens none, or no node gives an estimate
     * @param leaves the earliest time at which it leaves
     * @param waits why it waits, in one line; empty if it does not
     * @param jitter mean of the random delay before a packet leaves; zero: no delay
     * @param margin satoshi by which the fee may rise if rates rise or a shared transaction is lost; beyond, it waits
     * @param warnings warnings to the sender, one line each, shown once for each conversation
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
     * The price of a message that was not sent.
     *
     * @param packets the number of packets, and thus of transactions, including a chain's opener; 0: not known before
     *     sealing
     * @param bytes the size of all packets
     * @param fee the maximum fee of all packets at the present rates, in satoshi; empty if no node gives an estimate
     * @param margin satoshi by which the fee may rise if rates rise or a shared transaction is lost; beyond, it waits
     * @param warnings warnings to the sender, one line each
     */
    record Price(int packets, int bytes, Optional<Long> fee, long margin, List<String> warnings) {
        public Price {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * A message as a screen shows it.
     *
     * @param message the message
     * @param outgoing its delivery if it is ours, for as long as that is kept; empty for a received message
     * @param nodes the number of nodes that show all its transactions; 0 for a received message
     */
    record Shown(Message message, Optional<Outgoing> outgoing, int nodes) {}

    /**
     * A message of which only some packets have arrived.
     *
     * @param persona its name
     * @param direct whether it comes from a contact
     * @param channel the name of the channel or contact
     * @param sender the nickname that its sender gave; empty
     * @param have the number of packets that have arrived
     * @param of the number of its packets
     */
    record Pieces(String persona, boolean direct, String channel, String sender, int have, int of) {}

    /**
     * Selects messages to list.
     *
     * @param persona empty: every persona
     * @param channel empty: every channel
     * @param from a nickname; empty for everyone
     * @param since empty: all that are stored
     * @param contact only messages with this contact; empty: also those of channels
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

        /** Creates a query for channels and contacts. */
        public Query(
                Optional<String> persona, Optional<String> channel, Optional<String> from, Optional<Instant> since) {
            this(persona, channel, from, since, Optional.empty());
        }
    }

    /**
     * A message with everything that is shown to a reader.
     *
     * @param id its number
     * @param persona whose inbox or outbox it is in
     * @param direct whether it is between this persona and a contact
     * @param channel the name of the channel or contact
     * @param outgoing whether it is our own
     * @param sender the nickname that its sender gave; empty if none
     * @param legacy a version-1 message
     * @param burn erased once read
     * @param text empty while a burn message is unread
     * @param sent the sender's timestamp
     * @param arrived when it arrived; for our own, when it was stored
     * @param expires when it is deleted
     * @param sequence position on its sender's chain
     * @param transactions the transactions that carried it
     * @param block height of the block it is in
     * @param state of an outgoing message
     * @param notice a notice about the conversation instead of a message: a contact has new keys, or closed the session
     * @param signedBy who provably wrote it: the name of a contact or of our persona, or {@code an unknown key}; empty:
     *     unproven
     * @param remarks the message it replies to, and its reactions and edits
     * @param gap for a notice about messages that are missing before the next one of the same sender; otherwise empty
     * @param doubt whether it may be unread although it was sent
     * @param confirmations the number of blocks from its own to the tip of the chain; empty: it is not in a block, or
     *     no node reports it
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
        /** No doubt: its state says all that is known. */
        NONE,
        /** Its reader has not shown that it arrived. */
        MAY_BE_UNREAD,
        /** It may be unread, and was sent again. */
        SENT_AGAIN
    }

    /**
     * Messages of one sender that are missing between two others (PROTOCOL 5, "Gaps"). Positions of a chain are
     * counted: an unseen position may have carried no message, so the count is an upper bound. Packets that are known
     * to belong to one message count once.
     *
     * @param most the maximum number of missing messages, from 1
     * @param first the first missing position of the sender's chain
     * @param last the last one; all positions between them are missing, too
     * @param mayArrive whether one of them can still be read if it arrives: within 24 hours. Otherwise they are lost
     *     here
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
     * @param reply whether it is a reply
     * @param quote the message that it replies to; empty if it is not a reply, or if that message is not stored or is
     *     ambiguous
     * @param edited when its sender edited it, by the sender's clock; empty for never
     * @param reactions at most one for each sender, in the order in which they first arrived
     * @param mentioned whether it names our persona as {@code @name}; always false for a burn message
     * @param delivered for our own: when its reader's server was first known to have it; empty if unknown
     * @param read for our own: when it was first known to have been shown to its reader; empty if unknown
     */
    record Remarks(
            boolean reply,
            Optional<Quote> quote,
            Optional<Instant> edited,
            List<Reaction> reactions,
            boolean mentioned,
            Optional<Instant> delivered,
            Optional<Instant> read) {
        /** No remarks. */
        public static final Remarks NONE = new Remarks(false, Optional.empty(), Optional.empty(), List.of(), false);

        public Remarks {
            reactions = List.copyOf(reactions);
        }

        /** Without receipts. */
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
     * A message that another one replies to, in its present form.
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
     * @param sender as in a {@link Message}: a nickname in a channel, which anyone may choose; otherwise the contact's
     *     name
     * @param own whether it is ours
     * @param reaction one grapheme, of at most 16 bytes
     * @param signedBy as in a {@link Message}
     */
    record Reaction(String sender, boolean own, String reaction, Optional<String> signedBy) {}

    /**
     * The state of an outgoing message.
     *
     * @param id its number
     * @param state its state
     * @param reason why it waits or failed, in one line; empty
     * @param queued when it was stored
     */
    record QueueEntry(long id, State state, String reason, Instant queued) {}

    /**
     * An outgoing message.
     *
     * @param id its number
     * @param persona the sender
     * @param direct whether it is to a contact
     * @param channel the name of the channel or contact
     * @param kind {@code message}, {@code reply}; about another message: {@code reaction}, {@code edit}, {@code
     *     forget}; or sent by the session itself: {@code handshake}, {@code answer}, {@code key update}, {@code
     *     control}
     * @param state its state
     * @param reason why it waits or failed, in one line; empty
     * @param queued when it was stored
     * @param expires when it is given up if it has not left; otherwise, when its processing ends
     * @param burn whether receivers show it once only
     * @param textBytes length of the text
     * @param parts its packets, once sealed
     * @param carrier its carrier
     * @param confirmations the number of blocks from its own to the tip of the chain; empty: it is not in a block, or
     *     that is unknown
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

        /** The fees of its signed transactions, in satoshi. */
        public long fee() {
            return parts.stream().mapToLong(Part::fee).sum();
        }
    }

    /**
     * One packet of an outgoing message.
     *
     * @param bytes its length
     * @param state its state, as for a message
     * @param transaction its transaction, once signed
     * @param vsize virtual bytes of the transaction; 0 before
     * @param fee satoshi; 0 before
     * @param node the node that it was sent through; empty before
     */
    record Part(int bytes, State state, Optional<TxId> transaction, int vsize, long fee, String node) {}

    /**
     * An event for listeners: a message arrived, changed, or was sent.
     *
     * @param message the message that arrived; empty for a change of state
     * @param outgoing the message that changed; empty for an arrival
     * @param change a change of an existing message; empty if none
     */
    record Event(Optional<Message> message, Optional<Outgoing> outgoing, Optional<Change> change) {
        /** An event that changes no existing message. */
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
     * @param channel the name of the channel or contact
     * @param message the present version; empty if it was erased
     */
    record Change(Kind kind, long id, String persona, boolean direct, String channel, Optional<Message> message) {
        /** The kind of a change. */
        public enum Kind {
            /** Someone reacted, or withdrew a reaction. */
            REACTION,
            /** Its sender edited the text. */
            EDITED,
            /** It was erased: its sender recalled it, or we erased it. */
            ERASED,
            /** It is a gap, and the number of missing messages changed, or they can no longer arrive. */
            GAP,
            /** A receipt for one of our messages arrived. */
            RECEIPT,
            /**
             * A packet of an incomplete message arrived ({@link Messages#incomplete}); the message has no number yet,
             * so {@code id} is 0.
             */
            PIECE
        }
    }

    /**
     * The contents of one OP_RETURN output.
     *
     * @param output its index, or -1 for a payload
     * @param bytes its length
     * @param verdict one line: what it is, or why it cannot be opened
     * @param channel the channel whose key opened it
     * @param json the JSON view of PROTOCOL 9
     */
    record Inspection(int output, int bytes, String verdict, Optional<String> channel, Optional<String> json) {}
}
