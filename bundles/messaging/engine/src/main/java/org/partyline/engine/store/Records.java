package org.partyline.engine.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Messages;
import org.partyline.engine.continuity.Continuity;
import org.partyline.engine.scan.PacketId;

/** What the engine keeps in the store: tables, keys, and the records' forms. */
public final class Records {
    public static final String PERSONAS = "personas";
    public static final String MEMBERSHIPS = "memberships";
    public static final String RECEIVE_CHAINS = "receive-chains";
    public static final String SEND_CHAINS = "send-chains";
    public static final String MESSAGES = "messages";
    public static final String OUTGOING = "outgoing";
    public static final String FRAGMENTS = "fragments";
    public static final String SEEN = "seen-locators";
    public static final String SEEN_CHAINS = "seen-chains";
    public static final String UNMATCHED = "unmatched";
    public static final String PARKED = "parked";
    public static final String KNOWN_SUITES = "known-suites";
    public static final String COUNTERS = "counters";
    public static final String IDENTITIES = "identities";
    public static final String CONTACTS = "contacts";
    public static final String SESSIONS = "sessions";
    public static final String ACCEPTED = "accepted";
    public static final String ACCOUNTS = "accounts";
    public static final String WAITING = "waiting-handshakes";
    public static final String ROLLS = "rolls";
    public static final String SPENT = "spent";
    public static final String COVER = "cover";
    public static final String SIZES = "sent-sizes";
    public static final String CONTINUITY = "continuity";

    public static final byte[] ALL = {};

    private Records() {}

