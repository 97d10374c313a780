package org.partyline.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.transport.SignedTransaction;

/** What the engine keeps in the store: tables, keys, and the records' forms. */
final class Records {
    static final String PERSONAS = "personas";
    static final String MEMBERSHIPS = "memberships";
    static final String RECEIVE_CHAINS = "receive-chains";
    static final String SEND_CHAINS = "send-chains";
    static final String MESSAGES = "messages";
    static final String OUTGOING = "outgoing";
    static final String FRAGMENTS = "fragments";
    static final String SEEN = "seen-locators";
    static final String UNMATCHED = "unmatched";
    static final String PARKED = "parked";
    static final String COUNTERS = "counters";
    static final String IDENTITIES = "identities";
    static final String CONTACTS = "contacts";
    static final String SESSIONS = "sessions";
    static final String ROLLS = "rolls";
    static final String SPENT = "spent";
    static final String COVER = "cover";
    static final String SIZES = "sent-sizes";

    static final byte[] ALL = {};

    private Records() {}

    /** A number as a key. */
    static byte[] key(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** Numbers and bytes as one key; the numbers have fixed lengths and only the last part varies in length. */
    static byte[] key(long number, byte[] rest) {
        return ByteBuffer.allocate(Long.BYTES + rest.length)
                .putLong(number)
                .put(rest)
                .array();
    }

    static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A face of this server. */
    record Persona(int id, String name, boolean current) {
        /** The wallet account: the first persona has the wallet's own. */
        String account() {
            return id == 1 ? "" : "p" + id;
        }
    }

    /**
     * A persona's keys.
     *
     * @param since when they were made, in milliseconds
     * @param messages sealed since then
     * @param oldSigningSeed the keys before, while contacts may still use them; null when there are none
     * @param oldUntil when those are erased, in milliseconds
     * @param restored when they came in from a backup, in milliseconds; 0: they were made here
     */
    record Identity(
            int persona,
            byte[] signingSeed,
            byte[] agreementPrivate,
            byte[] inboxSecret,
            long since,
            long messages,
            byte[] oldSigningSeed,
            byte[] oldAgreementPrivate,
            byte[] oldInboxSecret,
            long oldUntil,
            long restored) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Identity";
        }