    /** A number as a key. */
    public static byte[] key(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** Numbers and bytes as one key; the numbers have fixed lengths and only the last part varies in length. */
    public static byte[] key(long number, byte[] rest) {
        return ByteBuffer.allocate(Long.BYTES + rest.length)
                .putLong(number)
                .put(rest)
                .array();
    }

    public static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A persona of this server. */
    public record Persona(int id, String name, boolean current) {
        /** The wallet account: the first persona has the wallet's own. */
        public String account() {
            return id == 1 ? "" : "p" + id;
        }
    }

    /** An account of the wallets beside the persona's own, for contacts. @param number of one series with the personas' */
    public record Account(int number, int persona, String name) {
        /** As the wallets call it. */
        public String wallets() {
            return "p" + number;
        }
    }

    /**
     * A persona's keys.
     *
     * @param since when they were made, in milliseconds
     * @param messages sealed since then
     * @param oldSigningSeed the keys before, while contacts may still use them; null when there are none
     * @param oldUntil when those are erased, in milliseconds
     * @param restored when they came in from a backup, or with files that may be an old copy, in milliseconds; 0: they did not
     */
    public record Identity(
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

        public Identity withRestored(long time) {
            return new Identity(
                    persona,
                    signingSeed,
                    agreementPrivate,
                    inboxSecret,
                    since,
                    messages,
                    oldSigningSeed,
                    oldAgreementPrivate,
                    oldInboxSecret,
                    oldUntil,
                    time);
        }

        public Identity withMessages(long count) {
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
     * What tells this store from its old copies: see {@link Continuity}.
     *
     * @param id random, this store's for good
     * @param before what is outside until {@code now} is
     */
    public record Token(byte[] id, byte[] before, byte[] now) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Token";
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
     * @param account name of the account that pays for what goes to it; empty: the persona's
     * @param accountNumber its number; 0 where the persona's account pays
     */
    public record Contact(
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
            long lastTimestamp,
            String account,
            int accountNumber) {
        public Contact {
            account = account == null ? "" : account;
        }

        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Contact";
        }

        public boolean isStranger() {
            return signing == null;
        }

        public Contact withName(String newName) {
            return new Contact(
                    id,
                    persona,
                    newName,
                    network,
                    signing,
                    agreement,
                    inboxSecret,
                    trust,
                    added,
                    told,
                    lastTimestamp,
                    account,
                    accountNumber);
        }

        public Contact withKeys(byte[] newSigning, byte[] newAgreement, byte[] newInbox, String newTrust) {
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
                    lastTimestamp,
                    account,
                    accountNumber);
        }

        public Contact withTrust(String newTrust) {
            return withKeys(signing, agreement, inboxSecret, newTrust);
        }

        public Contact withTold(boolean newTold) {
            return new Contact(
                    id,
                    persona,
                    name,
                    network,
                    signing,
                    agreement,
                    inboxSecret,
                    trust,
                    added,
                    newTold,
                    lastTimestamp,
                    account,
                    accountNumber);
        }

        public Contact withTimestamp(long timestamp) {
            return new Contact(
                    id,
                    persona,
                    name,
                    network,
                    signing,
                    agreement,
                    inboxSecret,
                    trust,
                    added,
                    told,
                    timestamp,
                    account,
                    accountNumber);
        }

        public Contact withAccount(String newAccount, int number) {
            return new Contact(
                    id,
                    persona,
                    name,
                    network,
                    signing,
                    agreement,
                    inboxSecret,
                    trust,
                    added,
                    told,
                    lastTimestamp,
                    newAccount,
                    number);
        }
    }

    /**
     * A handshake that was answered, and whose initiator has sent nothing yet.
     *
     * @param ownSigning the persona's keys that it was made for
     * @param peer the X25519 key that it proves
     * @param initTime its timestamp, in seconds
     * @param until when it is forgotten, in milliseconds
     */
    public record Accepted(
            int number,
            int persona,
            int network,
            byte[] ownSigning,
            byte[] ownAgreement,
            byte[] peer,
            int suite,
            byte[] sendSeed,
            byte[] receiveSeed,
            long initTime,
            long until) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Accepted";
        }
    }

    /**
     * A handshake of somebody who is no contact: it is answered when the card is added.
     *
     * @param peer the X25519 key that it proves
     * @param timestamp its own, in seconds
     * @param arrived in milliseconds
     */
    public record Waiting(int persona, int network, byte[] peer, byte[] body, long timestamp, long arrived) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Waiting";
        }
    }

    /**
     * A persona's place in a channel.
     *
     * @param root of {@code rootDay}, the oldest day that is kept
     * @param legacyKey of version-1 messages; null where they are not read
     * @param lastTimestamp the newest timestamp we gave out, so that ours never go back
     * @param carrier of messages that do not name one; empty or null: as the setting says
     * @param kdfName of a derivation that is not in the protocol's table; empty or null: the code says it
     */
    public record Membership(
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
            String carrier,
            String kdfName) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Membership";
        }

        public KdfParameters parameters() {
            KdfId id = kdfName == null || kdfName.isEmpty()
                    ? KdfId.ofProtocol(kdf).orElseThrow()
                    : new KdfId(kdf, kdfName);
            return new KdfParameters(id, timeCost, memory, parallelism);
        }

        /** What is stored of a derivation's name. */
        public static String nameOf(KdfId id) {
            return KdfId.PROTOCOL.contains(id) ? "" : id.name();
        }

        public Membership withRoot(int day, byte[] newRoot) {
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
                    carrier,
                    kdfName);
        }

        /** The same place for another persona, under another number. */
        public Membership movedTo(int newId, int newPersona) {
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
                    carrier,
                    kdfName);
        }

        public Membership withTimestamp(long timestamp) {
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
                    carrier,
                    kdfName);
        }

        /** Empty: as the setting says. */
        public Optional<Messages.Carrier> itsCarrier() {
            // Earlier versions stored none, or its name in capitals.
            return carrier == null || carrier.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Messages.Carrier(carrier.toLowerCase(Locale.ROOT)));
        }

        public Membership withCarrier(Optional<Messages.Carrier> chosen) {
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
                    carrierName(chosen),
                    kdfName);
        }

        public static String carrierName(Optional<Messages.Carrier> chosen) {
            return chosen.map(Messages.Carrier::id).orElse("");
        }
    }

    /** What a chain carries. */
    public enum Kind {
        /** A channel member's messages. */
        CHANNEL,
        /** A contact's messages. */
        SESSION,
        /** The answer to a handshake of ours. */
        REPLY,
        /** What a contact would write who is the one who opened; its {@code handshake} is the number of what was answered. */
        CANDIDATE
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
    public record Incoming(
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

        public Incoming with(byte[] newChain) {
            return new Incoming(
                    number, membership, kind, session, suite, nickname, opened, newChain, handshake, retires);
        }

        /** The contact is the one who opened. */
        public Incoming decided(long time) {
            return new Incoming(number, membership, Kind.SESSION, session, suite, nickname, opened, chain, null, time);
        }

        public Incoming retiring(long time) {
            return new Incoming(number, membership, kind, session, suite, nickname, opened, chain, handshake, time);
        }
    }

    /** Our own running chain in a membership. */
    public record Sending(int membership, byte[] session, int suite, byte[] chain) {
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
    public record Message(
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

        public Message with(int newBlock, List<byte[]> newTransactions) {
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

        public Message expiring(long time) {
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

        public Message asShown() {
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

        public Message sealed(int newSequence, long opened, long timestamp, List<byte[]> ids, List<String> newViews) {
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
    public static final class Signer {
        /** Nobody: it is deniable. */
        public static final int NOBODY = 0;
        /** Ourselves. */
        public static final int SELF = -1;
        /** A key that is no contact's. */
        public static final int UNKNOWN = -2;
        /** The signature is wrong, or only some pieces have one. */
        public static final int WRONG = -3;

        private Signer() {}
    }

    /** What was spent. @param covered on a packet, whatever it says, that left at a point of cover traffic */
    public record Spent(long time, long fee, boolean covered, int persona) {}

    /** Sizes of the packets that a persona sent lately, oldest first. */
    public record Sizes(List<Integer> newest) {
        public Sizes {
            newest = newest == null ? List.of() : List.copyOf(newest);
        }
    }

    /** A persona's cover traffic. @param mean between two packets, in milliseconds @param next when, in milliseconds */
    public record CoverPlan(
            int persona, boolean running, long mean, long budget, long next, long messages, long decoys, long since) {
        /** With a next point and what left at the last one. */
        public CoverPlan next(long time, int moreMessages, int moreDecoys) {
            return new CoverPlan(
                    persona, running, mean, budget, time, messages + moreMessages, decoys + moreDecoys, since);
        }
    }

    /** A piece of a message that is not whole yet. */
    public record Fragment(
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