        Identity withMessages(long count) {
            return new Identity(
                    persona,
                    signingSeed,
                    agreementPrivate,
                    inboxSecret,
                    since,
                    count,
                    oldSigningSeed,
                    oldAgreementPrivate,
                    oldInboxSecret,
                    oldUntil,
                    restored);
        }
    }

    /**
     * Somebody whom a persona knows. Its number is of the same series as those of memberships.
     *
     * @param signing Ed25519, 32 bytes; null for a stranger whose card is not known
     * @param agreement X25519, 32 bytes
     * @param inboxSecret 16 bytes; null for a stranger
     * @param trust a {@link org.partyline.api.engine.Contacts.Trust}
     * @param added in milliseconds
     * @param told whether it was told of the persona's newest keys
     * @param lastTimestamp the newest timestamp we gave out, so that ours never go back
     */
    record Contact(
            int id,
            int persona,
            String name,
            int network,
            byte[] signing,
            byte[] agreement,
            byte[] inboxSecret,
            String trust,
            long added,
            boolean told,
            long lastTimestamp) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Contact";
        }

        boolean isStranger() {
            return signing == null;
        }

        Contact withName(String newName) {
            return new Contact(
                    id, persona, newName, network, signing, agreement, inboxSecret, trust, added, told, lastTimestamp);
        }

        Contact withKeys(byte[] newSigning, byte[] newAgreement, byte[] newInbox, String newTrust) {
            return new Contact(
                    id,
                    persona,
                    name,
                    network,
                    newSigning,
                    newAgreement,
                    newInbox,
                    newTrust,
                    added,
                    told,
                    lastTimestamp);
        }

        Contact withTrust(String newTrust) {
            return withKeys(signing, agreement, inboxSecret, newTrust);
        }

        Contact withTold(boolean newTold) {
            return new Contact(
                    id, persona, name, network, signing, agreement, inboxSecret, trust, added, newTold, lastTimestamp);
        }

        Contact withTimestamp(long timestamp) {
            return new Contact(
                    id, persona, name, network, signing, agreement, inboxSecret, trust, added, told, timestamp);
        }
    }

    /**
     * A persona's place in a channel.
     *
     * @param root of {@code rootDay}, the oldest day that is kept
     * @param legacyKey of version-1 messages; null where they are not read
     * @param lastTimestamp the newest timestamp we gave out, so that ours never go back
     * @param carrier of messages that do not name one; empty or null: as the setting says
     */
    record Membership(
            int id,
            int persona,
            String name,
            int network,
            String mode,
            int kdf,
            int timeCost,
            int memory,
            int parallelism,
            byte[] salt,
            int startDay,
            int rootDay,
            byte[] root,
            byte[] legacyKey,
            long lastTimestamp,
            String carrier) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Membership";
        }

        KdfParameters parameters() {
            return new KdfParameters(KdfId.ofCode(kdf).orElseThrow(), timeCost, memory, parallelism);
        }

        Membership withRoot(int day, byte[] newRoot) {
            return new Membership(
                    id,
                    persona,
                    name,
                    network,
                    mode,
                    kdf,
                    timeCost,
                    memory,
                    parallelism,
                    salt,
                    startDay,
                    day,
                    newRoot,
                    legacyKey,
                    lastTimestamp,
                    carrier);
        }

        /** The same place for another persona, under another number. */
        Membership movedTo(int newId, int newPersona) {
            return new Membership(
                    newId,
                    newPersona,
                    name,
                    network,
                    mode,
                    kdf,
                    timeCost,
                    memory,
                    parallelism,
                    salt,
                    startDay,
                    rootDay,
                    root.clone(),
                    legacyKey == null ? null : legacyKey.clone(),
                    lastTimestamp,
                    carrier);
        }

        Membership withTimestamp(long timestamp) {
            return new Membership(
                    id,
                    persona,
                    name,
                    network,
                    mode,
                    kdf,
                    timeCost,
                    memory,
                    parallelism,
                    salt,
                    startDay,
                    rootDay,
                    root,
                    legacyKey,
                    timestamp,
                    carrier);
        }

        /** Empty: as the setting says. */
        Optional<Messages.Carrier> itsCarrier() {
            // Earlier versions stored none.
            return carrier == null || carrier.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Messages.Carrier.valueOf(carrier));
        }

        Membership withCarrier(Optional<Messages.Carrier> chosen) {
            return new Membership(
                    id,
                    persona,
                    name,
                    network,
                    mode,
                    kdf,
                    timeCost,
                    memory,
                    parallelism,
                    salt,
                    startDay,
                    rootDay,
                    root,
                    legacyKey,
                    lastTimestamp,
                    carrierName(chosen));
        }

        static String carrierName(Optional<Messages.Carrier> chosen) {
            return chosen.map(Messages.Carrier::name).orElse("");
        }
    }

    /** What a chain carries. */
    enum Kind {
        /** A channel member's messages. */
        CHANNEL,
        /** A contact's messages. */
        SESSION,
        /** The answer to a handshake of ours. */
        REPLY
    }

    /**
     * Another sender's chain.
     *
     * @param number unique in the store
     * @param membership the channel's or the contact's number
     * @param session 8 bytes, the chain's local name
     * @param suite that opened its first packet
     * @param nickname as its sender gave it
     * @param opened the timestamp of its first packet: puts a sender's chains in order; of a REPLY, when the handshake was made
     * @param handshake what is needed to end the handshake; null but for a REPLY
     * @param retires when it is no longer read, in milliseconds; 0 while it is current
     */
    record Incoming(
            int number,
            int membership,
            Kind kind,
            byte[] session,
            int suite,
            String nickname,
            long opened,
            byte[] chain,
            byte[] handshake,
            long retires) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Incoming";
        }

        Incoming with(byte[] newChain) {
            return new Incoming(
                    number, membership, kind, session, suite, nickname, opened, newChain, handshake, retires);
        }

        Incoming retiring(long time) {
            return new Incoming(number, membership, kind, session, suite, nickname, opened, chain, handshake, time);
        }
    }

    /** Our own running chain in a membership. */
    record Sending(int membership, byte[] session, int suite, byte[] chain) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Sending";
        }
    }

    /**
     * A message that is kept.
     *
     * @param sender nickname; empty
     * @param chain number of the chain it came on; -1 for a sealed or version-1 message
     * @param chainOpened timestamp of that chain's first packet; its own timestamp where there is no chain
     * @param sequence position of its first packet on the chain; -1 for a chain's opener and where there is no chain
     * @param sent Unix seconds, the sender's
     * @param arrived milliseconds
     * @param expires milliseconds
     * @param block height, or -1
     * @param packets their {@link PacketId}s
     * @param transactions 32 bytes each, display order
     * @param views JSON view of each packet
     * @param notice not somebody's words but news of the conversation
     * @param signer who signed it: a contact's number, or one of {@link Signer}
     * @param locator of its first packet, 16 hex digits; empty for our own
     */
    record Message(
            long id,
            int membership,
            boolean outgoing,
            String sender,
            boolean legacy,
            boolean burn,
            String text,
            int chain,
            long chainOpened,
            int sequence,
            long sent,
            long arrived,
            long expires,
            int block,
            boolean shown,
            List<byte[]> packets,
            List<byte[]> transactions,
            List<String> views,
            boolean notice,
            int signer,
            String locator) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Message";
        }

        Message with(int newBlock, List<byte[]> newTransactions) {
            return new Message(
                    id,
                    membership,
                    outgoing,
                    sender,
                    legacy,
                    burn,
                    text,
                    chain,
                    chainOpened,
                    sequence,
                    sent,
                    arrived,
                    expires,
                    newBlock,
                    shown,
                    packets,
                    newTransactions,
                    views,
                    notice,
                    signer,
                    locator);
        }

        Message expiring(long time) {
            return new Message(
                    id,
                    membership,
                    outgoing,
                    sender,
                    legacy,
                    burn,
                    text,
                    chain,
                    chainOpened,
                    sequence,
                    sent,
                    arrived,
                    time,
                    block,
                    shown,
                    packets,
                    transactions,
                    views,
                    notice,
                    signer,
                    locator);
        }

        Message asShown() {
            return new Message(
                    id,
                    membership,
                    outgoing,
                    sender,
                    legacy,
                    burn,
                    text,
                    chain,
                    chainOpened,
                    sequence,
                    sent,
                    arrived,
                    expires,
                    block,
                    true,
                    packets,
                    transactions,
                    views,
                    notice,
                    signer,
                    locator);
        }

        Message sealed(int newSequence, long opened, long timestamp, List<byte[]> ids, List<String> newViews) {
            return new Message(
                    id,
                    membership,
                    outgoing,
                    sender,
                    legacy,
                    burn,
                    text,
                    chain,
                    opened,
                    newSequence,
                    timestamp,
                    arrived,
                    expires,
                    block,
                    shown,
                    ids,
                    transactions,
                    newViews,
                    notice,
                    signer,
                    locator);
        }
    }

    /** Who signed a message, where it is no contact. */
    static final class Signer {
        /** Nobody: it is deniable. */
        static final int NOBODY = 0;
        /** Ourselves. */
        static final int SELF = -1;
        /** A key that is no contact's. */
        static final int UNKNOWN = -2;
        /** The signature is wrong, or only some pieces have one. */
        static final int WRONG = -3;

        private Signer() {}
    }

    /**
     * An outgoing message's way.
     *
     * @param reason why it waits or failed; empty
     * @param expires until when it waits to leave; once it is out, until when it is looked after; in milliseconds
     * @param textBytes length of the text
     * @param type code of the {@link org.partyline.api.packet.PacketType}
     * @param body what it says, where there is no {@link Message} that has the words; null otherwise
     * @param sign whether its packets are signed
     * @param stamped its packets' timestamp, in seconds; 0 before they are sealed
     * @param rolling whether it rides in the persona's rolling transaction
     * @param opens whether its first packet opens a chain, without which the chain's others cannot be read
     */
    record Outgoing(
            long id,
            int membership,
            State state,
            String reason,
            long queued,
            long expires,
            int ttlMinutes,
            boolean burn,
            int textBytes,
            List<Part> parts,
            int type,
            byte[] body,
            boolean sign,
            long stamped,
            boolean rolling,
            boolean opens) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Outgoing";
        }

        Outgoing with(State newState, String newReason) {
            return new Outgoing(
                    id,
                    membership,
                    newState,
                    newReason,
                    queued,
                    expires,
                    ttlMinutes,
                    burn,
                    textBytes,
                    parts,
                    type,
                    body,
                    sign,
                    stamped,
                    rolling,
                    opens);
        }

        Outgoing with(List<Part> newParts) {
            return sealed(newParts, newParts.isEmpty() ? 0 : stamped, opens);
        }

        Outgoing sealed(List<Part> newParts, long timestamp, boolean newOpens) {
            return new Outgoing(
                    id,
                    membership,
                    state,
                    reason,
                    queued,
                    expires,
                    ttlMinutes,
                    burn,
                    textBytes,
                    newParts,
                    type,
                    body,
                    sign,
                    timestamp,
                    rolling,
                    newOpens);
        }

        Outgoing with(int index, Part part) {
            List<Part> changed = new ArrayList<>(parts);
            changed.set(index, part);
            return with(changed);
        }

        Outgoing expiring(long time) {
            return new Outgoing(
                    id,
                    membership,
                    state,
                    reason,
                    queued,
                    time,
                    ttlMinutes,
                    burn,
                    textBytes,
                    parts,
                    type,
                    body,
                    sign,
                    stamped,
                    rolling,
                    opens);
        }

        Outgoing carried(boolean rolls) {
            return new Outgoing(
                    id,
                    membership,
                    state,
                    reason,
                    queued,
                    expires,
                    ttlMinutes,
                    burn,
                    textBytes,
                    parts,
                    type,
                    body,
                    sign,
                    stamped,
                    rolls,
                    opens);
        }

        /** Whether nodes have taken all of it, though some may have to ride again. */
        boolean isOut() {
            return !parts.isEmpty() && parts.stream().allMatch(Part::isOut);
        }

        /** Whether a node has taken some of it. */
        boolean isBegun() {
            return parts.stream().anyMatch(Part::isOut);
        }

        /** When the first of its packets left that have to ride again, in milliseconds; empty: none has to. */
        OptionalLong ridesAgain() {
            return parts.stream().filter(Part::ridesAgain).mapToLong(Part::left).min();
        }

        /** Whether a transaction was made for some of it. */
        boolean isPaid() {
            return parts.stream()
                    .anyMatch(part -> part.raw() != null || !part.earlier().isEmpty());
        }

        /** When its readers drop it, in milliseconds: the time to live that they were told counts from its timestamp. */
        OptionalLong dropped() {
            return ttlMinutes == 0 || stamped == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of((stamped + 60L * ttlMinutes) * 1000);
        }

        /** When it is given up if it is not out, in milliseconds; when nothing more is done for it if it is. */
        long ends() {
            return isOut() ? expires : Math.min(expires, dropped().orElse(Long.MAX_VALUE));
        }

        /** Whether it opens or answers a handshake: it waits for nothing that is before it. */
        boolean isHandshake() {
            return type == PacketType.HANDSHAKE_INIT.code() || type == PacketType.HANDSHAKE_RESP.code();
        }

        /** Whether a session cannot go on without it, and it cannot be sealed again. */
        boolean carriesSession() {
            return type == PacketType.HANDSHAKE_RESP.code() || type == PacketType.KEY_UPDATE.code();
        }

        /** Whether it is somebody's words. */
        boolean isText() {
            return type == PacketType.TEXT.code();
        }

        /** Satoshi that its signed transactions pay. */
        long fee() {
            return parts.stream().mapToLong(Part::fee).sum();
        }

        /** Whether a node may have got any of it. */
        boolean left() {
            return parts.stream().anyMatch(part -> part.attempted() || part.left() != 0);
        }

        /** The state that follows from the parts', once it is sealed. */
        State progress() {
            State least = State.CONFIRMED;
            boolean replaced = false;
            for (Part part : parts) {
                replaced |= part.state() == State.REPLACED;
                if (part.state().ordinal() < least.ordinal()) {
                    least = part.state();
                }
            }
            return least == State.CONFIRMED && replaced ? State.REPLACED : least;
        }
    }

    /** A signed transaction. */
    record Signed(byte[] raw, byte[] transaction, int vsize, long fee) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Signed";
        }
    }

    /**
     * One packet of an outgoing message.
     *
     * @param state SEALED, BROADCAST, SEEN, CONFIRMED, or REPLACED: it rode in a transaction that others took the place of
     * @param attempted set before the transaction is handed to a node for the first time
     * @param raw the signed transaction; null before
     * @param transaction its id; null before
     * @param wallet that signed; empty
     * @param node it went in by; empty
     * @param tried when it was last handed to a node, in milliseconds
     * @param leaves when it may leave at the earliest, in milliseconds; 0 before that was drawn
     * @param earlier ids of other transactions that carried it before
     * @param carrier the transaction that the signed one, which carries nothing, is to take the place of; null: it carries the packet
     * @param left when it left, in milliseconds, whatever became of its transaction; 0: no node has shown it
     */
    record Part(
            byte[] packet,
            State state,
            boolean attempted,
            byte[] raw,
            byte[] transaction,
            int vsize,
            long fee,
            String wallet,
            String node,
            long tried,
            long leaves,
            List<byte[]> earlier,
            Signed carrier,
            long left) {
        private static final int MOST_EARLIER = 32;

        Part {
            earlier = earlier == null ? List.of() : List.copyOf(earlier);
        }

        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Part";
        }

        static Part of(byte[] packet) {
            return new Part(packet, State.SEALED, false, null, null, 0, 0, "", "", 0, 0, List.of(), null, 0);
        }

        Part signed(byte[] newRaw, byte[] id, int newVsize, long newFee, String newWallet) {
            return signed(newRaw, id, newVsize, newFee, newWallet, null);
        }

        private Part signed(byte[] newRaw, byte[] id, int newVsize, long newFee, String newWallet, Signed newCarrier) {
            return new Part(
                    packet,
                    state,
                    false,
                    newRaw,
                    id,
                    newVsize,
                    newFee,
                    newWallet,
                    node,
                    tried,
                    leaves,
                    carriers(),
                    newCarrier,
                    left);
        }

        /** With a transaction that carries nothing, to take the place of the one that carries it. */
        Part emptied(SignedTransaction nothing, String newWallet) {
            return signed(
                    nothing.raw(),
                    nothing.id().bytes(),
                    nothing.vsize(),
                    nothing.fee(),
                    newWallet,
                    new Signed(raw, transaction, vsize, fee));
        }

        /** The ids of the transactions that carried it so far. */
        private List<byte[]> carriers() {
            if (transaction == null) {
                return earlier;
            }
            List<byte[]> all = new ArrayList<>(earlier);
            all.add(transaction);
            return all.size() > MOST_EARLIER ? all.subList(all.size() - MOST_EARLIER, all.size()) : all;
        }

        /** Whether a transaction carries it, or carried it. */
        boolean rodeIn(byte[] id) {
            return Arrays.equals(transaction, id) || earlier.stream().anyMatch(one -> Arrays.equals(one, id));
        }

        /** Whether nodes took it, though it may be about to ride in another transaction now. */
        boolean isOut() {
            return state != State.SEALED || left != 0;
        }

        /** Whether nodes showed it in a transaction that will be in no block: it is to ride in another one. */
        boolean ridesAgain() {
            return state == State.SEALED && raw == null && left != 0;
        }

        /** For another transaction: the one before is no more. What no node showed may not have left at all. */
        Part unsigned() {
            long known = state.ordinal() >= State.SEEN.ordinal() ? left : 0;
            return new Part(packet, State.SEALED, false, null, null, 0, 0, "", "", 0, leaves, carriers(), null, known);
        }

        Part attempt(String newNode, long now) {
            return new Part(
                    packet,
                    state,
                    true,
                    raw,
                    transaction,
                    vsize,
                    fee,
                    wallet,
                    newNode,
                    now,
                    leaves,
                    earlier,
                    carrier,
                    left);
        }

        Part with(State newState) {
            return new Part(
                    packet,
                    newState,
                    attempted,
                    raw,
                    transaction,
                    vsize,
                    fee,
                    wallet,
                    node,
                    tried,
                    leaves,
                    earlier,
                    carrier,
                    left == 0 && newState != State.SEALED ? Math.max(1, tried) : left);
        }

        Part leaving(long time) {
            return new Part(
                    packet,
                    state,
                    attempted,
                    raw,
                    transaction,
                    vsize,
                    fee,
                    wallet,
                    node,
                    tried,
                    time,
                    earlier,
                    carrier,
                    left);
        }

        /** The transaction that stands in a block, of those that carried it: what was to take its place does so no more. */
        Part minedIn(byte[] id) {
            Signed paid = carrier == null ? new Signed(raw, transaction, vsize, fee) : carrier;
            return new Part(
                    packet,
                    State.CONFIRMED,
                    attempted || carrier != null,
                    paid.raw(),
                    id,
                    paid.vsize(),
                    paid.fee(),
                    wallet,
                    node,
                    tried,
                    leaves,
                    earlier,
                    null,
                    left == 0 ? Math.max(1, tried) : left);
        }
    }

    /**
     * A rolling transaction: each version takes the place of the one before (ARCHITECTURE, "Two ways to carry").
     *
     * @param raw the current version
     * @param replaced the version before, whose change is held until this one is with a node; null when there is none
     * @param sent whether it was handed to a node
     * @param started in milliseconds
     * @param lastSent when the last version was handed over, in milliseconds; 0 before
     * @param rides the packets in the current version, newest last
     * @param versions all of them, the current one last
     * @param ended no more packets board: it is to be confirmed as it is
     */
    record Roll(
            int persona,
            int network,
            String wallet,
            byte[] raw,
            byte[] replaced,
            byte[] transaction,
            int vsize,
            long fee,
            boolean sent,
            long started,
            long lastSent,
            List<Ride> rides,
            List<Version> versions,
            boolean ended) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Roll";
        }

        Roll handed(long now) {
            return new Roll(
                    persona,
                    network,
                    wallet,
                    raw,
                    null,
                    transaction,
                    vsize,
                    fee,
                    true,
                    started,
                    now,
                    rides,
                    versions,
                    ended);
        }

        Roll ending() {
            return new Roll(
                    persona,
                    network,
                    wallet,
                    raw,
                    replaced,
                    transaction,
                    vsize,
                    fee,
                    sent,
                    started,
                    lastSent,
                    rides,
                    versions,
                    true);
        }

        /** With packets of one message as those of another one. */
        Roll renamed(long message, long other) {
            List<Ride> newRides = rides.stream()
                    .map(ride -> ride.message() == message
                            ? new Ride(other, ride.part(), ride.packet(), ride.opener())
                            : ride)
                    .toList();
            List<Version> newVersions = versions.stream()
                    .map(version -> new Version(
                            version.transaction(),
                            version.fee(),
                            version.rides().stream()
                                    .map(code -> code >> 8 == message ? other << 8 | code & 0xff : code)
                                    .toList()))
                    .toList();
            return new Roll(
                    persona,
                    network,
                    wallet,
                    raw,
                    replaced,
                    transaction,
                    vsize,
                    fee,
                    sent,
                    started,
                    lastSent,
                    newRides,
                    newVersions,
                    ended);
        }

        boolean has(byte[] id) {
            return versions.stream().anyMatch(version -> Arrays.equals(version.transaction(), id));
        }
    }

    /** A packet in a version of a roll. @param opener whether packets behind it cannot be read without it */
    record Ride(long message, int part, byte[] packet, boolean opener) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Ride";
        }
    }

    /** A version of a roll. @param rides message and part of each packet in it, as {@code message << 8 | part} */
    record Version(byte[] transaction, long fee, List<Long> rides) {}

    /** What was spent. @param covered on a packet, whatever it says, that left at a point of cover traffic */
    record Spent(long time, long fee, boolean covered, int persona) {}

    /** Sizes of the packets that a persona sent lately, oldest first. */
    record Sizes(List<Integer> newest) {
        Sizes {
            newest = newest == null ? List.of() : List.copyOf(newest);
        }
    }

    /** A persona's cover traffic. @param mean between two packets, in milliseconds @param next when, in milliseconds */
    record CoverPlan(
            int persona, boolean running, long mean, long budget, long next, long messages, long decoys, long since) {
        /** With a next point and what left at the last one. */
        CoverPlan next(long time, int moreMessages, int moreDecoys) {
            return new CoverPlan(
                    persona, running, mean, budget, time, messages + moreMessages, decoys + moreDecoys, since);
        }
    }

    /** A piece of a message that is not whole yet. */
    record Fragment(
            int index,
            int count,
            int messageId,
            boolean burn,
            long timestamp,
            int ttlMinutes,
            byte[] body,
            String sender,
            int chain,
            long chainOpened,
            int sequence,
            long arrived,
            int block,
            byte[] packet,
            byte[] transaction,
            String view,
            int signer,
            String locator) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Fragment";
        }
    }
}
